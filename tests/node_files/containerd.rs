//! containerd's own parser of its config.toml.

use std::path::Path;
use std::process::Command;

use crate::tools::build;
use crate::unpack::{each, with};

const WHAT: &str = "containerd config dump";
const CONFIG: &str = "/etc/containerd/config.toml";

/// containerd reports a wrong type as an error, but an unknown key only as a warning, which must fail the check too.
fn check(containerd: &Path, config: &Path) -> Result<String, String> {
    let dump = Command::new(containerd).arg("--config").arg(config).args(["config", "dump"]).output().unwrap();
    let warnings = String::from_utf8_lossy(&dump.stderr);
    // containerd 2.3 introduced version 4; every containerd 2.x reads version 3.
    let mut warnings = warnings.lines().filter(|line| !line.contains("Configuration migrated from version 3"));
    match warnings.next() {
        None if dump.status.success() => Ok(String::from_utf8_lossy(&dump.stdout).into_owned()),
        warning => Err(warning.unwrap_or_default().to_owned()),
    }
}

#[test]
fn containerd_accepts_the_configuration() {
    let Some(containerd) = build(5, WHAT, "containerd") else { return };
    each(WHAT, |node| {
        let dump = check(&containerd, &node.here(CONFIG))?;
        let template = dump.lines().find_map(|line| line.trim().strip_prefix("conf_template = "));
        let template = template.unwrap_or_default().trim_matches('\'');
        if !node.files.contains_key(template) {
            return Err(format!("its CNI template is {template:?}, which does not exist on the node"));
        }
        let cgroups = dump.lines().any(|line| line.trim() == "SystemdCgroup = true");
        if cgroups {
            Ok(())
        } else {
            Err("the kubelet uses the systemd cgroup driver, but containerd does not".to_owned())
        }
    });

    for (from, to) in [("conf_template =", "conf_templates ="), ("conf_template = '", "conf_template = 3 # '")] {
        let broken = with(CONFIG).mutated(CONFIG, from, to);
        assert!(check(&containerd, &broken).is_err(), "{from} → {to} passes");
    }
}
