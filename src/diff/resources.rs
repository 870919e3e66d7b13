//! From the resources that change to what that means.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::effect::{Action, Effect, Severity};
use super::group::groups;
use super::side::Context;
use super::terraform::{Planned, ResourceChange};
use super::words::{arrow, count};
use super::{boot, machines, network};

/// All effects of the resources that change.
pub(super) fn effects(changes: &[ResourceChange], context: &Context<'_>) -> Vec<Effect> {
    let mut all = Vec::new();
    let mut boots = Vec::new();
    for group in groups(context) {
        let of_group = |change: &&ResourceChange| {
            change.address.kind == "google_compute_instance" && change.address.label == group.any().label
        };
        let mut changes: Vec<&ResourceChange> = changes.iter().filter(of_group).collect();
        // In the order of the description: of the addresses, n-10 comes before n-2.
        let nodes = [group.old, group.new].into_iter().flatten().flat_map(|group| group.nodes.iter().enumerate());
        let position: HashMap<&str, usize> = nodes.map(|(at, node)| (node.name.as_str(), at)).collect();
        changes.sort_by_key(|change| position.get(change.address.key.as_deref().unwrap_or_default()).copied());
        all.extend(machines::effects(&group, &changes, context, &mut boots));
    }
    all = joined(all);
    all.extend(boot::effects(&boots, context));
    all.extend(network::effects(changes, context));
    all.extend(labels(changes, context));
    all
}

/// What is the same for several groups, because a key of the whole cluster causes it, is one effect.
fn joined(effects: Vec<Effect>) -> Vec<Effect> {
    let mut all: Vec<Effect> = Vec::new();
    for effect in effects {
        let same = |other: &&mut Effect| {
            let of = |effect: &Effect| {
                (effect.action, effect.severity, effect.what.clone(), effect.change.clone(), effect.cause.clone())
            };
            of(other) == of(&effect)
        };
        match all.iter_mut().find(same) {
            Some(first) => {
                first.subject = format!("{}, {}", first.subject, effect.subject);
                first.addresses.extend(effect.addresses);
                first.machines.extend(effect.machines);
            }
            None => all.push(effect),
        }
    }
    all
}

/// Labels are on nearly every resource: one effect for all of them.
fn labels(changes: &[ResourceChange], context: &Context<'_>) -> Option<Effect> {
    let labelled = |change: &&ResourceChange| {
        change.planned == Planned::Update && change.arguments.iter().any(|argument| argument.path.ends_with("labels"))
    };
    let changed: Vec<String> = changes.iter().filter(labelled).map(|change| change.address.to_string()).collect();
    if changed.is_empty() {
        return None;
    }
    let text = |labels: &IndexMap<String, String>| {
        let all: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        if all.is_empty() { "none".to_owned() } else { super::words::list(&all) }
    };
    let mut effect = Effect::new(
        Action::Update,
        Severity::Info,
        "labels",
        format!("labels of {} change", count(changed.len(), "resource")),
    )
    .change(arrow("labels", &text(&context.old.labels), &text(&context.new.labels)))
    .cause(context.keys.cause(&["labels"]));
    effect.addresses = changed;
    effect.attributes = vec!["labels".to_owned()];
    Some(effect)
}
