//! systemd's own reader, on a root that holds the node's units and scripts, systemd's targets, and a stand-in for each
//! program that a package brings.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::tools::{find, run_silent};
use crate::unpack::{Node, each, with, write};

const WHAT: &str = "systemd-analyze verify";
const FOLDER: &str = "/etc/systemd/system/";

/// Programs that units may start though no boot file brings them: from Ubuntu, and from the packages that node-install names.
const PACKAGED: &[&str] = &["/usr/sbin/nft", "/usr/bin/kubectl", "/usr/bin/systemctl", "/usr/bin/touch"];

/// A root in which systemd finds everything that it would find on the node.
fn complete(node: &Node) -> TempDir {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = folder.path();
    node.copy_to(root);
    for program in PACKAGED {
        write(&root.join(program.trim_start_matches('/')), "#!/bin/sh\n", 0o755);
    }
    let targets =
        std::fs::read_dir("/usr/lib/systemd/system").or_else(|_| std::fs::read_dir("/lib/systemd/system")).unwrap();
    for target in
        targets.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "target"))
    {
        let text = std::fs::read_to_string(&target).unwrap_or_default();
        write(&root.join("usr/lib/systemd/system").join(target.file_name().unwrap()), &text, 0o644);
    }
    folder
}

fn check(systemd: &Path, root: &Path, unit: &str) -> Result<(), String> {
    // It looks at the first command of a unit only.
    let text = std::fs::read_to_string(root.join(unit.trim_start_matches('/'))).unwrap();
    for command in
        text.lines().filter_map(|line| line.strip_prefix("Exec")?.split_once('=')).map(|(_, command)| command)
    {
        let program = command.trim_start_matches(['-', '+', '!', '@', ':']).split(' ').next().unwrap_or_default();
        let there = std::fs::metadata(root.join(program.trim_start_matches('/')));
        let runs = there.is_ok_and(|file| file.permissions().mode() & 0o111 != 0);
        if !runs {
            return Err(format!("{unit}: {program} is no program of the node"));
        }
    }
    // A key that it does not know is a warning on standard error, and exit status 0.
    run_silent(Command::new(systemd).arg("verify").arg(format!("--root={}", root.display())).arg(unit)).map(drop)
}

#[test]
fn units_are_understood() {
    let Some(systemd) = find(5, WHAT, "systemd-analyze", "apt-get install systemd") else { return };
    each(WHAT, |node| {
        let (root, units) = (complete(node), node.below(FOLDER, ""));
        assert!(!units.is_empty());
        units.iter().try_for_each(|unit| check(&systemd, root.path(), unit))
    });
}

#[test]
fn broken_units_are_refused() {
    let Some(systemd) = find(5, WHAT, "systemd-analyze", "apt-get install systemd") else { return };
    let path = "/etc/systemd/system/kubeadm-init.service";
    let (node, root) = (with(path), complete(with(path)));
    for (from, to) in [
        ("TimeoutStartSec", "TimeoutStart"),
        ("Type=oneshot", "Type=once"),
        ("sbin/kubeadm-init", "sbin/kubeadm-begin"),
        ("sbin/node-prepare", "lib/node-boot.sh"),
        ("[Service]", "[Servise]"),
    ] {
        let broken = node.mutated(path, from, to);
        std::fs::copy(broken, root.path().join(path.trim_start_matches('/'))).unwrap();
        assert!(check(&systemd, root.path(), path).is_err(), "{from} → {to} passes");
    }
}
