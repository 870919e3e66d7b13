//! Firewall rules.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::{Collection, Place, Within, no_action};
use crate::google::{
    World, cidr,
    json::{default, flag, is_empty, list, number, text, texts},
    link, names,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "firewalls",
    kind: "compute#firewall",
    within: Within::Global,
    check,
    fixed: &["network", "direction"],
    act: no_action,
};

fn check(world: &mut World, place: &Place, rule: &mut Value) -> Result<(), Refusal> {
    let network = link::existing(world, "resource.network", &rule["network"], "networks", &place.project)?;
    rule["network"] = link::to(&network).into();
    default(rule, "direction", "INGRESS");
    default(rule, "priority", 1000);
    default(rule, "disabled", false);
    check_action(rule)?;
    if !number(rule, "priority").is_some_and(|priority| (0..=65535).contains(&priority)) {
        return Err(rules::FIREWALL_PRIORITY.field(
            "resource.priority",
            &rule["priority"],
            "Must be between 0 and 65535 inclusive.",
        ));
    }
    check_peers(rule)?;
    // A rule without sources or destinations matches all addresses.
    let sources = ["sourceRanges", "sourceTags", "sourceServiceAccounts"];
    match text(rule, "direction") {
        "EGRESS" => default(rule, "destinationRanges", json!(["0.0.0.0/0"])),
        _ if sources.iter().all(|field| is_empty(&rule[*field])) => rule["sourceRanges"] = json!(["0.0.0.0/0"]),
        _ => {}
    }
    if !flag(&rule["logConfig"], "enable") {
        rule["logConfig"] = json!({"enable": false});
    }
    Ok(())
}

/// Checks that there is either `allowed` or `denied`, with valid protocols and ports.
fn check_action(rule: &Value) -> Result<(), Refusal> {
    if is_empty(&rule["allowed"]) == is_empty(&rule["denied"]) {
        return Err(rules::FIREWALL_ACTION.field(
            "resource",
            &rule["name"],
            "Exactly one of 'allowed' or 'denied' must be specified.",
        ));
    }
    for entry in list(rule, "allowed").iter().chain(list(rule, "denied")) {
        let protocol = text(entry, "IPProtocol");
        let known = ["tcp", "udp", "icmp", "esp", "ah", "ipip", "sctp", "all"].contains(&protocol);
        let numbered = protocol.parse::<u8>().is_ok_and(|number| number.to_string() == protocol);
        if !known && !numbered {
            let why = "Must be tcp, udp, icmp, esp, ah, ipip, sctp, all, or an IP protocol number.";
            return Err(rules::FIREWALL_PROTOCOL.field("resource.allowed.IPProtocol", &entry["IPProtocol"], why));
        }
        let ports = texts(entry, "ports");
        if !ports.is_empty() && !["tcp", "udp", "sctp", "6", "17", "132"].contains(&protocol) {
            return Err(rules::FIREWALL_PORTS.field(
                "resource.allowed.ports",
                &entry["ports"],
                "Only tcp, udp and sctp have ports.",
            ));
        }
        if let Some(port) = ports.into_iter().find(|ports| !is_port_range(ports)) {
            return Err(rules::FIREWALL_PORTS.field(
                "resource.allowed.ports",
                &port.into(),
                "Must be a port or a range of ports, up to 65535.",
            ));
        }
    }
    Ok(())
}

/// `22` or `30000-32767`
fn is_port_range(text: &str) -> bool {
    let port = |text: &str| text.parse::<u16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match text.split_once('-') {
        Some((first, last)) => port(first).zip(port(last)).is_some_and(|(first, last)| first <= last),
        None => port(text).is_some(),
    }
}

/// Checks ranges, tags and service accounts on both sides.
fn check_peers(rule: &Value) -> Result<(), Refusal> {
    let sources = !is_empty(&rule["sourceTags"]) || !is_empty(&rule["sourceServiceAccounts"]);
    let tags = !is_empty(&rule["sourceTags"]) || !is_empty(&rule["targetTags"]);
    let accounts = !is_empty(&rule["sourceServiceAccounts"]) || !is_empty(&rule["targetServiceAccounts"]);
    if tags && accounts {
        return Err(rules::FIREWALL_SOURCES.field(
            "resource",
            &rule["name"],
            "Tags and service accounts cannot be mixed.",
        ));
    }
    if sources && rule["direction"] == "EGRESS" {
        return Err(rules::FIREWALL_SOURCES.field(
            "resource",
            &rule["name"],
            "A rule for EGRESS cannot have source tags or accounts.",
        ));
    }
    let limits = [
        ("sourceTags", 30),
        ("targetTags", 70),
        ("sourceServiceAccounts", 10),
        ("targetServiceAccounts", 10),
        ("sourceRanges", 5000),
    ];
    if let Some((field, limit)) = limits.iter().find(|(field, limit)| list(rule, field).len() > *limit) {
        return Err(rules::FIREWALL_COUNT.field(
            format!("resource.{field}"),
            &rule["name"],
            format!("At most {limit} entries."),
        ));
    }
    for tag in ["sourceTags", "targetTags"].iter().flat_map(|field| list(rule, field)) {
        names::check("resource.sourceTags", tag)?;
    }
    for field in ["sourceRanges", "destinationRanges"] {
        let (v6, v4): (Vec<_>, Vec<_>) =
            list(rule, field).iter().partition(|range| range.as_str().is_some_and(|text| text.contains(':')));
        if !v6.is_empty() && !v4.is_empty() {
            return Err(rules::FIREWALL_FAMILIES.field(
                format!("resource.{field}"),
                &rule[field],
                "IPv4 and IPv6 cannot be mixed.",
            ));
        }
        for range in v4 {
            // An address without a prefix length is a /32. The cloud-controller-manager sends load balancer destinations like this.
            if range.as_str().is_none_or(|text| text.parse::<Ipv4Addr>().is_err()) {
                cidr::parse(&format!("resource.{field}"), range)?;
            }
        }
    }
    Ok(())
}
