//! Where a range of the cluster could be instead. Every suggestion is valid by itself, and is free of every range of the description
//! and of every other suggestion, so that all of them can be taken together.

use super::limits::{AWKWARD, Limits, is_prohibited};
use super::range::Role;
use crate::model::InUse;
use crate::net::{Cidr, PRIVATE, next_free};

/// Suggestions for the ranges of one description.
pub(super) struct Replacements {
    limits: Limits,
    /// The ranges that machines use already.
    in_use: Vec<(Role, Cidr)>,
    /// Each range as it is written or meant, with its role; then each suggestion.
    taken: Vec<(Option<Role>, Cidr)>,
    found: Vec<(Role, Option<Cidr>)>,
}

impl Replacements {
    /// `taken`: all ranges of the description, also those that are written wrongly, as they are meant.
    pub(super) fn new(
        limits: Limits,
        in_use: Option<&InUse>,
        taken: impl IntoIterator<Item = (Option<Role>, Cidr)>,
    ) -> Self {
        let awkward = AWKWARD.map(|(block, _)| (None, block));
        let in_use = in_use.into_iter().flat_map(|InUse { nodes, pods, services, .. }| {
            [(Role::Nodes, *nodes), (Role::Pods, Some(*pods)), (Role::Services, *services)]
        });
        let in_use = in_use.filter_map(|(role, range)| Some((role, range?))).collect();
        Self { limits, in_use, taken: taken.into_iter().chain(awkward).collect(), found: Vec::new() }
    }

    /// The replacement of a range, which is near it and as large, if it can be. Always the same for one range.
    pub(super) fn find(&mut self, role: Role, at: Cidr) -> Option<Cidr> {
        if let Some((_, found)) = self.found.iter().find(|(other, _)| *other == role) {
            return *found;
        }
        let found = self.search(role, at);
        self.taken.extend(found.map(|found| (None, found)));
        self.found.push((role, found));
        found
    }

    /// The range that machines use already, which nothing else can replace.
    pub(super) fn in_use(&self, role: Role) -> Option<Cidr> {
        self.in_use.iter().find(|(of, _)| *of == role).map(|(_, range)| *range)
    }

    /// Whether machines use this range: the same, or for nodes one that contains it.
    pub(super) fn is_in_use(&self, role: Role, range: Cidr) -> bool {
        self.in_use(role).is_some_and(|used| used == range || (role == Role::Nodes && range.contains(used)))
    }

    fn search(&self, role: Role, at: Cidr) -> Option<Cidr> {
        let (widest, narrowest) = self.limits.of(role);
        let others: Vec<Cidr> = self.taken.iter().filter(|(of, _)| *of != Some(role)).map(|(_, cidr)| *cidr).collect();
        let fits = |candidate: &Cidr| !is_prohibited(*candidate) && !others.iter().any(|o| o.overlaps(*candidate));
        if let Some(used) = self.in_use(role) {
            let prefix = if role == Role::Nodes { used.prefix().min(narrowest) } else { used.prefix() };
            let back = Cidr::containing(used.network(), prefix);
            return Some(back).filter(|back| *back != at && (widest..=narrowest).contains(&prefix) && fits(back));
        }
        let prefix = at.prefix().clamp(widest, narrowest);
        let here = Cidr::containing(at.network(), prefix);
        // Without this a public range would be widened into a private one.
        if fits(&here) && (prefix != at.prefix() || PRIVATE.iter().any(|block| block.contains(here))) {
            return Some(here);
        }
        let near = if is_prohibited(at) { role.default() } else { at };
        let usual = role.default().prefix().clamp(widest, narrowest);
        next_free(near, prefix, &others).or_else(|| next_free(role.default(), usual, &others))
    }
}
