//! Which arguments of machines change, from which values to which.

use super::Cause;
use super::group::Group;
use super::machines::name;
use super::rows::Behaviour;
use super::side::Context;
use super::terraform::ResourceChange;
use super::words::{arrow, show};

/// The arguments with this behaviour, each once.
pub(super) fn paths(changes: &[&ResourceChange], behaviour: Behaviour) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for argument in changes.iter().flat_map(|change| &change.arguments).filter(|a| a.behaviour == behaviour) {
        if !all.contains(&argument.path) {
            all.push(argument.path.clone());
        }
    }
    all
}

/// The key of the description, relative to the group, for an argument of a machine.
fn key(path: &str) -> &str {
    match path {
        "boot_disk.initialize_params.type" => "disk.type",
        "boot_disk.initialize_params.size" => "disk.size",
        "boot_disk.auto_delete" => "disk.keep",
        "shielded_instance_config" => "secure_boot",
        "network_interface.access_config" => "external_ip",
        "scheduling.provisioning_model" | "scheduling.preemptible" => "spot",
        "network_interface.subnetwork" | "network_interface.network_ip" => "subnet",
        other => other,
    }
}

/// What changes and from which values, and the first key that causes it.
pub(super) fn reasons(
    group: &Group<'_>,
    changes: &[&ResourceChange],
    context: &Context<'_>,
    behaviour: Behaviour,
) -> (String, Option<Cause>) {
    let mut values: Vec<String> = Vec::new();
    let mut cause = None;
    for path in paths(changes, behaviour) {
        let all = changes.iter().flat_map(|change| &change.arguments).filter(|argument| argument.path == path);
        let Some(first) = all.clone().next() else { continue };
        let key = key(&path);
        let value = match (first.follows && first.before == first.after, path.as_str()) {
            (true, _) => format!("`{key}` is recreated"),
            (_, "shielded_instance_config") => {
                let secure = |value: &serde_json::Value| show(&value[0]["enable_secure_boot"]);
                arrow(key, &secure(&first.before), &secure(&first.after))
            }
            (_, "service_account") => {
                let email = |value: &serde_json::Value| show(&value[0]["email"]);
                arrow(key, &email(&first.before), &email(&first.after))
            }
            (_, "scheduling.provisioning_model") => arrow(key, &on(&first.before), &on(&first.after)),
            (_, "scheduling.preemptible") => continue,
            _ => arrow(key, &show(&first.before), &show(&first.after)),
        };
        values.push(value);
        let keys = match key {
            "subnet" => context.keys.cause(&["network.subnet", "network.nodes", "network.name", "region"]),
            "zone" => context.keys.cause(&["zones"]).or_else(|| group.cause(context, &["zones"])),
            key => group.cause(context, &[key]),
        };
        cause = cause.or(keys).or_else(|| Some(of_lock(context, changes, &path)));
    }
    (values.join(", "), cause)
}

/// The lock causes it: a machine's zone or block.
fn of_lock(context: &Context<'_>, changes: &[&ResourceChange], path: &str) -> Cause {
    let name = changes.first().map(|change| name(change)).unwrap_or_default();
    let key = if path == "zone" { "zone" } else { "pods" };
    context.lock_line(&format!("nodes.{name}.{key}"), &name)
}

fn on(value: &serde_json::Value) -> String {
    (value == "SPOT").to_string()
}
