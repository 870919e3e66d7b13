//! Cloud NAT: the ranges that it translates, and its addresses.

use serde_json::{Value, json};

use super::{Place, nat_ranges, usage};
use crate::google::{
    World,
    json::{default, flag, is_empty, list, number, text},
    link, names,
    refusal::Refusal,
    rules,
};

/// Checks the NATs of a router against each other and against those of the network's other routers in the region.
pub(crate) fn check(world: &World, place: &Place, network: &str, router: &mut Value) -> Result<(), Refusal> {
    let beside = |path: &String, other: &Value| {
        *path != place.path
            && link::scope(path) == place.scope
            && link::own(&other["network"]).as_deref() == Some(network)
    };
    let others =
        world.all("routers").filter(|(path, other)| beside(path, other)).flat_map(|(_, other)| list(other, "nats"));
    let mut seen = Vec::new();
    for nat in others {
        seen.push((nat.clone(), nat_ranges::covered(world, nat)));
    }
    for nat in router["nats"].as_array_mut().into_iter().flatten() {
        names::check("resource.nats.name", &nat["name"])?;
        check_addresses(world, place, nat)?;
        nat_ranges::check(world, place, network, nat)?;
        check_ports(nat)?;
        let covers = nat_ranges::covered(world, nat);
        nat_ranges::refuse_overlap(nat, &covers, &seen)?;
        complete(nat);
        seen.push((nat.clone(), covers));
    }
    Ok(())
}

fn check_addresses(world: &World, place: &Place, nat: &mut Value) -> Result<(), Refusal> {
    default(nat, "natIpAllocateOption", "AUTO_ONLY");
    let manual = match text(nat, "natIpAllocateOption") {
        "MANUAL_ONLY" => true,
        "AUTO_ONLY" => false,
        _ => {
            return Err(rules::NAT_ADDRESSES.field(
                "resource.nats.natIpAllocateOption",
                &nat["natIpAllocateOption"],
                "",
            ));
        }
    };
    if manual == is_empty(&nat["natIps"]) {
        let why = "MANUAL_ONLY lists addresses, AUTO_ONLY lists none.";
        return Err(rules::NAT_ADDRESSES.field("resource.nats.natIps", &nat["natIps"], why));
    }
    for address in nat["natIps"].as_array_mut().into_iter().flatten() {
        let path = link::existing(world, "resource.nats.natIps", address, "addresses", &place.project)?;
        let external = world.resources[&path]["addressType"] == "EXTERNAL" && link::scope(&path) == place.scope;
        if !external || usage::users(world, &path).iter().any(|user| *user != place.path) {
            let why = "Must be an unused external address in the router's region.";
            return Err(rules::NAT_ADDRESSES.field("resource.nats.natIps", address, why));
        }
        *address = link::to(&path).into();
    }
    Ok(())
}

fn check_ports(nat: &Value) -> Result<(), Refusal> {
    let (least, most) = (number(nat, "minPortsPerVm"), number(nat, "maxPortsPerVm"));
    let power = |ports: i64| ports.count_ones() == 1;
    let good = if flag(nat, "enableDynamicPortAllocation") {
        !flag(nat, "enableEndpointIndependentMapping")
            && least.is_none_or(|least| power(least) && (32..=32768).contains(&least))
            && most.is_none_or(|most| power(most) && (64..=65536).contains(&most) && most > least.unwrap_or(32))
    } else {
        most.is_none() && least.is_none_or(|least| (2..=65536).contains(&least))
    };
    if good {
        return Ok(());
    }
    let why = "Dynamic allocation: powers of two, the maximum (up to 65536) above the minimum (from 32), no endpoint-independent mapping.";
    Err(rules::NAT_PORTS.field("resource.nats.minPortsPerVm", &json!([least, most]), why))
}

fn complete(nat: &mut Value) {
    default(nat, "type", "PUBLIC");
    default(nat, "enableEndpointIndependentMapping", false);
    default(nat, "enableDynamicPortAllocation", false);
    default(nat, "endpointTypes", json!(["ENDPOINT_TYPE_VM"]));
    default(nat, "autoNetworkTier", "PREMIUM");
    let timeouts = [
        ("udpIdle", 30),
        ("icmpIdle", 30),
        ("tcpEstablishedIdle", 1200),
        ("tcpTransitoryIdle", 30),
        ("tcpTimeWait", 120),
    ];
    for (timeout, seconds) in timeouts {
        default(nat, &format!("{timeout}TimeoutSec"), seconds);
    }
}
