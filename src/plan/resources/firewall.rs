use serde_json::{Value, json};

use super::{Address, Resource};
use crate::plan::Plan;
use crate::plan::firewall::Own;

/// Firewall rules: the cluster's own, then those of the description.
pub(super) fn of(plan: &Plan) -> Vec<Resource> {
    let firewall = &plan.firewall;
    let tcp = |port: &str| json!([{ "protocol": "tcp", "ports": [port] }]);
    let own = [
        Some(("internal", &firewall.internal, json!([{ "protocol": "all" }]))),
        firewall.ssh.as_ref().map(|rule| ("ssh", rule, tcp("22"))),
        firewall.api.as_ref().map(|rule| ("api", rule, tcp("6443"))),
        firewall.api_health_checks.as_ref().map(|rule| ("api_health_checks", rule, tcp("6443"))),
        Some(("health_checks", &firewall.health_checks, tcp("10256"))),
    ];
    let own = own.into_iter().flatten().map(|(label, rule, allow)| self::own(plan, label, rule, allow));
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
    own.chain(extra).collect()
}

fn own(plan: &Plan, label: &str, own: &Own, allow: Value) -> Resource {
    let mut resource = rule(plan, label, &own.name, json!(own.source_ranges), allow);
    if let Some(tag) = &own.target_tag {
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
