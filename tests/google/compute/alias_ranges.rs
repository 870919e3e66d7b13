//! Alias ranges: blocks of a secondary range that are assigned to an instance, so that the network routes them to it.

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use super::secondary_ranges;
use crate::google::{
    World,
    cidr::{self, first_free, overlap, parse_checked},
    json::{list, text},
    link,
    refusal::Refusal,
    rules,
};

/// The blocks of a secondary range that are assigned to instances.
pub(crate) fn blocks(world: &World, subnetwork: &str, range: &str) -> Vec<Ipv4Net> {
    let nics = world.all("instances").flat_map(|(_, machine)| list(machine, "networkInterfaces"));
    let here = nics.filter(|nic| link::own(&nic["subnetwork"]).as_deref() == Some(subnetwork));
    let aliases =
        here.flat_map(|nic| list(nic, "aliasIpRanges")).filter(|alias| text(alias, "subnetworkRangeName") == range);
    aliases.map(|alias| parse_checked(text(alias, "ipCidrRange"))).collect()
}

/// Checks and assigns the alias ranges that an interface requests. It can keep the blocks in `had`, which it had before.
pub(crate) fn assign(world: &World, subnetwork: &str, wanted: &[Value], had: &[Value]) -> Result<Value, Refusal> {
    if wanted.len() > 150 {
        return Err(rules::ALIAS_COUNT.field(
            "aliasIpRanges",
            &wanted.len().into(),
            "At most 150 alias ranges are allowed.",
        ));
    }
    let ranges = secondary_ranges::by_name(&world.resources[subnetwork]);
    let mut assigned: Vec<(String, Ipv4Net)> = Vec::new();
    for (i, alias) in wanted.iter().enumerate() {
        let field = format!("aliasIpRanges[{i}]");
        let name = text(alias, "subnetworkRangeName");
        let Some(within) = ranges.get(name) else {
            let why = format!(
                "Subnetwork '{subnetwork}' has no such secondary range (it has {:?}).",
                ranges.keys().collect::<Vec<_>>()
            );
            return Err(rules::ALIAS_RANGE.field(field + ".subnetworkRangeName", &alias["subnetworkRangeName"], why));
        };
        let mut used = blocks(world, subnetwork, name);
        let own: Vec<_> = had
            .iter()
            .filter(|alias| text(alias, "subnetworkRangeName") == name)
            .map(|alias| parse_checked(text(alias, "ipCidrRange")))
            .collect();
        used.retain(|block| !own.contains(block));
        used.extend(assigned.iter().filter(|(range, _)| range == name).map(|(_, block)| *block));
        assigned.push((name.to_owned(), block(&field, &alias["ipCidrRange"], *within, &used)?));
    }
    Ok(assigned
        .iter()
        .map(|(name, block)| json!({"subnetworkRangeName": name, "ipCidrRange": block.to_string()}))
        .collect())
}

/// A block, assigned as `192.168.16.0/24`, as a single address, or only as a prefix length, `/24`.
fn block(field: &str, wanted: &Value, within: Ipv4Net, used: &[Ipv4Net]) -> Result<Ipv4Net, Refusal> {
    let text = wanted.as_str().unwrap_or_default();
    if let Some(length) = text.strip_prefix('/') {
        let length = length.parse().ok().filter(|length| (within.prefix_len()..=32).contains(length));
        let length =
            length.ok_or_else(|| rules::ALIAS_INSIDE.field(field, wanted, format!("Does not fit into {within}.")))?;
        return first_free(within, length, used).ok_or_else(|| {
            let message = format!("IP space is exhausted: {within} has no free {wanted} block.");
            rules::ALIAS_EXHAUSTED.refuse(message)
        });
    }
    let single = text.parse::<std::net::Ipv4Addr>().map(Ipv4Net::from);
    let block = single.map_or_else(|_| cidr::parse(field, wanted), Ok)?;
    if !within.contains(&block) {
        return Err(rules::ALIAS_INSIDE.field(
            field,
            wanted,
            format!("Is not contained in the secondary range {within}."),
        ));
    }
    if used.iter().any(|other| overlap(block, *other)) {
        return Err(rules::ALIAS_IN_USE.refuse(format!("IP '{block}' is already being used by another resource.")));
    }
    Ok(block)
}
