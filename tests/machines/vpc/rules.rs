//! What Google's network does beside routing, as rules of nft: sources are checked, the firewall, external addresses, Cloud NAT.

use std::fmt::{Display, Write as _};

use super::{PROBES, Ports};
use crate::{
    google::state::{Direction, Firewall, Instance, Protocol, State},
    outside,
};

/// Who Cloud NAT's packets seem to come from when no address is reserved for it.
const NAT: &str = "198.51.100.254";

/// All rules, as one transaction that replaces those before.
pub(super) fn of(state: &State, ports: &Ports) -> String {
    let mut text = "table ip vpc\ndelete table ip vpc\ntable ip vpc {\n".to_owned();
    for (chain, rules) in [
        ("sources { type filter hook forward priority -10;", sources(state, ports)),
        ("forward { type filter hook forward priority 0;", forward(state, ports)),
        ("in { type nat hook prerouting priority -100;", inwards(state)),
        ("out { type nat hook postrouting priority 100;", outwards(state)),
    ] {
        let _ = write!(text, "  chain {chain}\n    {}\n  }}\n", rules.join("\n    "));
    }
    text + "}\n"
}

/// An instance that may not forward sends with its own addresses, and with those of its load balancers.
fn sources(state: &State, ports: &Ports) -> Vec<String> {
    let checked = plugged(state, ports).filter(|(instance, _)| !instance.can_ip_forward);
    let rule = |(instance, port): (&Instance, String)| {
        let mut own: Vec<String> = Vec::new();
        for interface in &instance.interfaces {
            own.push(interface.address.to_string());
            own.extend(interface.aliases.iter().map(ToString::to_string));
        }
        let balancers = state.load_balancers.iter().filter(|balancer| balancer.backends.contains(&instance.path));
        own.extend(balancers.map(|balancer| balancer.address.to_string()));
        format!("iifname \"{port}\" ip saddr != {} counter drop", set(own))
    };
    checked.map(rule).collect()
}

/// The way out, then the firewall. Established connections pass, and the metadata server is not part of the network.
fn forward(state: &State, ports: &Ports) -> Vec<String> {
    let mut rules = vec![
        "ct state established,related accept".to_owned(),
        format!("oifname \"out\" ip daddr {} accept", outside::METADATA),
    ];
    for balancer in state.load_balancers.iter().filter(|balancer| balancer.internal) {
        rules.push(format!("iifname \"out\" ip saddr != {PROBES} ip daddr {} counter drop", balancer.address));
    }
    for subnetwork in state.subnetworks.iter().filter(|subnetwork| subnetwork.private_google_access) {
        rules.push(format!("oifname \"out\" ip saddr {} ip daddr {} accept", subnetwork.range, outside::APIS));
    }
    for interface in state
        .instances
        .iter()
        .flat_map(|instance| &instance.interfaces)
        .filter(|interface| interface.external.is_some())
    {
        rules.push(format!("oifname \"out\" ip saddr {} accept", interface.address));
    }
    rules.extend(
        state.nats.iter().flat_map(|nat| &nat.ranges).map(|range| format!("oifname \"out\" ip saddr {range} accept")),
    );
    rules.push("oifname \"out\" counter drop".to_owned());
    let mut firewalls: Vec<&Firewall> =
        state.firewalls.iter().filter(|rule| rule.direction == Direction::Ingress && !rule.disabled).collect();
    // The lowest number decides; at the same number a denial does.
    firewalls.sort_by_key(|rule| (rule.priority, rule.allows));
    rules.extend(firewalls.into_iter().flat_map(|rule| firewall(rule, state, ports)));
    rules.push("oifname \"vm*\" counter drop".to_owned());
    rules
}

fn firewall(rule: &Firewall, state: &State, ports: &Ports) -> Vec<String> {
    let matches = |instance: &Instance, tags: &[String], accounts: &[String]| {
        let account = instance.service_account.as_ref().is_some_and(|account| accounts.contains(&account.email));
        account || instance.tags.iter().any(|tag| tags.contains(tag))
    };
    let everyone = rule.target_tags.is_empty() && rule.target_accounts.is_empty();
    let in_network =
        |instance: &Instance| instance.interfaces.iter().any(|interface| interface.network == rule.network);
    let targets = plugged(state, ports).filter(|(instance, _)| in_network(instance));
    let targets =
        targets.filter(|(instance, _)| everyone || matches(instance, &rule.target_tags, &rule.target_accounts));
    let targets: Vec<String> = targets.map(|(_, port)| format!("\"{port}\"")).collect();
    // Tags and accounts of sources stand for the primary addresses only, never for alias ranges.
    let tagged = state.instances.iter().filter(|instance| matches(instance, &rule.source_tags, &rule.source_accounts));
    let tagged = tagged.flat_map(|instance| &instance.interfaces).map(|interface| interface.address.to_string());
    let sources: Vec<String> = rule.source_ranges.iter().map(ToString::to_string).chain(tagged).collect();
    if targets.is_empty() || sources.is_empty() {
        return Vec::new();
    }
    let mut packets = format!("oifname {} ip saddr {}", set(targets), set(sources));
    if !rule.destination_ranges.is_empty() {
        let _ = write!(packets, " ip daddr {}", set(&rule.destination_ranges));
    }
    let verdict = if rule.allows { "accept" } else { "counter drop" };
    rule.protocols.iter().map(|what| format!("{packets} {} {verdict}", protocol(what))).collect()
}

fn protocol(what: &Protocol) -> String {
    if what.name == "all" {
        return String::new();
    }
    if what.ports.is_empty() {
        return format!("ip protocol {}", what.name);
    }
    let port = |range: &std::ops::RangeInclusive<u16>| format!("{}-{}", range.start(), range.end());
    format!("{} dport {}", what.name, set(what.ports.iter().map(port)))
}

fn inwards(state: &State) -> Vec<String> {
    let interfaces = state.instances.iter().flat_map(|instance| &instance.interfaces);
    let rule = |interface: &crate::google::state::Interface| {
        Some(format!("iifname \"out\" ip daddr {} dnat to {}", interface.external?, interface.address))
    };
    interfaces.filter_map(rule).collect()
}

/// An external address stands for the instance's own address only, never for its alias ranges.
fn outwards(state: &State) -> Vec<String> {
    let mut rules = vec![format!("oifname \"out\" ip daddr {} accept", outside::METADATA)];
    for interface in state.instances.iter().flat_map(|instance| &instance.interfaces) {
        if let Some(external) = interface.external {
            rules.push(format!("oifname \"out\" ip saddr {} snat to {external}", interface.address));
        }
    }
    rules.push(format!("oifname \"out\" snat to {NAT}"));
    rules
}

fn plugged<'a>(state: &'a State, ports: &'a Ports) -> impl Iterator<Item = (&'a Instance, String)> {
    state.instances.iter().filter_map(|instance| Some((instance, ports.get(&instance.path)?.name())))
}

/// A set of nft.
pub(super) fn set<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("{{ {} }}", items.join(", "))
}
