//! Machines that the description no longer has. Leaving out a pool is one missing or misspelled word.

use std::collections::{BTreeMap, HashSet};

use super::agree::Agreement;
use super::group::groups;
use super::order::by_name;
use super::{Lock, list, machines};
use crate::diag::{Code, Diagnostic};
use crate::model::{Cluster, DEFAULT_POOL, Derived, MOST_NODES};
use crate::source::{Span, Spanned};
use crate::spec::Spec;

/// How many letters two names of one pool differ in at most.
const CLOSE: usize = 2;

/// The machines of the lock that a cluster does not have.
fn gone<'l>(lock: &'l Lock, cluster: &Cluster) -> Vec<&'l String> {
    let staying: HashSet<&str> = groups(cluster).flat_map(|group| group.names).map(String::as_str).collect();
    lock.nodes.keys().filter(|name| !staying.contains(name.as_str())).collect()
}

/// Whether an edit of a description at this place leaves out machines that exist. `before` and `after` may be invalid otherwise.
pub fn leaves_out_machines(lock: &Lock, before: Option<&Spec>, after: &Spec, place: &Span) -> bool {
    let Some(identity) = &lock.identity else { return false };
    let cluster = Derived(&identity.name);
    let now = groups_of(after, cluster);
    let missing = |name: &&String| !now.iter().any(|group| group.names.contains(*name));
    let mut missing = lock.nodes.keys().filter(missing).peekable();
    if missing.peek().is_none() {
        return false;
    }
    // Those that the description leaves out anyway are not the edit's, unless it writes their number or their names.
    let then = before.map(|before| groups_of(before, cluster)).unwrap_or_default();
    let edited: HashSet<Option<&str>> = now.iter().filter(|group| group.is_at(place)).map(|group| group.pool).collect();
    missing.any(|name| {
        let pool = lock.nodes[name].pool.as_deref();
        then.iter().any(|group| group.names.contains(name)) || edited.contains(&pool)
    })
}

/// A pool, or the control plane, as it is written.
struct Written<'a> {
    pool: Option<&'a str>,
    count: Option<&'a Spanned<i64>>,
    listed: &'a [Spanned<String>],
    /// Those of its machines.
    names: HashSet<String>,
}

impl<'a> Written<'a> {
    fn new(
        pool: Option<&'a str>,
        count: Option<&'a Spanned<i64>>,
        names: Option<&'a Spanned<Vec<Spanned<String>>>>,
        default: usize,
        derived: impl Fn(usize) -> String,
    ) -> Self {
        let listed = names.map(|names| names.value.as_slice()).unwrap_or_default();
        let number = count.map_or(default, |count| usize::try_from(count.value).unwrap_or_default()).min(MOST_NODES);
        let names = match names {
            Some(_) => listed.iter().map(|name| name.value.clone()).collect(),
            None => (1..=number).map(derived).collect(),
        };
        Self { pool, count, listed, names }
    }

    fn is_at(&self, place: &Span) -> bool {
        let here = |span: &Span| span.start < place.end && place.start < span.end;
        self.count.is_some_and(|count| here(&count.span)) || self.listed.iter().any(|name| here(&name.span))
    }
}

fn groups_of<'s>(spec: &'s Spec, cluster: Derived<'_>) -> Vec<Written<'s>> {
    let control_plane = spec.control_plane.as_ref();
    let (count, names) =
        (control_plane.and_then(|it| it.count.as_ref()), control_plane.and_then(|it| it.names.as_ref()));
    let mut all = vec![Written::new(None, count, names, 1, |number| cluster.control_plane(number))];
    match &spec.pools {
        Some(pools) => all.extend(pools.iter().map(|(key, pool)| {
            let (name, pool) = (key.value.as_str(), &pool.value);
            Written::new(Some(name), pool.count.as_ref(), pool.names.as_ref(), 0, |number| cluster.node(name, number))
        })),
        None => {
            let (name, number) = DEFAULT_POOL;
            all.push(Written::new(Some(name), None, None, number, |number| cluster.node(name, number)));
        }
    }
    all
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
