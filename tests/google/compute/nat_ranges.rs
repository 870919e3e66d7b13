//! The subnetwork ranges that a NAT translates.

use serde_json::Value;

use super::{Place, secondary_ranges};
use crate::google::{
    World,
    json::{is_empty, list, text, texts},
    link,
    refusal::Refusal,
    rules,
};

/// A range that a NAT translates: the subnetwork's path, and the secondary range's name, or empty for the primary range.
pub(in crate::google) type Covered = (String, String);

/// Checks that the ranges of a NAT exist and are allowed in its mode.
pub(super) fn check(world: &World, place: &Place, network: &str, nat: &mut Value) -> Result<(), Refusal> {
    let refuse = |value: &Value, why: &str| rules::NAT_RANGES.field("resource.nats.subnetworks", value, why);
    let mode = text(nat, "sourceSubnetworkIpRangesToNat");
    let listed = match mode {
        "LIST_OF_SUBNETWORKS" => true,
        "ALL_SUBNETWORKS_ALL_IP_RANGES" | "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES" => false,
        _ => {
            return Err(refuse(&nat["sourceSubnetworkIpRangesToNat"], "Unknown mode."));
        }
    };
    if listed == is_empty(&nat["subnetworks"]) {
        return Err(refuse(&mode.into(), "LIST_OF_SUBNETWORKS lists subnetworks, other modes list none."));
    }
    for source in nat["subnetworks"].as_array_mut().into_iter().flatten() {
        let path =
            link::existing(world, "resource.nats.subnetworks.name", &source["name"], "subnetworks", &place.project)?;
        let subnetwork = &world.resources[&path];
        if link::scope(&path) != place.scope || link::own(&subnetwork["network"]).as_deref() != Some(network) {
            return Err(refuse(&source["name"], "The subnetwork must be in the region and network of the router."));
        }
        let (modes, named) = (texts(source, "sourceIpRangesToNat"), texts(source, "secondaryIpRangeNames"));
        let known = ["ALL_IP_RANGES", "PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"];
        let alone = !modes.contains(&"ALL_IP_RANGES") || modes.len() == 1;
        if modes.is_empty() || !alone || modes.iter().any(|mode| !known.contains(mode)) {
            return Err(refuse(
                &source["sourceIpRangesToNat"],
                "ALL_IP_RANGES alone, or PRIMARY_IP_RANGE, or LIST_OF_SECONDARY_IP_RANGES.",
            ));
        }
        if modes.contains(&"LIST_OF_SECONDARY_IP_RANGES") == named.is_empty() {
            return Err(refuse(&source["secondaryIpRangeNames"], "Names go with LIST_OF_SECONDARY_IP_RANGES."));
        }
        let ranges = secondary_ranges::by_name(subnetwork);
        if let Some(name) = named.into_iter().find(|name| !ranges.contains_key(*name)) {
            return Err(refuse(&name.into(), "The subnetwork has no secondary range of that name."));
        }
        source["name"] = link::to(&path).into();
    }
    Ok(())
}

/// The ranges of a checked NAT that lists them.
pub(in crate::google) fn covered(world: &World, nat: &Value) -> Vec<Covered> {
    let mut covered = Vec::new();
    for source in list(nat, "subnetworks") {
        let Some(path) = link::own(&source["name"]) else {
            continue;
        };
        let modes = texts(source, "sourceIpRangesToNat");
        let all = modes.contains(&"ALL_IP_RANGES");
        let named = texts(source, "secondaryIpRangeNames");
        let ranges = world.resources.get(&path).map(secondary_ranges::by_name).unwrap_or_default();
        let secondary = ranges.into_keys().filter(|name| all || named.contains(&name.as_str()));
        covered.extend(secondary.map(|name| (path.clone(), name)));
        if all || modes.contains(&"PRIMARY_IP_RANGE") {
            covered.push((path, String::new()));
        }
    }
    covered
}

/// Rejects a range that another NAT already translates.
pub(super) fn refuse_overlap(nat: &Value, covers: &[Covered], others: &[(Value, Vec<Covered>)]) -> Result<(), Refusal> {
    let all = |nat: &Value| text(nat, "sourceSubnetworkIpRangesToNat").starts_with("ALL_");
    for (other, covered) in others {
        if nat["name"] == other["name"] || all(nat) || all(other) || covers.iter().any(|range| covered.contains(range))
        {
            let why = format!("NAT {} already translates these ranges, or has this name.", other["name"]);
            return Err(rules::NAT_OVERLAP.field("resource.nats", &nat["name"], why));
        }
    }
    Ok(())
}
