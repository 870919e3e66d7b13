use indexmap::IndexMap;

use super::Release;
use crate::net::Cidr;

/// What the machines of a cluster that exists already use. Advice must not propose to change it, and defaults follow it.
#[derive(Debug, Clone)]
pub struct InUse {
    /// The node range, which can only be widened; `None`: unknown.
    pub nodes: Option<Cidr>,
    /// The pod range.
    pub pods: Cidr,
    /// The service range; `None`: unknown.
    pub services: Option<Cidr>,
    /// The machine type of each pool that has machines, and by `None` of the control plane.
    pub machine_types: IndexMap<Option<String>, String>,
    /// The version of Kubernetes that a description without one keeps; `None`: unknown, or this vpcgen has no such release.
    pub kubernetes: Option<(String, &'static Release)>,
}
