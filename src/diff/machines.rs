//! What happens to the machines of a group.

use std::collections::BTreeMap;

use super::boot;
use super::effect::{Action, Effect, Severity};
use super::group::{Group, UPGRADE};
use super::live;
use super::rows::Behaviour;
use super::side::Context;
use super::terraform::{ArgumentChange, Planned, ResourceChange};
use super::values::{paths, reasons};
use super::words::{count, list, verb};

/// The effects on one group; its machines whose boot files change are added to `boots`.
pub(super) fn effects<'a>(
    group: &Group<'a>,
    changes: &[&ResourceChange],
    context: &Context<'_>,
    boots: &mut Vec<boot::Changed<'a>>,
) -> Vec<Effect> {
    let named = |planned: Planned| -> Vec<&ResourceChange> {
        changes.iter().copied().filter(|change| change.planned == planned).collect()
    };
    let mut all = Vec::new();
    all.extend(created(group, &named(Planned::Create), context));
    all.extend(deleted(group, &named(Planned::Delete), context));
    // Machines that are replaced for the same reasons.
    let mut replaced: BTreeMap<Vec<&str>, Vec<&ResourceChange>> = BTreeMap::new();
    for change in named(Planned::Replace) {
        let forcing = change.arguments.iter().filter(|argument| argument.behaviour == Behaviour::Replace);
        replaced.entry(forcing.map(|argument| argument.path.as_str()).collect()).or_default().push(change);
    }
    all.extend(replaced.into_values().map(|changes| replacement(group, &changes, context)));
    let updated = named(Planned::Update);
    all.extend(restart(group, &updated, context));
    let mut by_path: BTreeMap<&str, Vec<(&ResourceChange, &ArgumentChange)>> = BTreeMap::new();
    for change in &updated {
        for argument in change.arguments.iter().filter(|argument| argument.behaviour != Behaviour::Restart) {
            by_path.entry(&argument.path).or_default().push((change, argument));
        }
    }
    for (path, changes) in by_path {
        let names: Vec<String> = changes.iter().map(|(change, _)| name(change)).collect();
        if path == "metadata.user-data" {
            if let (Some(old), Some(new)) = (group.old, group.new) {
                boots.push(boot::Changed { old, new, names });
            }
        } else {
            let effect = live::effect(group, path, &changes, context);
            all.extend(effect.map(|effect| about(effect, group, &names, [path].map(str::to_owned).to_vec())));
        }
    }
    all
}

/// The machine's name, which is its key in `for_each`.
pub(super) fn name(change: &ResourceChange) -> String {
    change.address.key.clone().unwrap_or_default()
}

fn names(changes: &[&ResourceChange]) -> Vec<String> {
    changes.iter().map(|change| name(change)).collect()
}

/// Adds which machines it is about.
pub(super) fn about(mut effect: Effect, group: &Group<'_>, names: &[String], attributes: Vec<String>) -> Effect {
    effect.addresses = names.iter().map(|name| group.address(name)).collect();
    effect.machines = names.to_vec();
    effect.attributes = attributes;
    effect
}

fn created(group: &Group<'_>, changes: &[&ResourceChange], context: &Context<'_>) -> Option<Effect> {
    let names = names(changes);
    let new = group.new.filter(|_| !names.is_empty())?;
    let nodes = new.nodes.iter().filter(|node| names.contains(&node.name));
    let places: Vec<String> = nodes.map(|node| format!("{} ({}, pods {})", node.name, node.zone, node.pods)).collect();
    let what = format!("{} {} created: {}", count(names.len(), "machine"), verb(names.len(), "are"), list(&places));
    let effect = Effect::new(Action::Create, Severity::Info, group.subject(), what);
    let effect = effect.cause(group.cause(context, &["count", "names"]));
    let effect = match (group.is_control_plane(), group.old.is_some()) {
        (true, _) if context.old.load_balancer.is_some() => {
            effect.why("They join the running control planes one by one")
        }
        (true, _) => effect.why(
            "They join the running control plane one by one; the API's DNS record moves to the load balancer last",
        ),
        (false, true) => effect,
        (false, false) => effect.why("A new pool"),
    };
    Some(about(effect, group, &names, Vec::new()))
}

fn deleted(group: &Group<'_>, changes: &[&ResourceChange], context: &Context<'_>) -> Option<Effect> {
    let names = names(changes);
    let old = group.old.filter(|_| !names.is_empty())?;
    let at_once = if names.len() > 1 { ", all at the same time" } else { "" };
    let what =
        format!("{} {} deleted{at_once}: {}", count(names.len(), "machine"), verb(names.len(), "are"), list(&names));
    let severity = if group.is_control_plane() { Severity::Danger } else { Severity::Caution };
    let mut effect = Effect::new(Action::Delete, severity, group.subject(), what);
    effect.cause = group.cause(context, &["count", "names"]);
    if group.is_control_plane() {
        effect.why = "Remove its etcd member first, or etcd may lose its majority; docs/operations.md, \"Shrink the control plane\"".to_owned();
    } else {
        effect.why =
            "Terraform does not drain: their pods end without notice, and start elsewhere if there is room".to_owned();
        for name in names.iter().take(MANUAL) {
            effect = effect.manual(drain(name));
        }
        if names.len() > MANUAL {
            effect = effect.manual(format!("# and the other {}", names.len() - MANUAL));
        }
    }
    let new_pool = || context.new.groups().any(|new| context.old.groups().all(|old| old.label != new.label));
    if group.new.is_none() && new_pool() {
        effect.why += ". A pool cannot be renamed in place: to move its pods without a gap, add the new pool first, drain this one, and remove it last";
    }
    if old.keep_disk {
        effect.why +=
            ". Boot disks are kept, and billed; a machine of the same name cannot be created until its disk is deleted";
    }
    Some(about(effect, group, &names, Vec::new()))
}

