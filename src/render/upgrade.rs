use super::boot;
use super::templates::{concatenate, templates};
use crate::plan::Plan;

templates! {
    /// The parts of the script, in order. Those after the values are plain text: what is pending is known only when the script runs.
    PARTS of View: "upgrade/values.sh", "upgrade/options.sh", "upgrade/terraform.sh", "upgrade/status.sh", "upgrade/checks.sh",
        "upgrade/replace.sh", "upgrade/run.sh"
}

/// The values available to `templates/upgrade`.
struct View<'a> {
    name: &'a str,
    project: &'a str,
    kubernetes: &'a str,
    /// The command that printed the script.
    command: &'a str,
    /// Whether the control planes back up etcd.
    backups: bool,
    groups: Vec<Group<'a>>,
    machines: Vec<Machine<'a>>,
}

struct Group<'a> {
    label: &'a str,
    machine_type: &'a str,
    keep_disk: bool,
    /// SHA-256 of the boot file without its header.
    digest: String,
}

struct Machine<'a> {
    name: &'a str,
    group: &'a str,
    zone: &'a str,
}

/// The script that upgrades the cluster. `command` is the command that prints it.
pub fn upgrade(plan: &Plan, command: &str) -> String {
    let groups = plan.groups().map(|group| Group {
        label: &group.label,
        machine_type: &group.machine_type,
        keep_disk: group.keep_disk,
        digest: sha256(&boot::user_data(plan, group, None)),
    });
    let machines = plan.groups().flat_map(|group| {
        group.nodes.iter().map(|node| Machine { name: &node.name, group: &group.label, zone: &node.zone })
    });
    let view = View {
        name: &plan.name,
        project: &plan.project,
        kubernetes: &plan.boot.kubernetes,
        command,
        backups: plan.backup.is_some(),
        groups: groups.collect(),
        machines: machines.collect(),
    };
    concatenate(PARTS, &view)
}

fn sha256(text: &str) -> String {
    hmac_sha256::Hash::hash(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
