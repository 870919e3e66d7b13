use serde::Serialize;

use crate::lock::Lock;
use crate::model::{Derived, MOST_NODES, RESERVED};
use crate::net::{Blocks, Cidr};
use crate::plan::{self, Node, Plan, Role};

/// What kube-apiserver takes of the service range by itself: its own Service, and cluster DNS.
const OWN_SERVICES: u64 = 2;
/// What Kubernetes never gives to a Service: the network's address and the broadcast address.
const NO_SERVICES: u64 = 2;

/// An address plan, counted.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// What was planned.
    pub plan: &'a Plan,
    /// The ranges: nodes, pods, services, then the peers in file order.
    pub ranges: Vec<Range>,
    /// Each group's blocks: the control plane, then the pools in file order.
    pub groups: Vec<Group<'a>>,
    /// Free blocks that a removed node had; they are reused last.
    pub released: Vec<Cidr>,
    /// How many more nodes fit, in one pool or in all together: the pools share the ranges.
    pub more: u64,
    /// What limits that.
    pub limit: Limit,
}

/// What a range is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The machines' addresses.
    Nodes,
    /// The nodes' blocks.
    Pods,
    /// ClusterIPs.
    Services,
    /// Elsewhere; the cluster avoids it.
    Peer,
}

/// One range. `blocks` = `used` + `reserved` + `free`, in node blocks for the pods' range and in addresses for all others.
#[derive(Debug, Clone, Serialize)]
pub struct Range {
    /// Its name in the VPC; of a peer, which has none, its key in the description.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// The range.
    pub cidr: Cidr,
    /// How many node blocks or addresses it has.
    pub blocks: u64,
    /// How many the plan assigns.
    pub used: u64,
    /// How many cannot be assigned: Google's own, Kubernetes' own; of a peer, all.
    pub reserved: u64,
    /// How many are left.
    pub free: u64,
}

/// The control plane, or a pool.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// `control-plane`, or the pool's name.
    pub name: &'a str,
    /// Its machines.
    pub nodes: &'a [Node],
    /// What the next node would get; `None` for the control plane, and where none fits.
    pub next: Option<Next>,
}

/// The next node of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Its name; `None` where the description names the pool's nodes itself.
    pub name: Option<String>,
    /// Its block.
    pub pods: Cidr,
}

/// What keeps a cluster from growing further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    /// The pod range has no more blocks.
    Pods,
    /// The node range has no more addresses.
    Nodes,
    /// Kubernetes supports no more nodes.
    Kubernetes,
}

impl<'a> View<'a> {
    /// Counts a plan, with the lock that its blocks are from. Free is what no node has, released blocks included.
    pub fn new(plan: &'a Plan, lock: &'a Lock) -> Self {
        let network = &plan.network;
        let machines = plan.groups().map(|group| group.nodes.len() as u64).sum();
        let range = |name: &str, kind, cidr: Cidr, blocks: u64, used: u64, reserved: u64| {
            let free = blocks.saturating_sub(used + reserved);
            Range { name: name.to_owned(), kind, cidr, blocks, used, reserved, free }
        };
        let own = |name, kind, cidr: Cidr, used, reserved| range(name, kind, cidr, cidr.size(), used, reserved);
        let blocks = Blocks::new(network.pods, plan.boot.node_prefix);
        // The API's load balancer has an address too.
        let addresses = machines + u64::from(plan.load_balancer.is_some());
        let nodes = own(&network.subnet, Kind::Nodes, network.nodes, addresses, RESERVED);
        let pods = range(&network.pods_range, Kind::Pods, network.pods, blocks.capacity(), machines, 0);
        let services = own(&network.services_range, Kind::Services, network.services, OWN_SERVICES, NO_SERVICES);
        let peers = network.peers.iter().enumerate().map(|(index, peer)| {
            range(&format!("network.peers[{index}]"), Kind::Peer, *peer, peer.size(), 0, peer.size())
        });

        let kubernetes = (MOST_NODES as u64).saturating_sub(machines);
        let limits = [(pods.free, Limit::Pods), (nodes.free, Limit::Nodes), (kubernetes, Limit::Kubernetes)];
        let (more, limit) = limits.into_iter().min_by_key(|(free, _)| *free).unwrap_or((0, Limit::Pods));
        let group = |group: &'a plan::Group| Group {
            name: &group.name,
            nodes: &group.nodes,
            next: (more > 0 && group.role == Role::Node).then(|| next_name(plan, group)).and_then(|name| {
                let pods = lock.next(name.as_deref())?;
                Some(Next { name, pods })
            }),
        };
        Self {
            plan,
            ranges: [nodes, pods, services].into_iter().chain(peers).collect(),
            groups: plan.groups().map(group).collect(),
            released: lock.released.iter().map(|block| block.pods).collect(),
            more,
            limit,
        }
    }

    /// The pod range.
    pub fn pods(&self) -> &Range {
        &self.ranges[1]
    }

    /// All machines.
    pub fn machines(&self) -> usize {
        self.groups.iter().map(|group| group.nodes.len()).sum()
    }
}

/// Nodes are numbered from 1; where the description names them, the next name is up to its author.
fn next_name(plan: &Plan, group: &plan::Group) -> Option<String> {
    let derived = |number: usize| Derived(&plan.name).node(&group.name, number);
    let numbered = group.nodes.iter().zip(1..).all(|(node, number)| node.name == derived(number));
    numbered.then(|| derived(group.nodes.len() + 1))
}
