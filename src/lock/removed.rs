//! Machines that the description no longer has. Leaving out a pool is one missing or misspelled word.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::agree::Agreement;
use super::group::groups;
use super::order::by_name;
use super::{Lock, list, machines};
use crate::diag::{Code, Diagnostic};
use crate::model::Cluster;
use crate::spec::Spec;

/// How many letters two names of one pool differ in at most.
const CLOSE: usize = 2;

/// The machines of the lock that a cluster does not have.
fn gone<'l>(lock: &'l Lock, cluster: &Cluster) -> Vec<&'l String> {
    let staying: HashSet<&str> = groups(cluster).flat_map(|group| group.names).map(String::as_str).collect();
    lock.nodes.keys().filter(|name| !staying.contains(name.as_str())).collect()
}

/// Whether an edit at this place of a description takes machines away that exist. `before`: the cluster without the edit, if that
/// is valid; then no other machine may go.
pub fn removes_machines(
    lock: &Lock,
    before: Option<&Cluster>,
    (after, spec): (&Cluster, &Spec),
    place: &Range<usize>,
) -> bool {
    let removed = gone(lock, after);
    if removed.is_empty() {
        return false;
    }
    if let Some(before) = before {
        let before: HashSet<&String> = gone(lock, before).into_iter().collect();
        return removed.iter().any(|name| !before.contains(name));
    }
    // It is not known what else the edits removed: only what is at the place counts.
    let pools = spec.pools.iter().flatten();
    let edited = pools.filter(|(_, pool)| pool.span.start <= place.start && place.end <= pool.span.end.max(place.end));
    let edited: HashSet<&str> = edited.map(|(key, _)| key.value.as_str()).collect();
    let pool = |name: &String| lock.nodes.get(name).and_then(|machine| machine.pool.as_deref());
    removed.into_iter().any(|name| pool(name).is_some_and(|pool| edited.contains(pool)))
}

impl Agreement<'_> {
    /// One warning for each pool that the description no longer has.
    pub(super) fn removed_pools(&self) -> Vec<Diagnostic> {
        let pools: HashSet<&str> = self.cluster.pools.iter().map(|pool| pool.name.as_str()).collect();
        let known = |pool: &&str| !pools.contains(*pool);
        // Mostly none: then thousands of names need no look.
        let recorded: HashSet<&str> = self.lock.nodes.values().filter_map(|place| place.pool.as_deref()).collect();
        if !recorded.iter().any(known) {
            return Vec::new();
        }
        let mut removed: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        for name in gone(self.lock, self.cluster) {
            if let Some(pool) = self.lock.nodes[name].pool.as_deref().filter(known) {
                removed.entry(pool).or_default().push(name);
            }
        }
        let is_new = |pool: &&str| !recorded.contains(pool) && !self.lock.machines.contains_key(*pool);
        let new: Vec<&str> = pools.into_iter().filter(is_new).collect();
        removed.into_iter().map(|(pool, names)| self.removed_pool(pool, names, &new)).collect()
    }

    /// `new`: the pools that the lock does not have.
    fn removed_pool(&self, pool: &str, mut names: Vec<&String>, new: &[&str]) -> Diagnostic {
        names.sort_by(|a, b| by_name(a, b));
        let message = format!(
            "the pool `{pool}` is no longer in the description: Terraform would plan to destroy its {}, {}",
            machines(names.len()),
            list(&names)
        );
        let first = names.first().map_or("", |name| name.as_str());
        let place = self.at(&["nodes", first]);
        let warning = Diagnostic::warning(Code::PoolRemoved, message).elsewhere(self.source, place, "in this pool");
        let distance = |new: &&&str| strsim::damerau_levenshtein(new, pool);
        let near = new.iter().filter(|new| distance(new) <= CLOSE).min_by_key(|new| (distance(new), **new));
        if let Some((near, key)) = near.and_then(|near| Some((near, self.pool_key(near)?))) {
            let help = format!(
                "did you mean `{pool}` instead of `{near}`? To rename a pool, add the new one first, drain the old one, then \
                 remove it"
            );
            return warning.at(key, "a new pool").help(help).patch(key, pool);
        }
        let (node, them) = if names.len() == 1 { ("node", "it") } else { ("nodes", "them") };
        warning.help(format!(
            "put it back under `pools`; to remove it deliberately, drain the {node} first, because Terraform does not drain {them}"
        ))
    }
}
