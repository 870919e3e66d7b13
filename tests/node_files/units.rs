//! Verifies units with systemd, on a root that contains the node's units and scripts, systemd's targets, and a placeholder for each
//! program that comes from a package.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::tools::{find, run, run_silent};
use crate::unpack::{Node, each, with, write};
use crate::user_data::below;

const WHAT: &str = "systemd-analyze verify";
const FOLDER: &str = "/etc/systemd/system/";

/// Programs that units can start although they are not boot files: those from Ubuntu and from the packages that node-install installs.
const PACKAGED: &[&str] = &[
    "/usr/sbin/nft",
    "/usr/bin/kubectl",
    "/usr/bin/kubelet",
    "/usr/bin/systemctl",
    "/usr/bin/touch",
    "/usr/bin/chmod",
];

/// A root with everything that systemd would find on the node.
fn complete(node: &Node) -> TempDir {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = folder.path();
    node.copy_to(root);
    for program in PACKAGED {
        write(&below(root, program), "#!/bin/sh\n", 0o755);
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
    // systemd-analyze only checks the first command of a unit.
    let text = std::fs::read_to_string(below(root, unit)).unwrap();
    for command in
        text.lines().filter_map(|line| line.strip_prefix("Exec")?.split_once('=')).map(|(_, command)| command)
    {
        let program = command.trim_start_matches(['-', '+', '!', '@', ':']).split(' ').next().unwrap_or_default();
        let there = std::fs::metadata(below(root, program));
        let runs = there.is_ok_and(|file| file.permissions().mode() & 0o111 != 0);
        if !runs {
            return Err(format!("{unit}: {program} does not exist on the node"));
        }
    }
    // An unknown key is only a warning on standard error, with exit status 0.
    run_silent(Command::new(systemd).arg("verify").arg(format!("--root={}", root.display())).arg(unit)).map(drop)
}

/// systemd-analyze cannot verify a drop-in for scopes, so this verifies it for a service, which has the same keys.
fn check_drop_in(systemd: &Path, root: &Path, drop_in: &str) -> Result<(), String> {
    let (folder, name) = drop_in.rsplit_once('/').unwrap();
    if let Some(service) = folder.strip_suffix(".d").filter(|service| service.ends_with(".service")) {
        write(&below(root, service), KUBELET, 0o644);
        let checked = check(systemd, root, service);
        std::fs::remove_file(below(root, service)).unwrap();
        return checked;
    }
    let prefix = folder.strip_suffix(".scope.d").unwrap_or_else(|| panic!("{drop_in} is not for a scope"));
    let text = std::fs::read_to_string(below(root, drop_in)).unwrap();
    write(&below(root, &format!("{prefix}.service.d/{name}")), &text.replace("[Scope]", "[Service]"), 0o644);
    write(&below(root, &format!("{prefix}1.service")), "[Service]\nExecStart=/usr/bin/touch /tmp/it\n", 0o644);
    check(systemd, root, &format!("{prefix}1.service"))
}

/// Verifies a boot with all units enabled, including the kubelet's: the whole transaction must not contain
/// dependency cycles.
fn check_boot(systemctl: &Path, systemd: &Path, root: &Path) -> Result<(), String> {
    write(&root.join("usr/lib/systemd/system/kubelet.service"), KUBELET, 0o644);
    let entries = std::fs::read_dir(below(root, FOLDER)).unwrap().map(|entry| entry.unwrap().path());
    let units: Vec<PathBuf> = entries.filter(|path| path.is_file()).chain([PathBuf::from("kubelet.service")]).collect();
    for unit in units {
        if std::fs::read_to_string(&unit).is_ok_and(|text| !text.contains("[Install]")) {
            continue;
        }
        run(Command::new(systemctl)
            .arg(format!("--root={}", root.display()))
            .arg("enable")
            .arg(unit.file_name().unwrap()))?;
    }
    run_silent(Command::new(systemd).arg("verify").arg(format!("--root={}", root.display())).arg("multi-user.target"))
        .map(drop)
}

/// The unit from the `kubelet` package.
const KUBELET: &str = "[Unit]\nWants=network-online.target\nAfter=network-online.target\n\
    [Service]\nExecStart=/usr/bin/kubelet\nRestart=always\n[Install]\nWantedBy=multi-user.target\n";

#[test]
fn systemd_accepts_the_units() {
    let Some(systemd) = find(5, WHAT, "systemd-analyze", "apt-get install systemd") else { return };
    let Some(systemctl) = find(5, WHAT, "systemctl", "apt-get install systemd") else { return };
    each(WHAT, |node| {
        let (root, units) = (complete(node), node.below(FOLDER, ""));
        assert!(!units.is_empty());
        let (drop_ins, units): (Vec<_>, Vec<_>) = units.into_iter().partition(|path| path.contains(".d/"));
        units.iter().try_for_each(|unit| check(&systemd, root.path(), unit))?;
        drop_ins.iter().try_for_each(|drop_in| check_drop_in(&systemd, root.path(), drop_in))?;
        check_boot(&systemctl, &systemd, root.path())
    });

    let path = "/etc/systemd/system/pod-egress.service";
    let root = complete(with(path));
    let broken = with(path).mutated(path, "Before=kubelet.service", "Before=kubelet.service\nAfter=kubelet.service");
    std::fs::copy(broken, below(root.path(), path)).unwrap();
    let cycle = check_boot(&systemctl, &systemd, root.path()).unwrap_err();
    assert!(cycle.contains("ordering cycle"), "{cycle}");
}

#[test]
fn systemd_rejects_broken_units() {
    let Some(systemd) = find(5, WHAT, "systemd-analyze", "apt-get install systemd") else { return };
    let path = "/etc/systemd/system/control-plane.service";
    let (node, root) = (with(path), complete(with(path)));
    for (from, to) in [
        ("TimeoutStartSec", "TimeoutStart"),
        ("Type=oneshot", "Type=once"),
        ("sbin/control-plane", "sbin/control-planes"),
        ("sbin/node-prepare", "lib/node-boot.sh"),
        ("[Service]", "[Servise]"),
    ] {
        let broken = node.mutated(path, from, to);
        std::fs::copy(broken, below(root.path(), path)).unwrap();
        assert!(check(&systemd, root.path(), path).is_err(), "{from} → {to} passes");
    }

    let path = "/etc/systemd/system/cri-containerd-.scope.d/stop-timeout.conf";
    let (node, root) = (with(path), complete(with(path)));
    for (from, to) in [("TimeoutStopSec", "TimeoutStop"), ("=20s", "=20x"), ("[Scope]", "[Scopes]")] {
        std::fs::copy(node.mutated(path, from, to), below(root.path(), path)).unwrap();
        assert!(check_drop_in(&systemd, root.path(), path).is_err(), "{from} → {to} passes");
    }
}
