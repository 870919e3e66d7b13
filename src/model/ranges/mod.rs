//! The ranges: each by itself, each against every other, and whether the machines fit.

pub(crate) mod capacity;
mod limits;
mod overlap;
mod range;
mod replacement;
mod text;
mod usable;

pub(crate) use capacity::prefix as node_prefix;
pub use capacity::{MOST_NODES, PODS_PER_NODE};
pub(crate) use limits::Demand;
pub use limits::RESERVED;
pub(crate) use text::parse;

use self::limits::Limits;
use self::range::{Range, Ranges, Role};
use self::replacement::Replacements;
use super::InUse;
use crate::diag::Report;
use crate::source::{Span, Spanned};
use crate::spec;

/// The key of the ranges elsewhere.
const PEERS: &str = "network.peers";

/// Reads and checks all ranges. `in_use`: those that machines use already; `demand`: what the machines need, where that is known;
/// `largest`: the largest pool, which is to blame where a default is too small.
pub(super) fn check(
    network: Option<&spec::Network>,
    in_use: Option<&InUse>,
    demand: Option<&Demand>,
    largest: Option<&Span>,
    report: &mut Report,
) -> Ranges {
    let peers = peers(network, report);
    let written = |role: Role| {
        let network = network?;
        match role {
            Role::Nodes => network.nodes.as_ref(),
            Role::Pods => network.pods.as_ref(),
            Role::Services => network.services.as_ref(),
        }
    };
    let read = Role::ALL.map(|role| match written(role) {
        None => Ok(Range { key: role.key().to_owned(), cidr: role.default(), span: None, own: Some(role) }),
        Some(text) => match text::read(text, role.default().prefix()) {
            Ok(cidr) => Ok(Range { key: role.key().to_owned(), cidr, span: Some(text.span.clone()), own: Some(role) }),
            Err(malformed) => Err((text, malformed)),
        },
    });
    // All of them are known before the first suggestion is made.
    let own = Role::ALL.into_iter().zip(&read).filter_map(|(role, read)| match read {
        Ok(range) => Some((Some(role), range.cidr)),
        Err((_, malformed)) => Some((Some(role), malformed.meant?)),
    });
    let taken = own.chain(peers.iter().map(|peer| (None, peer.cidr)));
    let mut replacements = Replacements::new(Limits::new(demand), in_use, taken.collect::<Vec<_>>());
    let mut valid = Role::ALL.into_iter().zip(read).map(|(role, read)| match read {
        Ok(range) => usable::check(&range, role, &mut replacements, report).then_some(range),
        Err((text, malformed)) => {
            report.push(malformed.of_a_subnet(text, role, &mut replacements));
            None
        }
    });
    let [nodes, pods, services] = [valid.next(), valid.next(), valid.next()].map(Option::flatten);
    drop(valid);
    let ranges = Ranges { nodes, pods, services, peers };
    overlap::check(&ranges, &mut replacements, report);
    if let Some(demand) = demand {
        capacity::check(&ranges, demand, largest, &mut replacements, report);
    }
    ranges
}

/// The ranges elsewhere. One that is not in canonical form is reported, and counts as what it means.
fn peers(network: Option<&spec::Network>, report: &mut Report) -> Vec<Range> {
    let written = network.and_then(|network| network.peers.as_ref()).into_iter().flatten().enumerate();
    let read = written.filter_map(|(index, text): (usize, &Spanned<String>)| {
        let cidr = match text::read(text, 32) {
            Ok(cidr) => {
                usable::public_peer(cidr, text, report);
                cidr
            }
            Err(malformed) => {
                let meant = malformed.meant;
                report.push(malformed.diagnostic(text));
                meant?
            }
        };
        Some(Range { key: format!("{PEERS}[{index}]"), cidr, span: Some(text.span.clone()), own: None })
    });
    read.collect()
}
