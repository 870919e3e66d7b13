//! Changes of machines that keep running.

use serde_json::Value;

use super::effect::{Action, Effect, Severity, TakesEffect};
use super::group::Group;
use super::machines::name;
use super::rows::Behaviour;
use super::side::Context;
use super::terraform::{ArgumentChange, ResourceChange};
use super::words::{arrow, count, list, show, verb};
use crate::net::Cidr;

/// What one argument does to the machines of a group; `None` where another effect says it.
pub(super) fn effect(
    group: &Group<'_>,
    path: &str,
    changes: &[(&ResourceChange, &ArgumentChange)],
    context: &Context<'_>,
) -> Option<Effect> {
    let (first, argument) = changes.first()?;
    let machines = count(changes.len(), "machine");
    let new = |severity, what: String| Effect::new(Action::Update, severity, group.subject(), what);
    let off = argument.after == Value::Null;
    Some(match path {
        // Of every resource that has them; and what the boot files say of an image counts.
        "labels" | "boot_disk.initialize_params.labels" | "boot_disk.initialize_params.image" | "attached_disk" => return None,
        // It comes with the subnet.
        "network_interface.network_ip" => return None,
        "boot_disk.initialize_params.size" if argument.behaviour == Behaviour::Grow => {
            let what = format!("Google refuses to shrink the boot {} of {machines}", disks(changes.len()));
            Effect::new(Action::Refused, Severity::Danger, group.subject(), what)
                .change(arrow("disk.size", &show(&argument.before), &show(&argument.after)))
                .why("The plan shows an update; the apply fails. Only a machine that is replaced gets a smaller disk")
                .cause(group.cause(context, &["disk.size", "disk"]))
        }
        "boot_disk.initialize_params.size" => new(Severity::Info, format!("the boot {} of {machines} {} while in use", disks(changes.len()), verb(changes.len(), "grow")))
            .change(arrow("disk.size", &show(&argument.before), &show(&argument.after)))
            .why("The file system grows when the machine restarts")
            .when(TakesEffect::Reboot)
            .cause(group.cause(context, &["disk.size", "disk"])),
        "boot_disk.auto_delete" => {
            let keep = argument.after == Value::Bool(false);
            let (what, why) = match keep {
                true => ("kept when a machine is deleted", "A machine whose disk is kept cannot be replaced, so not upgraded either"),
                false => ("deleted with the machine", "What is on them is lost when a machine is replaced"),
            };
            new(Severity::Caution, format!("the boot {} of {machines} {} {what}", disks(changes.len()), verb(changes.len(), "are")))
                .change(arrow("disk.keep", &(!keep).to_string(), &keep.to_string()))
                .why(why)
                .cause(group.cause(context, &["disk.keep", "disk"]))
        }
        "can_ip_forward" => new(Severity::Info, format!("IP forwarding is turned {}", if argument.after == true { "on" } else { "off" }))
            .change(arrow("network.ip_forward", &show(&argument.before), &show(&argument.after)))
            .why("Pods' own traffic does not need it")
            .cause(context.keys.cause(&["network.ip_forward"])),
        "network_interface.access_config" if off => new(Severity::Caution, format!("{machines} {}", if changes.len() == 1 { "loses its external address" } else { "lose their external addresses" }))
            .change(arrow("external_ip", "true", "false"))
            .why("Connections through them end at once, and the addresses do not come back")
            .cause(group.cause(context, &["external_ip"])),
        "network_interface.access_config" => new(Severity::Caution, format!("{machines} {}", if changes.len() == 1 { "gets an external address" } else { "get external addresses" }))
            .change(arrow("external_ip", "false", "true"))
            .why("Firewall rules that are open to the internet reach them from then on. Their outbound connections through Cloud NAT end")
            .cause(group.cause(context, &["external_ip"])),
        "network_interface.alias_ip_range" => alias(group, changes, context),
        "metadata.enable-oslogin" => {
            let on = argument.after == "TRUE";
            let why = if on { "SSH keys in metadata stop working at once" } else { "SSH keys in the machines' metadata work again; OS Login does not" };
            new(Severity::Caution, format!("OS Login is turned {}", if on { "on" } else { "off" }))
                .change(arrow("access.os_login", &(!on).to_string(), &on.to_string()))
                .why(why)
                .cause(context.keys.cause(&["access.os_login"]))
        }
        "scheduling.on_host_maintenance" => new(Severity::Info, format!("host maintenance of {machines}: {}", show(&argument.after)))
            .change(arrow(path, &show(&argument.before), &show(&argument.after)))
            .why("It follows the machine type")
            .cause(group.cause(context, &["machine_type"])),
        "tags" => new(Severity::Caution, format!("network tags of {machines} change, and with them the firewall rules that apply"))
            .change(arrow(path, &show(&argument.before), &show(&argument.after)))
            .cause(context.keys.cause(&["pools"])),
        _ => new(Severity::Caution, format!("{machines} {} in place", verb(changes.len(), "change")))
            .change(arrow(path, &show(&argument.before), &show(&argument.after)))
            .why(format!("For example {}", name(first))),
    })
}

fn disks(number: usize) -> &'static str {
    if number == 1 { "disk" } else { "disks" }
}

/// The Node object keeps its podCIDR, so the machine has to be replaced.
fn alias(group: &Group<'_>, changes: &[(&ResourceChange, &ArgumentChange)], context: &Context<'_>) -> Effect {
    let names: Vec<String> = changes.iter().map(|(change, _)| name(change)).collect();
    let first = changes[0].1;
    let moves = first.before[0]["ip_cidr_range"] != first.after[0]["ip_cidr_range"];
    let block = |value: &Value| show(&value[0][if moves { "ip_cidr_range" } else { "subnetwork_range_name" }]);
    let what = format!("pods of {} are cut off: {}", count(names.len(), "machine"), list(&names));
    // Terraform changes ten machines at a time.
    let taken = changes.iter().any(|(change, argument)| {
        let block = argument.after[0]["ip_cidr_range"].as_str().and_then(|text| text.parse::<Cidr>().ok());
        let others = context.old.groups().flat_map(|group| &group.nodes).filter(|node| node.name != name(change));
        block.is_some_and(|block| others.into_iter().any(|other| other.pods.overlaps(block)))
    });
    let action = if taken { Action::Refused } else { Action::Update };
    let mut effect = Effect::new(action, Severity::Danger, group.subject(), what)
        .change(arrow("pods", &block(&first.before), &block(&first.after)))
        .why(match taken {
            true => {
                "The new block overlaps one that another machine still has. Terraform moves the blocks in no fixed order, and Google refuses one \
                 that is in use; the Nodes' podCIDRs never change. Replace the machines instead"
            }
            false => {
                "Terraform moves the block while the machine runs, but the Node's podCIDR never changes: Google routes the new block, and the \
                 pods have addresses of the old one. Replace the machine in the same apply"
            }
        });
    for name in names.iter().take(3) {
        effect =
            effect.manual(format!("kubectl delete node {name} && terraform apply -replace='{}'", group.address(name)));
    }
    let cause = context.keys.cause(&["network.pods", "kubernetes.max_pods_per_node", "network.subnet"]);
    effect.cause(cause.or_else(|| Some(context.lock_line(&format!("nodes.{}.pods", names[0]), &names[0]))))
}
