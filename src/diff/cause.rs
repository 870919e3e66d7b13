//! Which key of the description causes a change.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::source::Source;
use crate::spec::{Written, written};

/// The key that causes a change, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// `pools.web.machine_type`; of the lock, `nodes.kub-n-1.zone`.
    pub key: String,
    /// The file: the new one, or the old one where the key was removed.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The key was removed: file and line are the old ones.
    pub removed: bool,
}

/// The keys that differ between two descriptions.
pub(super) struct Keys {
    old: Rc<Source>,
    new: Rc<Source>,
    changed: BTreeMap<String, (Option<Written>, Option<Written>)>,
    /// Those that an effect is about.
    claimed: RefCell<BTreeSet<String>>,
}

impl Keys {
    pub(super) fn new(old: &Rc<Source>, new: &Rc<Source>) -> Self {
        let map = |source: &Source| -> BTreeMap<String, Written> {
            written(source).into_iter().map(|written| (written.path.clone(), written)).collect()
        };
        let (before, mut after) = (map(old), map(new));
        let mut changed = BTreeMap::new();
        for (path, old) in before {
            let new = after.remove(&path);
            if new.as_ref().is_none_or(|new| new.value != old.value) {
                changed.insert(path, (Some(old), new));
            }
        }
        changed.extend(after.into_iter().map(|(path, new)| (path, (None, Some(new)))));
        Self { old: Rc::clone(old), new: Rc::clone(new), changed, claimed: RefCell::default() }
    }

    /// The first of these keys that differs, or has a key below it that does; one that is still there before one that is gone. All that
    /// differ are explained by that.
    pub(super) fn cause<T: AsRef<str>>(&self, candidates: &[T]) -> Option<Cause> {
        let mut found: Vec<&String> = Vec::new();
        for candidate in candidates {
            let candidate = candidate.as_ref();
            let below =
                |path: &str| path.strip_prefix(candidate).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            let mut all: Vec<&String> = self.changed.keys().filter(|path| below(path)).collect();
            self.claimed.borrow_mut().extend(all.iter().map(|path| (*path).clone()));
            // A value says more than the mapping around it.
            all.sort_by_key(|path| self.is_mapping(path));
            found.extend(all);
        }
        let is_gone = |path: &&&String| self.changed.get(**path).is_some_and(|(_, new)| new.is_none());
        let first = found.iter().find(|path| !is_gone(path)).or(found.first())?;
        // A pool or a rule that came or went as a whole.
        let outer = first.splitn(3, '.').collect::<Vec<_>>();
        let whole = match outer.as_slice() {
            [kind @ ("pools" | "firewall"), name, ..] => format!("{kind}.{name}"),
            _ => String::new(),
        };
        self.at(&whole).or_else(|| self.at(first))
    }

    /// What everything depends on, for a change without a key of its own.
    pub(super) fn root(&self) -> Option<Cause> {
        let roots =
            ["name", "region", "project", "network.name", "network.subnet", "network.nodes", "network.pods", "zones"];
        self.cause(&roots)
    }

    fn is_mapping(&self, path: &str) -> bool {
        self.changed.get(path).is_some_and(|(old, new)| old.iter().chain(new).all(|written| written.value.is_empty()))
    }

    /// Keys that no effect is about.
    pub(super) fn unclaimed(&self) -> Vec<String> {
        let claimed = self.claimed.borrow();
        self.changed.keys().filter(|path| !claimed.contains(*path)).cloned().collect()
    }

    /// The values of a key that differs: as written, empty where it is not.
    pub(super) fn values(&self, path: &str) -> Option<(&str, &str)> {
        let (old, new) = self.changed.get(path)?;
        Some((old.as_ref().map_or("", |written| &written.value), new.as_ref().map_or("", |written| &written.value)))
    }

    /// The key of the new description at a place.
    pub(super) fn key_at(&self, offset: usize) -> Option<String> {
        let all = written(&self.new);
        // The last one that begins before it: an item of a list is below the list's key.
        let before = |written: &&Written| written.key.start <= offset;
        all.iter().filter(before).max_by_key(|written| written.key.start).map(|written| written.path.clone())
    }

    pub(super) fn at(&self, path: &str) -> Option<Cause> {
        let (old, new) = self.changed.get(path)?;
        let (source, written) = match new {
            Some(written) => (&self.new, written),
            None => (&self.old, old.as_ref()?),
        };
        let (line, _) = source.position(written.key.start);
        Some(Cause { key: path.to_owned(), file: source.name.clone(), line, removed: new.is_none() })
    }
}