/// The most commands of one kind.
const MANUAL: usize = 5;

fn drain(name: &str) -> String {
    format!("kubectl drain {name} --ignore-daemonsets --delete-emptydir-data --timeout=10m")
}

fn replacement(group: &Group<'_>, changes: &[&ResourceChange], context: &Context<'_>) -> Effect {
    let names = names(changes);
    let (values, cause) = reasons(group, changes, context, Behaviour::Replace);
    // What else changes comes with the new machine.
    reasons(group, changes, context, Behaviour::Restart);
    reasons(group, changes, context, Behaviour::Live);
    let at_once = if names.len() > 1 { ", all at the same time" } else { "" };
    let what =
        format!("{} {} replaced{at_once}: {}", count(names.len(), "machine"), verb(names.len(), "are"), list(&names));
    let kept = group.old.is_some_and(|old| old.keep_disk);
    let mut effect = if kept {
        let mut effect = Effect::new(Action::Refused, Severity::Danger, group.subject(), what);
        effect.why = "Their boot disks are kept: Terraform deletes the machines, and then Google refuses to create disks that exist. The apply \
                      stops there, without the machines"
            .to_owned();
        effect.manual("# apply disk.keep: false first, by itself; the disks' contents are lost")
    } else if group.is_control_plane() {
        let mut effect = Effect::new(Action::Replace, Severity::Danger, group.subject(), what);
        effect.why = match names.len() {
            1 if group.any().nodes.len() == 1 => {
                "The API is unavailable until the new machine has resumed from its state disk; nodes and pods keep running"
            }
            1 => "It resumes from its state disk",
            _ => "The cluster's etcd loses its majority: the API is unavailable until they have resumed from their state disks",
        }
        .to_owned();
        if names.len() > 1 { effect.manual(one_by_one()) } else { effect }
    } else {
        let mut effect = Effect::new(Action::Replace, Severity::Caution, group.subject(), what);
        effect.why = "Terraform does not drain, and boot disks are lost with what pods stored on them".to_owned();
        effect.manual(one_by_one())
    };
    effect.change = values;
    effect.cause = cause;
    about(effect, group, &names, paths(changes, Behaviour::Replace))
}

fn one_by_one() -> String {
    format!("{UPGRADE}   # instead of terraform apply: drains and replaces one machine at a time")
}

fn restart(group: &Group<'_>, updated: &[&ResourceChange], context: &Context<'_>) -> Option<Effect> {
    let restarts = |change: &&&ResourceChange| change.arguments.iter().any(|a| a.behaviour == Behaviour::Restart);
    let changes: Vec<&ResourceChange> = updated.iter().filter(restarts).copied().collect();
    let names = names(&changes);
    if names.is_empty() {
        return None;
    }
    let (values, cause) = reasons(group, &changes, context, Behaviour::Restart);
    let at_once = if names.len() > 1 { ", all at the same time" } else { "" };
    let what = format!("{} {}{at_once}: {}", count(names.len(), "machine"), verb(names.len(), "restart"), list(&names));
    let control_plane = group.is_control_plane();
    let severity = if control_plane && names.len() > 1 { Severity::Danger } else { Severity::Caution };
    let mut effect = Effect::new(Action::Restart, severity, group.subject(), what);
    effect.why = match (control_plane, names.len()) {
        (true, 1) => "The API is unavailable for a minute; nodes and pods keep running",
        (true, _) => "The cluster's etcd loses its majority: the API is unavailable until two are back",
        (false, _) => "Terraform stops and starts them without draining",
    }
    .to_owned();
    if changes.iter().any(|change| change.arguments.iter().any(|a| a.path == "service_account")) {
        effect.why += ". The old account's roles go first, and the machines change last";
        if group.new.is_some_and(|new| new.service_account.is_some()) {
            effect.why +=
                "; if the new account does not exist, Google refuses that after they have stopped, and they stay down";
        }
    }
    effect = match (control_plane, names.len()) {
        (true, 1) => effect,
        (false, 1) => effect.manual(drain(&names[0])),
        _ => effect.manual(one_by_one()),
    };
    effect.change = values;
    effect.cause = cause;
    Some(about(effect, group, &names, paths(&changes, Behaviour::Restart)))
}
