//! Firewall rules.

use std::{net::Ipv4Addr, ops::RangeInclusive};

use ipnet::Ipv4Net;
use serde_json::Value;

use crate::google::{
    World,
    json::{flag, is_empty, list, number, text, texts},
    link,
};

/// A rule. An empty list of targets means every instance in the network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Firewall {
    pub(crate) name: String,
    /// The path of its network.
    pub(crate) network: String,
    pub(crate) direction: Direction,
    /// The lowest number takes precedence; at the same priority, deny takes precedence over allow.
    pub(crate) priority: u16,
    pub(crate) allows: bool,
    pub(crate) disabled: bool,
    pub(crate) protocols: Vec<Protocol>,
    pub(crate) source_ranges: Vec<Ipv4Net>,
    pub(crate) source_tags: Vec<String>,
    pub(crate) source_accounts: Vec<String>,
    pub(crate) destination_ranges: Vec<Ipv4Net>,
    pub(crate) target_tags: Vec<String>,
    pub(crate) target_accounts: Vec<String>,
}

/// The direction of the traffic that a rule applies to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Direction {
    Ingress,
    Egress,
}

/// A protocol (`tcp`, `all`, `47`) and its ports; no ports means all of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Protocol {
    pub(crate) name: String,
    pub(crate) ports: Vec<RangeInclusive<u16>>,
}

pub(super) fn all(world: &World) -> Vec<Firewall> {
    world.all("firewalls").map(|(path, rule)| read(path, rule)).collect()
}

fn read(path: &str, rule: &Value) -> Firewall {
    let owned = |key: &str| texts(rule, key).into_iter().map(str::to_owned).collect();
    let ranges = |key: &str| texts(rule, key).into_iter().filter_map(range).collect();
    let allows = !is_empty(&rule["allowed"]);
    Firewall {
        name: link::name(path).to_owned(),
        network: link::own(&rule["network"]).unwrap_or_default(),
        direction: if rule["direction"] == "EGRESS" { Direction::Egress } else { Direction::Ingress },
        priority: number(rule, "priority").and_then(|priority| priority.try_into().ok()).unwrap_or(1000),
        allows,
        disabled: flag(rule, "disabled"),
        protocols: list(rule, if allows { "allowed" } else { "denied" }).iter().map(protocol).collect(),
        source_ranges: ranges("sourceRanges"),
        source_tags: owned("sourceTags"),
        source_accounts: owned("sourceServiceAccounts"),
        destination_ranges: ranges("destinationRanges"),
        target_tags: owned("targetTags"),
        target_accounts: owned("targetServiceAccounts"),
    }
}

fn protocol(entry: &Value) -> Protocol {
    let ports = texts(entry, "ports").into_iter().filter_map(port_range).collect();
    Protocol { name: text(entry, "IPProtocol").to_owned(), ports }
}

/// A range, or a single address.
fn range(text: &str) -> Option<Ipv4Net> {
    text.parse().ok().or_else(|| text.parse::<Ipv4Addr>().ok().map(Ipv4Net::from))
}

/// `22` or `30000-32767`
pub(in crate::google) fn port_range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}
