//! What adoption does and does not do, for people, before anything is applied.

use std::fmt::Write as _;

use super::compare::{Effect, differences, existing};
use super::{Instance, Scope};
use crate::diag::quantity;
use crate::plan::{Group, Node, Plan};

/// The text for standard error. `instances`: the machines that exist, if that is known.
pub fn notes(plan: &Plan, scope: Scope, instances: Option<&[Instance]>) -> String {
    let adopted = scope.of(plan, instances).len();
    let created = plan.resources().len() - adopted;
    let mut text =
        format!("{} adopted, {} created\n", quantity(adopted as u64, "resource"), quantity(created as u64, "resource"));
    match instances {
        Some(instances) => {
            effects(&mut text, plan, instances);
            others(&mut text, plan, instances);
        }
        None => unknown(&mut text, plan),
    }
    if scope == Scope::ByHand {
        not_done(&mut text, plan);
    }
    text
}

/// Without a list, nothing is known about the machines.
fn unknown(text: &mut String, plan: &Plan) {
    let _ = write!(
        text,
        "\nnot compared with what exists: other zones, alias ranges or addresses than those in the lock are changed or replaced.\n\
         Compare, and take them over into the lock:\n\
         \x20 gcloud compute instances list --project={} --format=json > instances.json\n\
         \x20 vpcgen import --from instances.json > imports.tf\n",
        plan.project
    );
    for node in plan.control_plane.nodes.iter().filter(|node| node.address.is_none()) {
        let _ = writeln!(
            text,
            "{}: the lock has no address for it. Terraform reserves another one, the first apply fails, and the next plan replaces the machine",
            node.name
        );
    }
}

/// What the first apply does to the machines.
fn effects(text: &mut String, plan: &Plan, instances: &[Instance]) {
    let mut all: Vec<(Effect, &Group, &Node, Vec<String>)> = Vec::new();
    for (group, node, instance) in existing(plan, instances) {
        let differences = differences(plan, group, node, instance);
        for effect in [Effect::Replace, Effect::Refused, Effect::Restart, Effect::InPlace] {
            let of = differences.iter().filter(|(found, _)| *found == effect).map(|(_, what)| what.clone());
            let what: Vec<String> = of.collect();
            if !what.is_empty() {
                all.push((effect, group, node, what));
            }
        }
    }
    all.sort_by_key(|(effect, ..)| *effect);
    for (effect, heading) in [
        (Effect::Replace, "the first apply REPLACES, disk and all; change the description, not the machine:"),
        (Effect::Refused, "the first apply fails; change the description:"),
        (Effect::Restart, "the first apply restarts"),
        (Effect::InPlace, "the first apply changes while they run, beside tags, labels and metadata:"),
    ] {
        let of: Vec<_> = all.iter().filter(|(found, ..)| *found == effect).collect();
        match (effect, of.len()) {
            (_, 0) => continue,
            (Effect::Restart, 1) => drop(writeln!(text, "\n{heading}:")),
            (Effect::Restart, _) => drop(writeln!(text, "\n{heading}, all at the same time:")),
            _ => drop(writeln!(text, "\n{heading}")),
        }
        let mut last = None;
        for (_, group, node, what) in of {
            let _ = writeln!(text, "  {}: {}", node.name, what.join("; "));
            last = Some((group, node));
        }
        if let (Effect::Restart, Some((group, node))) = (effect, last) {
            let _ = writeln!(
                text,
                "  to restart one at a time: drain it, then terraform apply -target='google_compute_instance.{}[\"{}\"]'",
                group.label, node.name
            );
        }
    }
}

/// Machines that are on one side only.
fn others(text: &mut String, plan: &Plan, instances: &[Instance]) {
    let nodes = || plan.groups().flat_map(|group| &group.nodes);
    let missing: Vec<&str> = nodes()
        .map(|node| node.name.as_str())
        .filter(|name| !instances.iter().any(|instance| instance.name == *name))
        .collect();
    if !missing.is_empty() {
        let _ = writeln!(text, "\nnot in the list, and therefore created: {}", missing.join(", "));
    }
    let here = instances.iter().filter(|instance| instance.subnet() == Some(&plan.network.subnet));
    let left: Vec<&str> =
        here.map(|instance| instance.name.as_str()).filter(|name| !nodes().any(|node| node.name == *name)).collect();
    if !left.is_empty() {
        let _ = writeln!(
            text,
            "\nin the subnet, but not in the description, and therefore left alone: {}",
            left.join(", ")
        );
    }
}

/// What stays as it was made by hand.
fn not_done(text: &mut String, plan: &Plan) {
    let first = &plan.control_plane.nodes[0].name;
    let _ = write!(
        text,
        "\nadoption does not rebuild anything:\n\
         \x20 user-data arrives, but does not run on machines that exist: they stay as they were installed, with their images\n\
         \x20 machines that are added later do not join: only control planes that vpcgen built write the join secret {}\n\
         \x20 {first} keeps etcd and the CA on its boot disk; the new state disk is not attached. Do not replace or delete {first}:\n\
         \x20 another machine of that name finds an empty disk and founds a new, empty cluster\n",
        plan.join_secret
    );
    if !plan.control_plane.keep_disk {
        let _ =
            writeln!(text, "  set control_plane.disk.keep: true, or that boot disk is deleted together with {first}");
    }
    if plan.os_login {
        let _ = writeln!(
            text,
            "  OS Login is turned on: SSH keys in metadata stop working at once, unless access.os_login is false"
        );
    }
}
