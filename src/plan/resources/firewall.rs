use serde_json::{Value, json};

use super::{Address, Resource};
use crate::plan::Plan;
use crate::plan::firewall::BuiltInRule;

/// Firewall rules: vpcgen's built_in, followed by those from the description.
pub(super) fn of(plan: &Plan) -> Vec<Resource> {
    let firewall = &plan.firewall;
    let tcp = |port: &str| json!([{ "protocol": "tcp", "ports": [port] }]);
    let built_in = [
        Some(("internal", &firewall.internal, json!([{ "protocol": "all" }]))),
        firewall.ssh.as_ref().map(|rule| ("ssh", rule, tcp("22"))),
        firewall.api.as_ref().map(|rule| ("api", rule, tcp("6443"))),
        firewall.api_health_checks.as_ref().map(|rule| ("api_health_checks", rule, tcp("6443"))),
        Some(("health_checks", &firewall.health_checks, tcp("10256"))),
    ];
    let built_in = built_in.into_iter().flatten().map(|(label, rule, allow)| self::built_in(plan, label, rule, allow));
    let extra = firewall.extra.iter().map(|extra| {
        let allow: Vec<Value> = extra
            .allow
            .iter()
            .map(|allow| match allow.ports.is_empty() {
                true => json!({ "protocol": allow.protocol }),
                false => json!({ "protocol": allow.protocol, "ports": allow.ports }),
            })
            .collect();
        rule(plan, &extra.label, &extra.name, json!(extra.source_ranges), json!(allow))
    });
    built_in.chain(extra).collect()
}

fn built_in(plan: &Plan, label: &str, built_in: &BuiltInRule, allow: Value) -> Resource {
    let mut resource = rule(plan, label, &built_in.name, json!(built_in.source_ranges), allow);
    if let Some(tag) = &built_in.target_tag {
        resource.arguments.insert("target_tags".to_owned(), json!([tag]));
    }
    resource
}

fn rule(plan: &Plan, label: &str, name: &str, source_ranges: Value, allow: Value) -> Resource {
    Resource::new(
        Address::one("google_compute_firewall", label),
        format!("projects/{}/global/firewalls/{name}", plan.project),
        json!({
            "name": name,
            "network": "${google_compute_network.vpc.id}",
            "source_ranges": source_ranges,
            "allow": allow,
        }),
    )
}
