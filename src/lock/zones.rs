//! Warns of machines that stay in zones that `zones` no longer lists: a user who changes the zones expects them to move.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::agree::Agreement;
use super::group::{Group, groups};
use super::list;
use super::locate::find;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// The most lists of zones that a warning points at.
const MARKED: usize = 3;

impl Agreement<'_> {
    /// One warning for the whole cluster, zone by zone.
    pub(super) fn kept_zones(&self) -> Option<Diagnostic> {
        let mut kept: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        // A machine that comes back returns to the zone it had.
        let left: HashMap<&str, &String> = self
            .lock
            .released
            .iter()
            .filter_map(|block| block.last.as_ref())
            .map(|it| (it.name.as_str(), &it.zone))
            .collect();
        let known =
            |name: &String| self.lock.nodes.get(name).map(|place| &place.zone).or(left.get(name.as_str()).copied());
        let mut spans: Vec<&Span> = Vec::new();
        let mut first = None;
        let (mut control_plane, mut nodes) = (false, false);
        for group in groups(self.cluster) {
            let mut stays = false;
            for name in group.names {
                if let Some(zone) = known(name).filter(|zone| !group.zones.contains(zone)) {
                    kept.entry(zone).or_default().push(name);
                    first.get_or_insert(name);
                    stays = true;
                }
            }
            match group.pool {
                None => control_plane |= stays,
                Some(_) => nodes |= stays,
            }
            let span = self.zones(&group).filter(|span| stays && spans.len() < MARKED && !spans.contains(span));
            spans.extend(span);
        }
        let first = first?;
        let number: usize = kept.values().map(Vec::len).sum();
        let places: Vec<_> = kept.iter().map(|(zone, names)| format!("{} in {zone}", list(names))).collect();
        let message = match number {
            1 => format!("{} stays in {}, which `zones` no longer lists", first, kept.keys().next()?),
            _ => format!("{number} machines stay in zones that `zones` no longer lists: {}", places.join("; ")),
        };
        let mut help = "a machine cannot change its zone, so only new machines follow".to_owned();
        if nodes {
            help += "; to deliberately recreate a node in another zone, drain it and change its zone in the lock";
        }
        if control_plane {
            let _ = write!(help, "; `vpcgen explain {}` says how to move a control plane", Code::StateDisk);
        }
        let mut warning = Diagnostic::warning(Code::ZoneKept, message).help(help);
        let mut spans = spans.into_iter();
        if let Some(span) = spans.next() {
            warning = warning.at(span, "counts for new machines");
        }
        for span in spans {
            warning = warning.and(span, "");
        }
        let at = find(self.source, &["nodes", first, "zone"]).unwrap_or_else(|| self.at(&["released"]));
        Some(warning.elsewhere(self.source, at, ""))
    }

    /// Where a group's zones are listed: in its own description, else in the cluster's.
    fn zones(&self, group: &Group<'_>) -> Option<&Span> {
        let own = group.pool.and_then(|pool| self.pool(pool)).and_then(|(_, pool)| pool.zones.as_ref());
        own.or(self.spec.zones.as_ref()).map(|zones| &zones.span)
    }
}
