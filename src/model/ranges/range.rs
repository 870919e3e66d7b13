use crate::net::Cidr;
use crate::source::Span;

/// Defaults that lie apart from each other, from Docker's bridge and from auto mode VPCs: 4,092 machines, 1,024 blocks of /24.
pub(super) const NODES: Cidr = Cidr::literal(10, 0, 0, 0, 20);
pub(super) const PODS: Cidr = Cidr::literal(10, 4, 0, 0, 14);
pub(super) const SERVICES: Cidr = Cidr::literal(10, 8, 0, 0, 20);

/// The key of the ranges elsewhere.
pub(super) const PEERS: &str = "network.peers";

/// A range by the key that holds it.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    pub(crate) key: String,
    pub(crate) cidr: Cidr,
    /// `None`: a default.
    pub(crate) span: Option<Span>,
}

/// The ranges of the description that are right by themselves. A wrong one is `None`, so that nothing follows from it.
pub(crate) struct Ranges {
    pub(crate) nodes: Option<Range>,
    pub(crate) pods: Option<Range>,
    pub(crate) services: Option<Range>,
    pub(crate) peers: Vec<Range>,
}

impl Range {
    pub(super) fn is_peer(&self) -> bool {
        self.key.starts_with(PEERS)
    }
}

impl Ranges {
    /// All of them, in file order.
    pub(crate) fn all(&self) -> Vec<&Range> {
        [&self.nodes, &self.pods, &self.services].into_iter().flatten().chain(&self.peers).collect()
    }
}
