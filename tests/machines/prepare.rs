//! What machines boot from and download, made once by `prepare/all`.

use std::{path::PathBuf, sync::OnceLock};

use crate::{LEVEL, WHAT, tools};

/// Where it is.
pub(crate) fn folder() -> PathBuf {
    tools::target().join("proof/machines")
}

/// Whether machines can boot here; if not, one line has said why.
pub(crate) fn ready() -> bool {
    static READY: OnceLock<bool> = OnceLock::new();
    *READY.get_or_init(|| {
        if std::env::var_os("VPCGEN_MACHINES").is_none() {
            // Each scenario boots a cluster, and all of them take a quarter of an hour.
            tools::skipped_anywhere(LEVEL, WHAT, "run `make machines`");
            return false;
        }
        if !tools::namespaces(LEVEL, WHAT) {
            return false;
        }
        for (program, package) in [
            ("debootstrap", "debootstrap"),
            ("go", "golang"),
            ("gcc", "gcc"),
            ("gpg", "gnupg"),
            ("nft", "nftables"),
            ("curl", "curl"),
        ] {
            if tools::find(LEVEL, WHAT, program, &format!("apt-get install {package}, or run .ci/install")).is_none() {
                return false;
            }
        }
        if !folder().join("images.stamp").exists() {
            tools::skipped(LEVEL, WHAT, "nothing is prepared to boot from: run `make machines`");
            return false;
        }
        true
    })
}

/// The real cloud-controller-manager, if there is one: no registry has it.
pub(crate) fn controller() -> Option<PathBuf> {
    std::env::var_os("VPCGEN_CLOUD_CONTROLLER_MANAGER").map(PathBuf::from)
}
