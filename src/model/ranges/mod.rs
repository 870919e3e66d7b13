//! The ranges: each by itself, each against every other, and whether the machines fit.

pub(crate) mod capacity;
mod overlap;
mod range;
mod text;
mod usable;

pub(crate) use capacity::prefix as node_prefix;
pub use capacity::{MOST_NODES, RESERVED};
pub(crate) use text::parse;

use self::range::{NODES, PEERS, PODS, Range, Ranges, SERVICES};
use self::usable::{public_peer, services_usable, usable};
use crate::diag::Report;
use crate::net::Cidr;
use crate::source::Spanned;
use crate::spec;

/// Reads and checks all ranges.
pub(super) fn check(network: Option<&spec::Network>, report: &mut Report) -> Ranges {
    let own = |key: &str, text: Option<&Spanned<String>>, default: Cidr, report: &mut Report| match text {
        None => Some(Range { key: key.to_owned(), cidr: default, span: None }),
        Some(text) => parse(text, default.prefix(), report).and_then(|cidr| {
            let range = Range { key: key.to_owned(), cidr, span: Some(text.span.clone()) };
            usable(&range, report).then_some(range)
        }),
    };
    let ranges = Ranges {
        nodes: own("network.nodes", network.and_then(|n| n.nodes.as_ref()), NODES, report),
        pods: own("network.pods", network.and_then(|n| n.pods.as_ref()), PODS, report),
        services: own("network.services", network.and_then(|n| n.services.as_ref()), SERVICES, report)
            .filter(|range| services_usable(range, report)),
        peers: network
            .and_then(|n| n.peers.as_ref())
            .into_iter()
            .flatten()
            .enumerate()
            .filter_map(|(index, text)| {
                let cidr = parse(text, 32, report)?;
                public_peer(cidr, text, report);
                Some(Range { key: format!("{PEERS}[{index}]"), cidr, span: Some(text.span.clone()) })
            })
            .collect(),
    };
    overlap::check(&ranges, report);
    ranges
}
