//! What a range may be: the sizes and the blocks that Google, Kubernetes and the machines accept.

use super::range::Role;
use crate::net::Cidr;

/// Smallest and largest range of a subnet, as prefix lengths.
pub(super) const SUBNET_PREFIX: (u8, u8) = (4, 29);
/// The addresses that Google keeps of every primary range: network, gateway, the last two.
pub const RESERVED: u64 = 4;
/// kubeadm's limit on how much wider the pod range is than one node's block (`PodSubnetNodeMaskMaxDiff`).
pub(super) const KUBEADM_DIFFERENCE: u8 = 16;

/// Blocks that no subnet may touch, and whose they are (cloud.google.com/vpc/docs/subnets, "prohibited IPv4 subnet ranges").
pub(super) const PROHIBITED: [(Cidr, &str); 7] = [
    (Cidr::literal(199, 36, 153, 4, 30), "restricted.googleapis.com"),
    (Cidr::literal(199, 36, 153, 8, 30), "private.googleapis.com"),
    (Cidr::literal(0, 0, 0, 0, 8), "this network (RFC 1122)"),
    (Cidr::literal(127, 0, 0, 0, 8), "loopback (RFC 1122)"),
    (Cidr::literal(169, 254, 0, 0, 16), "link-local, used by the metadata server (RFC 3927)"),
    (Cidr::literal(224, 0, 0, 0, 4), "multicast (RFC 5771)"),
    (Cidr::literal(255, 255, 255, 255, 32), "broadcast (RFC 919)"),
];

/// Allowed blocks that cause problems later, and which.
pub(super) const AWKWARD: [(Cidr, &str); 3] = [
    (Cidr::literal(172, 17, 0, 0, 16), "Docker's default bridge: machines that run Docker cannot reach it"),
    (Cidr::literal(10, 128, 0, 0, 9), "used by auto mode VPCs: this VPC could never be peered with one"),
    (Cidr::literal(240, 0, 0, 0, 4), "class E (RFC 1112): some systems refuse its addresses"),
];

/// Widest service range: kube-apiserver and kubeadm take 20 bits (`MaximumBitsForServiceSubnet`).
pub(super) const WIDEST_SERVICES: u8 = 12;
/// Narrowest service range: cluster DNS is its tenth address (`MinimumAddressesInServiceSubnet`).
pub(super) const NARROWEST_SERVICES: u8 = 28;

pub(super) fn is_prohibited(cidr: Cidr) -> bool {
    PROHIBITED.iter().any(|(block, _)| block.overlaps(cidr))
}

/// What the machines need of the ranges.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Demand {
    pub(crate) machines: usize,
    /// Addresses of the machines, and of the API's load balancer.
    pub(crate) addresses: usize,
    pub(crate) pods_per_node: u32,
    pub(crate) node_prefix: u8,
}

/// The largest and the smallest that each range may be, as prefix lengths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    nodes: (u8, u8),
    pods: (u8, u8),
}

impl Limits {
    /// Of a subnet's ranges, and of what the machines need where that is known.
    pub(super) fn new(demand: Option<&Demand>) -> Self {
        let (widest, narrowest) = SUBNET_PREFIX;
        let Some(demand) = demand else { return Self { nodes: SUBNET_PREFIX, pods: SUBNET_PREFIX } };
        let (machines, addresses) = (demand.machines as u64, demand.addresses as u64);
        Self {
            nodes: (widest, (32 - bits(addresses + RESERVED)).min(narrowest)),
            pods: (
                demand.node_prefix.saturating_sub(KUBEADM_DIFFERENCE).max(widest),
                demand.node_prefix.saturating_sub(bits(machines)).min(narrowest),
            ),
        }
    }

    pub(super) fn of(&self, role: Role) -> (u8, u8) {
        match role {
            Role::Nodes => self.nodes,
            Role::Pods => self.pods,
            Role::Services => (WIDEST_SERVICES, NARROWEST_SERVICES),
        }
    }
}

/// The number of bits that can number this many things.
fn bits(count: u64) -> u8 {
    u8::try_from(count.next_power_of_two().trailing_zeros()).unwrap_or(32).min(24)
}
