//! The keys that sign package repositories. Those of Kubernetes and Docker are not here, so machines get boot files that name ours.

use std::{path::Path, process::Command};

use crate::tools;

/// The fingerprints in `node-install`.
const REAL: [&str; 2] = ["DE15B14486CD377B9E876E1A234654DA9A296436", "9DC858229FC7DD38854AE2D88D81803C0EBFCD88"];

/// The fingerprint of the key in a folder of certificates.
pub(super) fn fingerprint(certificates: &Path) -> String {
    let mut gpg = Command::new("gpg");
    let keys = tools::run(gpg.args(["--batch", "--show-keys", "--with-colons"]).arg(certificates.join("key.asc")));
    let keys = keys.unwrap_or_else(|error| panic!("{error}"));
    let line = keys.lines().find(|line| line.starts_with("fpr:")).expect("a key has a fingerprint");
    line.trim_end_matches(':').rsplit(':').next().unwrap_or_default().to_owned()
}

/// A boot file with that fingerprint in place of the real ones.
pub(super) fn ours(boot_file: &str, fingerprint: &str) -> String {
    REAL.iter().fold(boot_file.to_owned(), |text, real| text.replace(real, fingerprint))
}
