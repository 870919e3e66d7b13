use serde::Serialize;

use crate::model::{Cluster, Derived, Routing};
use crate::net::Cidr;

/// VPC, subnet and Cloud NAT.
#[derive(Debug, Clone, Serialize)]
pub struct Network {
    /// The VPC's name.
    pub vpc: String,
    /// The subnet's name.
    pub subnet: String,
    /// Largest packet in bytes.
    pub mtu: u32,
    /// `REGIONAL` or `GLOBAL`.
    pub routing_mode: &'static str,
    /// Primary range.
    pub nodes: Cidr,
    /// Secondary range of the pods.
    pub pods: Cidr,
    /// Its name.
    pub pods_range: String,
    /// Secondary range of the Services.
    pub services: Cidr,
    /// Its name.
    pub services_range: String,
    /// Ranges elsewhere that the cluster must not overlap.
    pub peers: Vec<Cidr>,
    /// Name of router and Cloud NAT; `None`: neither.
    pub nat: Option<String>,
    /// Machines without external address reach Google's APIs without leaving Google's network.
    pub private_google_access: bool,
}

/// The private DNS zone that names the API endpoint.
#[derive(Debug, Clone, Serialize)]
pub struct Dns {
    /// The zone's name.
    pub zone: String,
    /// Its domain with the last dot.
    pub dns_name: String,
    /// Its domain without the last dot.
    pub domain: String,
    /// The endpoint, without a last dot.
    pub endpoint: String,
}

pub(super) fn plan(cluster: &Cluster) -> Network {
    let network = &cluster.network;
    let machines = std::iter::once(&cluster.control_plane.machine).chain(cluster.pools.iter().map(|p| &p.machine));
    Network {
        vpc: network.name.clone(),
        subnet: network.subnet.clone(),
        mtu: network.mtu,
        routing_mode: match network.routing {
            Routing::Regional => "REGIONAL",
            Routing::Global => "GLOBAL",
        },
        nodes: network.nodes,
        pods: network.pods,
        pods_range: format!("{}-pod", network.subnet),
        services: network.services,
        services_range: format!("{}-svc", network.subnet),
        peers: network.peers.clone(),
        nat: network.nat.then(|| Derived(&cluster.name).nat()),
        private_google_access: machines.into_iter().any(|machine| !machine.external_ip),
    }
}

pub(super) fn dns(cluster: &Cluster) -> Dns {
    let derived = Derived(&cluster.name);
    Dns {
        zone: derived.zone(),
        dns_name: format!("{}.", derived.domain()),
        domain: derived.domain(),
        endpoint: derived.endpoint(),
    }
}
