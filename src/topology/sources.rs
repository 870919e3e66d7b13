//! Who comes in from outside the cluster.

use indexmap::IndexMap;

use super::Door;
use crate::model::IAP;
use crate::net::{Cidr, INTERNAL};
use crate::plan::{HEALTH_CHECKS, Plan};

/// Ranges that are listed one by one; of more, the rest is counted.
const MOST_RANGES: usize = 3;

/// Ranges of one kind that may enter by the same doors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What they are.
    pub kind: Kind,
    /// The ranges.
    pub ranges: Vec<String>,
    /// The numbers of the doors.
    pub doors: Vec<usize>,
}

/// What a range is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All of it, or half.
    Internet,
    /// TCP forwarding for those who may.
    IdentityAwareProxy,
    /// Of load balancers.
    HealthChecks,
    /// A network that is connected to the VPC.
    Peer,
    /// The cluster itself.
    Cluster,
    /// Other private addresses.
    Private,
    /// Other public addresses.
    Public,
}

impl Source {
    /// What they are, in words.
    pub fn name(&self) -> &'static str {
        let one = self.ranges.len() == 1;
        match self.kind {
            Kind::Internet => "The internet",
            Kind::IdentityAwareProxy => "Identity-Aware Proxy",
            Kind::HealthChecks => "Google's health checks",
            Kind::Peer if one => "Peer",
            Kind::Peer => "Peers",
            Kind::Cluster => "The cluster itself",
            Kind::Private if one => "Private range",
            Kind::Private => "Private ranges",
            Kind::Public if one => "Public range",
            Kind::Public => "Public ranges",
        }
    }

    /// The ranges in one line: the first ones, and how many more there are.
    pub fn words(&self) -> String {
        match self.kind {
            Kind::HealthChecks => "of load balancers".to_owned(),
            _ => listed(&self.ranges),
        }
    }

    /// The same, a range a line.
    pub(super) fn lines(&self) -> Vec<String> {
        match self.kind {
            Kind::HealthChecks => vec![self.words()],
            _ => first(&self.ranges),
        }
    }
}

/// The first ranges, and how many more there are.
fn listed(ranges: &[String]) -> String {
    first(ranges).join(", ").replace(", and ", " and ")
}

/// The same, each in a line of its own.
pub(super) fn first(ranges: &[String]) -> Vec<String> {
    let more = ranges.len().saturating_sub(MOST_RANGES);
    if more < 2 {
        return ranges.to_vec();
    }
    let mut lines = ranges[..MOST_RANGES].to_vec();
    lines.push(format!("and {more} more"));
    lines
}

/// Everybody whom the doors admit, in the order of the doors. Beyond `most` of them, those of one kind are shown as one.
pub(super) fn all(plan: &Plan, doors: &[Door], most: usize) -> Vec<Source> {
    let mut ranges: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for (number, door) in doors.iter().enumerate() {
        for range in &door.admits {
            let through = ranges.entry(range).or_default();
            // A rule may name a range twice.
            if through.last() != Some(&number) {
                through.push(number);
            }
        }
    }
    let mut sources: Vec<Source> = Vec::new();
    for (range, through) in ranges {
        let kind = kind(plan, range);
        sources.push(Source { kind, ranges: vec![range.to_owned()], doors: through });
    }
    // Which load balancers check from which of Google's ranges is nobody's concern here.
    let same = |a: &Source, b: &Source| a.kind == b.kind && (a.doors == b.doors || a.kind == Kind::HealthChecks);
    let merged = merge(sources, same);
    if merged.len() > most { merge(merged, |a, b| a.kind == b.kind) } else { merged }
}

fn merge(sources: Vec<Source>, same: impl Fn(&Source, &Source) -> bool) -> Vec<Source> {
    let mut merged: Vec<Source> = Vec::new();
    for source in sources {
        match merged.iter_mut().find(|other| same(other, &source)) {
            Some(other) => {
                other.ranges.extend(source.ranges);
                other.doors.extend(source.doors);
                other.doors.sort_unstable();
                other.doors.dedup();
            }
            None => merged.push(source),
        }
    }
    merged
}

fn kind(plan: &Plan, range: &str) -> Kind {
    let Ok(range) = range.parse::<Cidr>() else {
        // IPv6: 2000::/3 is all of its internet.
        let wide =
            range.rsplit('/').next().and_then(|prefix| prefix.parse().ok()).is_some_and(|prefix: u8| prefix <= 3);
        return if wide { Kind::Internet } else { Kind::Public };
    };
    let network = &plan.network;
    let inside = |ranges: &[Cidr]| ranges.iter().any(|outer| outer.contains(range));
    if range.prefix() <= 1 {
        Kind::Internet
    } else if IAP.contains(range) {
        Kind::IdentityAwareProxy
    } else if inside(&HEALTH_CHECKS) {
        Kind::HealthChecks
    } else if inside(&network.peers) {
        Kind::Peer
    } else if inside(&[network.nodes, network.pods, network.services]) {
        Kind::Cluster
    } else if inside(&INTERNAL) {
        Kind::Private
    } else {
        Kind::Public
    }
}
