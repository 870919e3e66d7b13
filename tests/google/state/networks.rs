//! Networks and their subnetworks.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde_json::Value;

use crate::google::{
    World,
    cidr::parse_checked,
    json::{flag, list, number, text},
    link,
};

/// A VPC network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Network {
    /// `projects/P/global/networks/N`
    pub(crate) path: String,
    pub(crate) mtu: u16,
}

/// A subnetwork.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subnetwork {
    /// `projects/P/regions/R/subnetworks/N`
    pub(crate) path: String,
    /// The path of its network.
    pub(crate) network: String,
    pub(crate) region: String,
    pub(crate) range: Ipv4Net,
    pub(crate) secondary_ranges: BTreeMap<String, Ipv4Net>,
    pub(crate) private_google_access: bool,
}

pub(super) fn all(world: &World) -> Vec<Network> {
    let mtu = |network: &Value| number(network, "mtu").and_then(|mtu| mtu.try_into().ok()).unwrap_or(1460);
    world.all("networks").map(|(path, network)| Network { path: path.clone(), mtu: mtu(network) }).collect()
}

pub(super) fn subnetworks(world: &World) -> Vec<Subnetwork> {
    let range = |range: &Value| (text(range, "rangeName").to_owned(), parse_checked(text(range, "ipCidrRange")));
    let read = |(path, subnetwork): (&String, &Value)| Subnetwork {
        path: path.clone(),
        network: link::own(&subnetwork["network"]).unwrap_or_default(),
        region: link::name(link::scope(path)).to_owned(),
        range: parse_checked(text(subnetwork, "ipCidrRange")),
        secondary_ranges: list(subnetwork, "secondaryIpRanges").iter().map(range).collect(),
        private_google_access: flag(subnetwork, "privateIpGoogleAccess"),
    };
    world.all("subnetworks").map(read).collect()
}
