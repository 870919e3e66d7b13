//! Cloud NAT: the ranges that it translates, and its addresses.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::Value;

use crate::google::{
    World,
    cidr::parse_checked,
    compute,
    json::{list, text, texts},
    link,
};

/// A NAT of a router.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Nat {
    pub(crate) name: String,
    /// The path of the network.
    pub(crate) network: String,
    pub(crate) region: String,
    /// The primary and secondary ranges that it translates.
    pub(crate) ranges: Vec<Ipv4Net>,
    /// Reserved addresses; empty if Google assigns them.
    pub(crate) addresses: Vec<Ipv4Addr>,
}

pub(super) fn all(world: &World) -> Vec<Nat> {
    let routers = world.all("routers");
    routers.flat_map(|(path, router)| list(router, "nats").iter().map(|nat| read(world, path, router, nat))).collect()
}

fn read(world: &World, path: &str, router: &Value, nat: &Value) -> Nat {
    let network = link::own(&router["network"]).unwrap_or_default();
    let scope = link::scope(path);
    let reserved = texts(nat, "natIps").into_iter().filter_map(|address| link::path(address, ""));
    let addresses = reserved.filter_map(|path| text(world.resources.get(&path)?, "address").parse().ok()).collect();
    let ranges = match text(nat, "sourceSubnetworkIpRangesToNat") {
        "LIST_OF_SUBNETWORKS" => listed(world, nat),
        mode => {
            let all = mode == "ALL_SUBNETWORKS_ALL_IP_RANGES";
            let beside = |(path, subnetwork): &(&String, &Value)| {
                link::scope(path) == scope && link::own(&subnetwork["network"]).as_ref() == Some(&network)
            };
            world.all("subnetworks").filter(beside).flat_map(|(_, subnetwork)| ranges(subnetwork, all)).collect()
        }
    };
    Nat { name: text(nat, "name").to_owned(), network, region: link::name(scope).to_owned(), ranges, addresses }
}

/// The primary range and, if requested, the secondary ranges.
fn ranges(subnetwork: &Value, secondary: bool) -> Vec<Ipv4Net> {
    let more = list(subnetwork, "secondaryIpRanges").iter().filter(|_| secondary);
    std::iter::once(subnetwork).chain(more).map(|range| parse_checked(text(range, "ipCidrRange"))).collect()
}

fn listed(world: &World, nat: &Value) -> Vec<Ipv4Net> {
    let range = |(path, name): (String, String)| {
        let subnetwork = world.resources.get(&path)?;
        if name.is_empty() {
            return Some(parse_checked(text(subnetwork, "ipCidrRange")));
        }
        let named = list(subnetwork, "secondaryIpRanges").iter().find(|range| range["rangeName"] == name.as_str());
        named.map(|range| parse_checked(text(range, "ipCidrRange")))
    };
    compute::nat_covers(world, nat).into_iter().filter_map(range).collect()
}
