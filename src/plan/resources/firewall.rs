use serde_json::{Value, json};

use super::{Address, Resource};
use crate::plan::Plan;
use crate::plan::firewall::{BuiltInRule, Rule};

/// Of a rule that denies: a lower number than the default, 1000, takes precedence over what allows.
const BEFORE_OTHERS: u16 = 900;

/// Firewall rules: vpcgen's own, followed by those from the description.
pub(super) fn of(plan: &Plan) -> Vec<Resource> {
    let firewall = &plan.firewall;
    let built_in = [
        Some(("internal", &firewall.internal, "allow")),
        Some(("deny_ssh", &firewall.deny_ssh, "deny")),
        Some(("deny_etcd", &firewall.deny_etcd, "deny")),
        firewall.ssh.as_ref().map(|rule| ("ssh", rule, "allow")),
        firewall.api.as_ref().map(|rule| ("api", rule, "allow")),
        firewall.api_health_checks.as_ref().map(|rule| ("api_health_checks", rule, "allow")),
        Some(("health_checks", &firewall.health_checks, "allow")),
    ];
    let built_in =
        built_in.into_iter().flatten().map(|(label, rule, action)| self::built_in(plan, label, rule, action));
    built_in.chain(firewall.extra.iter().map(|rule| extra(plan, rule))).collect()
}

fn built_in(plan: &Plan, label: &str, built_in: &BuiltInRule, action: &str) -> Resource {
    let mut resource = rule(plan, label, &built_in.name, json!(built_in.source_ranges));
    let what = match built_in.ports.is_empty() {
        true => json!([{ "protocol": "all" }]),
        false => json!([{ "protocol": "tcp", "ports": built_in.ports }]),
    };
    let arguments = &mut resource.arguments;
    arguments.insert(action.to_owned(), what);
    arguments.insert("target_tags".to_owned(), json!(built_in.target_tags));
    if let Some(tags) = &built_in.source_tags {
        arguments.insert("source_tags".to_owned(), json!(tags));
    }
    if !built_in.destination_ranges.is_empty() {
        arguments.insert("destination_ranges".to_owned(), json!(built_in.destination_ranges));
    }
    if action == "deny" {
        arguments.insert("priority".to_owned(), json!(BEFORE_OTHERS));
    }
    resource
}

fn extra(plan: &Plan, extra: &Rule) -> Resource {
    let mut resource = rule(plan, &extra.label, &extra.name, json!(extra.source_ranges));
    let allow: Vec<Value> = extra
        .allow
        .iter()
        .map(|allow| match allow.ports.is_empty() {
            true => json!({ "protocol": allow.protocol }),
            false => json!({ "protocol": allow.protocol, "ports": allow.ports }),
        })
        .collect();
    resource.arguments.insert("allow".to_owned(), json!(allow));
    resource.arguments.insert("target_tags".to_owned(), json!(extra.target_tags));
    resource
}

fn rule(plan: &Plan, label: &str, name: &str, source_ranges: Value) -> Resource {
    Resource::new(
        Address::one("google_compute_firewall", label),
        format!("projects/{}/global/firewalls/{name}", plan.project),
        json!({
            "name": name,
            "network": "${google_compute_network.vpc.id}",
            "source_ranges": source_ranges,
        }),
    )
}
