//! Secondary ranges of a subnetwork.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde_json::Value;

use super::{Place, alias_ranges};
use crate::google::{
    World,
    cidr::{self, parse_checked},
    json::{list, text, texts},
    link, names,
    refusal::Refusal,
    rules,
};

/// The secondary ranges by name.
pub(super) fn by_name(subnetwork: &Value) -> BTreeMap<String, Ipv4Net> {
    let ranges = list(subnetwork, "secondaryIpRanges").iter();
    ranges.map(|range| (text(range, "rangeName").to_owned(), parse_checked(text(range, "ipCidrRange")))).collect()
}

/// Checks the number, the names and the syntax of secondary ranges.
pub(super) fn check(subnetwork: &Value) -> Result<(), Refusal> {
    let ranges = list(subnetwork, "secondaryIpRanges");
    if ranges.len() > 170 {
        return Err(rules::RANGE_COUNT.field(
            "resource.secondaryIpRanges",
            &ranges.len().into(),
            "At most 170 secondary ranges.",
        ));
    }
    for (i, range) in ranges.iter().enumerate() {
        let name = &range["rangeName"];
        let twice = ranges[..i].iter().any(|other| other["rangeName"] == *name);
        if twice || !name.as_str().is_some_and(names::is_name) {
            let field = format!("resource.secondaryIpRanges[{i}].rangeName");
            return Err(rules::RANGE_NAME.field(
                field,
                name,
                "Secondary range names are RFC 1035 names, unique within the subnetwork.",
            ));
        }
        cidr::of_subnetwork(&format!("resource.secondaryIpRanges[{i}].ipCidrRange"), &range["ipCidrRange"])?;
    }
    Ok(())
}

/// Checks a change of the secondary ranges of an existing subnetwork.
pub(super) fn check_change(
    world: &World,
    place: &Place,
    old: &BTreeMap<String, Ipv4Net>,
    new: &BTreeMap<String, Ipv4Net>,
) -> Result<(), Refusal> {
    let resized = old.iter().find(|(name, range)| new.get(*name).is_some_and(|new| new != *range));
    let removed: Vec<_> = old.keys().filter(|name| !new.contains_key(*name)).collect();
    let added = new.keys().any(|name| !old.contains_key(name));
    if let Some((name, range)) = resized {
        return Err(rules::RANGE_FIXED.refuse(format!("The secondary range '{name}' ({range}) cannot be changed.")));
    }
    if let (Some(removed), true) = (removed.first(), added) {
        return Err(
            rules::RANGE_FIXED.refuse(format!("Secondary ranges cannot be added while '{removed}' is removed."))
        );
    }
    let nat_uses = |name: &String| {
        let nats = world.all("routers").flat_map(|(_, router)| list(router, "nats"));
        nats.flat_map(|nat| list(nat, "subnetworks")).any(|source| {
            link::own(&source["name"]).as_ref() == Some(&place.path)
                && texts(source, "secondaryIpRangeNames").contains(&name.as_str())
        })
    };
    match removed.into_iter().find(|name| !alias_ranges::blocks(world, &place.path, name).is_empty() || nat_uses(name))
    {
        Some(name) => Err(rules::RANGE_IN_USE
            .refuse(format!("The secondary range '{name}' of '{}' is already being used.", place.path))),
        None => Ok(()),
    }
}
