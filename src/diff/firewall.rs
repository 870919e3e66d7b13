//! What happens to firewall rules: who gets in, and who no longer does.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::effect::{Action, Effect, Severity};
use super::side::Context;
use super::terraform::{Planned, ResourceChange};
use super::words::{arrow, count, show, verb};
use crate::net::Cidr;
use crate::plan::{Plan, Resource};

/// One effect for each rule.
pub(super) fn effects(changes: &[ResourceChange], context: &Context<'_>) -> Vec<Effect> {
    let rules = changes.iter().filter(|change| change.address.kind == "google_compute_firewall");
    let rules: Vec<&ResourceChange> = rules.filter(|change| change.planned != Planned::Nothing).collect();
    let (following, own): (Vec<&ResourceChange>, _) = rules
        .iter()
        .partition(|change| change.planned == Planned::Update && change.arguments.iter().all(|a| a.follows));
    let mut all: Vec<Effect> =
        own.into_iter().filter_map(|change: &ResourceChange| effect(change, &rules, context)).collect();
    if !following.is_empty() {
        let what = format!(
            "{} {} to the VPC that is recreated",
            count(following.len(), "rule"),
            verb(following.len(), "move")
        );
        let mut effect = Effect::new(Action::Update, Severity::Danger, "firewall", what)
            .why("Google accepts it before it refuses to delete the VPC: machines are then without rules")
            .cause(context.keys.cause(&["network.name", "name"]));
        effect.addresses = following.iter().map(|change| change.address.to_string()).collect();
        effect.attributes = vec!["network".to_owned()];
        all.push(effect);
    }
    all
}

fn find(plan: &Plan, change: &ResourceChange) -> Option<Resource> {
    plan.resources().into_iter().find(|resource| resource.address == change.address)
}

fn effect(change: &ResourceChange, all: &[&ResourceChange], context: &Context<'_>) -> Option<Effect> {
    let (old, new) = (find(context.old, change), find(context.new, change));
    let arguments = |rule: &Option<Resource>| rule.as_ref().map(|rule| rule.arguments.clone()).unwrap_or_default();
    let (before, after) = (arguments(&old), arguments(&new));
    let name = show(after.get("name").or(before.get("name"))?);
    let subject = format!("firewall rule {name}");
    let denies = before.contains_key("deny") || after.contains_key("deny");
    let mut effect = match change.planned {
        Planned::Create => {
            Effect::new(Action::Create, severity(None, &after), subject, format!("a new rule {}", sentence(&after)))
                .why(if opens(&after) { "It is open to the internet" } else { "" })
        }
        Planned::Delete => {
            let renamed = all.iter().find(|other| {
                let same = |rule: &Map<String, Value>| {
                    rule.iter()
                        .filter(|(key, _)| *key != "name")
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect::<Vec<_>>()
                };
                other.planned == Planned::Create
                    && find(context.new, other).is_some_and(|other| same(&other.arguments) == same(&before))
            });
            let why = match renamed {
                Some(other) => format!(
                    "It is renamed to {}: Terraform deletes and creates in no fixed order, so there may be a gap",
                    other.address.label.replace('_', "-")
                ),
                None => "What it allowed is blocked at once, also on connections that exist".to_owned(),
            };
            Effect::new(
                Action::Delete,
                Severity::Caution,
                subject,
                format!("the rule that {} is deleted", sentence(&before)),
            )
            .why(why)
        }
        Planned::Replace => Effect::new(
            Action::Replace,
            Severity::Danger,
            subject,
            "it is deleted and created: what it allows is blocked meanwhile",
        ),
        Planned::Update | Planned::Nothing => {
            let lost = lost(&before, &after);
            let severity = if lost { Severity::Caution } else { severity(Some(&before), &after) };
            let opened = opens(&after) && !opens(&before);
            Effect::new(
                Action::Update,
                severity,
                subject,
                if denies { "what it denies changes at once" } else { "what it allows changes at once" },
            )
            .why(match (opened, lost && !denies) {
                (true, _) => "It is open to the internet from then on",
                (_, true) => "What it no longer allows is blocked at once, also on connections that exist",
                _ => "",
            })
        }
    };
    if matches!(change.planned, Planned::Update | Planned::Replace) {
        let values = change.arguments.iter().map(|a| match a.before == a.after {
            true => format!("`{}` is recreated", a.path),
            false => arrow(&a.path, &show(&a.before), &show(&a.after)),
        });
        effect.change = values.collect::<Vec<_>>().join(", ");
    }
    effect.cause = context.keys.cause(&keys(change, &name)).or_else(|| context.keys.root());
    effect.addresses = vec![change.address.to_string()];
    effect.attributes = change.arguments.iter().map(|argument| argument.path.clone()).collect();
    Some(effect)
}

/// `allows tcp:22 from 10.0.0.0/8 to prod-node`
fn sentence(rule: &Map<String, Value>) -> String {
    let get = |key: &str| rule.get(key).filter(|value| value.as_array().is_none_or(|items| !items.is_empty()));
    let what = get("allow")
        .map(|allow| format!("allows {}", show(allow)))
        .or(get("deny").map(|deny| format!("denies {}", show(deny))));
    let from = get("source_ranges").map(|from| format!(" from {}", show(from))).unwrap_or_default();
    let to = get("target_tags").map_or(" to every machine in the VPC".to_owned(), |to| format!(" to {}", show(to)));
    format!("{}{from}{to}", what.unwrap_or_default())
}

fn opens(rule: &Map<String, Value>) -> bool {
    rule.contains_key("allow")
        && strings(rule, "source_ranges").iter().any(|range| range == "0.0.0.0/0" || range == "::/0")
}

fn severity(before: Option<&Map<String, Value>>, after: &Map<String, Value>) -> Severity {
    if opens(after) && !before.is_some_and(opens) { Severity::Caution } else { Severity::Info }
}

/// Whether something that was allowed no longer is, as far as one can tell.
fn lost(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    let gone = |key: &str| !strings(before, key).is_subset(&strings(after, key));
    let narrower = strings(before, "target_tags").is_empty() != strings(after, "target_tags").is_empty();
    let ranges =
        |rule| -> Vec<Cidr> { strings(rule, "source_ranges").iter().filter_map(|range| range.parse().ok()).collect() };
    let now = ranges(after);
    let covered = ranges(before).iter().all(|range| now.iter().any(|other| other.contains(*range)));
    (gone("source_ranges") && !covered) || gone("source_tags") || gone("allow") || gone("target_tags") || narrower
}

fn strings(rule: &Map<String, Value>, key: &str) -> BTreeSet<String> {
    let items = rule.get(key).and_then(Value::as_array).into_iter().flatten();
    items.flat_map(|item| show(item).split(", ").map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn keys(change: &ResourceChange, name: &str) -> Vec<String> {
    let all: &[&str] = match change.address.label.as_str() {
        "ssh" => &["access.ssh"],
        "api" => &["access.api"],
        "api_health_checks" => &["control_plane.count", "control_plane.names"],
        "internal" | "deny_ssh" | "deny_etcd" | "health_checks" => {
            &["network.nodes", "network.pods", "pools", "name", "network.name"]
        }
        _ => return vec![format!("firewall.{name}"), "firewall".to_owned()],
    };
    all.iter().map(|key| (*key).to_owned()).chain([String::from("network.name")]).collect()
}
