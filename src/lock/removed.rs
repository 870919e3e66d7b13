//! Machines that the description no longer has. Leaving out a pool is one missing or misspelled word.

use std::collections::{BTreeMap, HashSet};

use super::agree::Agreement;
use super::group::groups;
use super::order::by_name;
use super::{Lock, list, machines};
use crate::diag::{Code, Diagnostic};
use crate::model::{Cluster, Derived, MOST_NODES};
use crate::source::{Span, Spanned};
use crate::spec::Spec;

/// How many letters two names of one pool differ in at most.
const CLOSE: usize = 2;

/// The machines of the lock that a cluster does not have.
fn gone<'l>(lock: &'l Lock, cluster: &Cluster) -> Vec<&'l String> {
    let staying: HashSet<&str> = groups(cluster).flat_map(|group| group.names).map(String::as_str).collect();
    lock.nodes.keys().filter(|name| !staying.contains(name.as_str())).collect()
}

/// Whether a number or a name at this place of a description leaves out machines that exist. The rest of the description may be
/// invalid.
pub fn leaves_out_machines(lock: &Lock, spec: &Spec, place: &Span) -> bool {
    let Some(identity) = &lock.identity else { return false };
    let cluster = Derived(&identity.name);
    let pools = spec.pools.iter().flatten().filter(|(_, pool)| is_at(place, &pool.value.count, &pool.value.names));
    let mut pools = pools.map(|(key, pool)| {
        let machines = lock.nodes.iter().filter(|(_, machine)| machine.pool.as_deref() == Some(key.value.as_str()));
        let derived = |number| cluster.node(&key.value, number);
        leaves_out(machines.map(|(name, _)| name), &pool.value.count, &pool.value.names, derived)
    });
    let control_plane = spec.control_plane.iter().filter(|it| is_at(place, &it.count, &it.names));
    let mut control_plane = control_plane
        .map(|it| leaves_out(lock.state_disks.keys(), &it.count, &it.names, |number| cluster.control_plane(number)));
    pools.any(|out| out) || control_plane.any(|out| out)
}

type Count = Option<Spanned<i64>>;
type Names = Option<Spanned<Vec<Spanned<String>>>>;

fn is_at(place: &Span, count: &Count, names: &Names) -> bool {
    let here = |span: &Span| span.start < place.end && place.start < span.end;
    let mut names = names.iter().flat_map(|names| &names.value);
    count.as_ref().is_some_and(|count| here(&count.span)) || names.any(|name| here(&name.span))
}

/// Whether one of these machines is neither listed nor counted.
fn leaves_out<'l>(
    mut machines: impl Iterator<Item = &'l String>,
    count: &Count,
    names: &Names,
    derived: impl Fn(usize) -> String,
) -> bool {
    let names: HashSet<String> = match (names, count) {
        (Some(names), _) => names.value.iter().map(|name| name.value.clone()).collect(),
        (None, Some(count)) => {
            let count = usize::try_from(count.value).unwrap_or_default().min(MOST_NODES);
            (1..=count).map(derived).collect()
        }
        (None, None) => return false,
    };
    machines.any(|name| !names.contains(name))
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
        let destroyed = match names.as_slice() {
            [name] => format!("machine {name}"),
            names => format!("{}: {}", machines(names.len()), list(names)),
        };
        let message = format!(
            "the pool `{pool}` is no longer in the description: Terraform would plan to destroy its {destroyed}"
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
