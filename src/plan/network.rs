use crate::model::{Cluster, Derived, Routing};
use crate::net::Cidr;

/// VPC, subnet and Cloud NAT.
#[derive(Debug, Clone)]
pub struct Network {
    /// The VPC's name.
    pub vpc: String,
    /// The subnet's name.
    pub subnet: String,
    /// Maximum packet size in bytes.
    pub mtu: u32,
    /// `REGIONAL` or `GLOBAL`.
    pub routing_mode: &'static str,
    /// Primary range of the subnet.
    pub nodes: Cidr,
    /// Secondary range for pods.
    pub pods: Cidr,
    /// Its name.
    pub pods_range: String,
    /// Secondary range for Services.
    pub services: Cidr,
    /// Its name.
    pub services_range: String,
    /// Ranges of connected networks, which the cluster must not overlap.
    pub peers: Vec<Cidr>,
    /// Name of the router and of the Cloud NAT; `None` if the cluster has neither.
    pub nat: Option<String>,
    /// Private Google Access: machines without an external address can reach Google's APIs.
    pub private_google_access: bool,
}

/// The private DNS zone that names the API endpoint.
#[derive(Debug, Clone)]
pub struct Dns {
    /// The zone's name.
    pub zone: String,
    /// The zone's domain with the trailing dot.
    pub dns_name: String,
    /// The zone's domain without the trailing dot.
    pub domain: String,
    /// The endpoint's name without the trailing dot.
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
