//! Subnetworks: a primary range for instances, and secondary ranges for alias ranges.

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use super::{
    Acted, Collection, Place, Within,
    secondary_ranges::{self, by_name},
};
use crate::google::{
    Call, World,
    cidr::{self, overlap, parse_checked},
    json::{default, flag, text},
    link,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "subnetworks",
    kind: "compute#subnetwork",
    within: Within::Region,
    check,
    fixed: &["network", "ipCidrRange", "purpose"],
    act,
};

fn check(world: &mut World, place: &Place, subnetwork: &mut Value) -> Result<(), Refusal> {
    let network = link::existing(world, "resource.network", &subnetwork["network"], "networks", &place.project)?;
    subnetwork["network"] = link::to(&network).into();
    let primary = cidr::of_subnetwork("resource.ipCidrRange", &subnetwork["ipCidrRange"])?;
    secondary_ranges::check(subnetwork)?;
    if let Some(old) = world.resources.get(&place.path) {
        secondary_ranges::check_change(world, place, &by_name(old), &by_name(subnetwork))?;
    }
    check_disjoint(world, place, &network, subnetwork)?;
    check_flow_logs(subnetwork)?;
    subnetwork["gatewayAddress"] = json!(primary.hosts().next());
    default(subnetwork, "purpose", "PRIVATE");
    default(subnetwork, "stackType", "IPV4_ONLY");
    default(subnetwork, "privateIpGoogleAccess", false);
    default(subnetwork, "privateIpv6GoogleAccess", "DISABLE_GOOGLE_ACCESS");
    Ok(())
}

/// Checks that the ranges overlap neither each other nor any other range in the network.
fn check_disjoint(world: &World, place: &Place, network: &str, subnetwork: &Value) -> Result<(), Refusal> {
    let own: Vec<_> = ranges(subnetwork).collect();
    for (i, range) in own.iter().enumerate() {
        if let Some(other) = own[..i].iter().find(|other| overlap(*range, **other)) {
            return Err(rules::OVERLAP
                .refuse(format!("Invalid IPCidrRange: {range} conflicts with {other} of the same subnetwork.")));
        }
    }
    let others = world
        .all("subnetworks")
        .filter(|(path, other)| **path != place.path && link::own(&other["network"]).as_deref() == Some(network));
    for (path, other) in others {
        if let Some(range) = own.iter().find(|range| ranges(other).any(|there| overlap(**range, there))) {
            let (name, region) = (link::name(path), link::name(link::scope(path)));
            let message = format!(
                "Invalid IPCidrRange: {range} conflicts with existing subnetwork '{name}' in region '{region}'."
            );
            return Err(rules::OVERLAP.refuse(message));
        }
    }
    Ok(())
}

/// The primary range and the secondary ranges.
fn ranges(subnetwork: &Value) -> impl Iterator<Item = Ipv4Net> {
    std::iter::once(parse_checked(text(subnetwork, "ipCidrRange"))).chain(by_name(subnetwork).into_values())
}

/// Checks flow logs, which are off without a `logConfig`, and fills in their defaults.
fn check_flow_logs(subnetwork: &mut Value) -> Result<(), Refusal> {
    let logs = &mut subnetwork["logConfig"];
    if !flag(logs, "enable") {
        *logs = json!({"enable": false});
        return Ok(());
    }
    default(logs, "aggregationInterval", "INTERVAL_5_SEC");
    default(logs, "flowSampling", 0.5);
    default(logs, "metadata", "EXCLUDE_ALL_METADATA");
    let intervals = ["5_SEC", "30_SEC", "1_MIN", "5_MIN", "10_MIN", "15_MIN"].map(|time| format!("INTERVAL_{time}"));
    let good = intervals.iter().any(|interval| logs["aggregationInterval"] == *interval)
        && logs["flowSampling"].as_f64().is_some_and(|share| (0.0..=1.0).contains(&share))
        && ["INCLUDE_ALL_METADATA", "EXCLUDE_ALL_METADATA", "CUSTOM_METADATA"].contains(&text(logs, "metadata"));
    if good { Ok(()) } else { Err(rules::FLOW_LOGS.field("resource.logConfig", logs, "")) }
}

fn act(world: &mut World, place: &Place, action: &str, call: &Call<'_>) -> Result<Acted, Refusal> {
    let mut subnetwork = link::get(world, &place.path)?;
    match action {
        "expandIpCidrRange" => {
            let (old, new) = (
                parse_checked(text(&subnetwork, "ipCidrRange")),
                cidr::of_subnetwork("ipCidrRange", &call.body["ipCidrRange"])?,
            );
            if old == new || !new.contains(&old) {
                let why = format!("The new range must be larger than {old} and contain it.");
                return Err(rules::RANGE_GROWS.field("ipCidrRange", &call.body["ipCidrRange"], why));
            }
            subnetwork["ipCidrRange"] = new.to_string().into();
            check(world, place, &mut subnetwork)?;
        }
        "setPrivateIpGoogleAccess" => {
            subnetwork["privateIpGoogleAccess"] = flag(call.body, "privateIpGoogleAccess").into()
        }
        _ => return Ok(Acted::Unknown),
    }
    subnetwork["fingerprint"] = world.fingerprint().into();
    world.resources.insert(place.path.clone(), subnetwork);
    Ok(Acted::Done)
}
