use crate::net::Cidr;
use crate::source::Span;

/// Defaults that lie apart from each other, from Docker's bridge and from auto mode VPCs: 4,092 machines, 1,024 blocks of /24.
pub(super) const NODES: Cidr = Cidr::literal(10, 0, 0, 0, 20);
pub(super) const PODS: Cidr = Cidr::literal(10, 4, 0, 0, 14);
pub(super) const SERVICES: Cidr = Cidr::literal(10, 8, 0, 0, 20);

/// A range by the key that holds it.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    pub(crate) key: String,
    pub(crate) cidr: Cidr,
    /// `None`: a default.
    pub(crate) span: Option<Span>,
    /// Of the cluster itself, and not a peer's, which cannot move.
    pub(super) own: Option<Role>,
}

/// What a range of the cluster itself is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Nodes,
    Pods,
    Services,
}

impl Role {
    pub(super) const ALL: [Role; 3] = [Role::Nodes, Role::Pods, Role::Services];

    pub(super) fn key(self) -> &'static str {
        match self {
            Role::Nodes => "network.nodes",
            Role::Pods => "network.pods",
            Role::Services => "network.services",
        }
    }

    pub(super) fn default(self) -> Cidr {
        match self {
            Role::Nodes => NODES,
            Role::Pods => PODS,
            Role::Services => SERVICES,
        }
    }
}

/// The ranges of the description that are valid by themselves. An invalid one is `None`, so that nothing follows from it.
pub(crate) struct Ranges {
    pub(crate) nodes: Option<Range>,
    pub(crate) pods: Option<Range>,
    pub(crate) services: Option<Range>,
    pub(crate) peers: Vec<Range>,
}

impl Ranges {
    /// All of them: the cluster's own, then the peers.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Range> {
        [&self.nodes, &self.pods, &self.services].into_iter().flatten().chain(&self.peers)
    }
}
