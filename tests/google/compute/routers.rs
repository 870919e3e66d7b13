//! Cloud Routers. A NAT is part of its router.

use serde_json::Value;

use super::{Collection, Place, Within, nats, no_action};
use crate::google::{
    World,
    json::{default, number},
    link,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "routers",
    kind: "compute#router",
    within: Within::Region,
    check,
    fixed: &["network"],
    act: no_action,
};

fn check(world: &mut World, place: &Place, router: &mut Value) -> Result<(), Refusal> {
    let network = link::existing(world, "resource.network", &router["network"], "networks", &place.project)?;
    router["network"] = link::to(&network).into();
    if !router["bgp"].is_null() {
        check_bgp(world, place, &mut router["bgp"])?;
    }
    nats::check(world, place, &network, router)
}

fn check_bgp(world: &World, place: &Place, bgp: &mut Value) -> Result<(), Refusal> {
    let private =
        |asn: i64| (64512..=65534).contains(&asn) || (4_200_000_000..=4_294_967_294).contains(&asn) || asn == 16550;
    if !number(bgp, "asn").is_some_and(private) {
        return Err(rules::ROUTER_ASN.field(
            "resource.bgp.asn",
            &bgp["asn"],
            "Must be a private ASN (RFC 6996) or 16550.",
        ));
    }
    let old = world.resources.get(&place.path).and_then(|old| number(&old["bgp"], "asn"));
    if old.is_some() && old != number(bgp, "asn") {
        return Err(rules::IMMUTABLE.field("resource.bgp.asn", &bgp["asn"], "The ASN of a router cannot be changed."));
    }
    default(bgp, "keepaliveInterval", 20);
    default(bgp, "advertiseMode", "DEFAULT");
    Ok(())
}
