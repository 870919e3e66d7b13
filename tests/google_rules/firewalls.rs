//! Firewall rules.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, Request, case, post},
};

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(&rules::FIREWALL_ACTION, rule(json!({"denied": [{"IPProtocol": "udp"}]}))),
        case(&rules::FIREWALL_ACTION, rule(json!({"allowed": null}))),
        case(&rules::FIREWALL_PROTOCOL, allowing("TCP", &[])),
        case(&rules::FIREWALL_PROTOCOL, allowing("300", &[])),
        case(&rules::FIREWALL_PORTS, allowing("icmp", &["8"])),
        case(&rules::FIREWALL_PORTS, allowing("tcp", &["65536"])),
        case(&rules::FIREWALL_PORTS, allowing("tcp", &["200-100"])),
        case(&rules::FIREWALL_PORTS, allowing("tcp", &["http"])),
        case(&rules::FIREWALL_PRIORITY, rule(json!({"priority": 70000}))),
        case(&rules::FIREWALL_SOURCES, rule(json!({"sourceTags": ["a"], "targetServiceAccounts": ["a@b.c"]}))),
        case(&rules::FIREWALL_SOURCES, rule(json!({"direction": "EGRESS", "sourceTags": ["a"]}))),
        case(&rules::FIREWALL_FAMILIES, rule(json!({"sourceRanges": ["10.0.0.0/8", "fd20::/20"]}))),
        case(&rules::FIREWALL_COUNT, rule(json!({"sourceTags": vec!["a"; 31]}))),
        case(&rules::CIDR, rule(json!({"sourceRanges": ["10.0.0.1/8"]}))),
        case(&rules::NAME, rule(json!({"targetTags": ["Web"]}))),
    ]
}

/// A valid rule with some fields replaced.
fn rule(other: Value) -> Request {
    let mut rule = json!({"name": "f", "network": "global/networks/net", "allowed": [{"IPProtocol": "tcp"}]});
    for (field, value) in other.as_object().into_iter().flatten() {
        rule[field] = value.clone();
    }
    post("global/firewalls", rule)
}

fn allowing(protocol: &str, ports: &[&str]) -> Request {
    rule(json!({"allowed": [{"IPProtocol": protocol, "ports": ports}]}))
}
