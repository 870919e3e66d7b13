use super::Node;
use crate::model::{Cluster, Derived};

/// The internal passthrough load balancer in front of several control planes.
#[derive(Debug, Clone)]
pub struct LoadBalancer {
    /// Name of the address, health check, backend service and forwarding rule.
    pub name: String,
    /// Name of the instance group in each zone.
    pub group: String,
    /// The zones that contain a control plane, without duplicates, in the order of the machines.
    pub zones: Vec<String>,
}

/// `None` for a single control plane, which needs no load balancer.
pub(super) fn plan(cluster: &Cluster, control_planes: &[Node]) -> Option<LoadBalancer> {
    let derived = Derived(&cluster.name);
    let mut zones: Vec<String> = Vec::new();
    for node in control_planes {
        if !zones.contains(&node.zone) {
            zones.push(node.zone.clone());
        }
    }
    (control_planes.len() > 1).then(|| LoadBalancer {
        name: derived.api(),
        group: derived.control_plane_group(),
        zones,
    })
}
