use std::fmt;

use super::write::VERSION;
use super::{Identity, Lock, list, settings, state_disks};
use crate::diag::{Code, Diagnostic, Severity};
use crate::net::Cidr;

/// What a lock does not know yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behind {
    /// There is no lock at all.
    pub missing: bool,
    /// It is of format version 1, without the cluster's identity.
    pub incomplete: bool,
    /// Nothing but settings of machines would be added.
    pub only_lacks_settings: bool,
    /// Machines it would gain, with their blocks.
    pub gained: Vec<(String, Cidr)>,
    /// Machines it would release the blocks of.
    pub gone: Vec<(String, Cidr)>,
    /// What else would change, each in a few words.
    pub updated: Vec<String>,
}

/// What writing `after` over `before` would change; `None`: nothing.
pub fn behind(before: Option<&Lock>, after: &Lock) -> Option<Behind> {
    if before == Some(after) {
        return None;
    }
    let only_in = |one: &Lock, other: Option<&Lock>| -> Vec<(String, Cidr)> {
        let unknown = |name: &&String| other.is_none_or(|other| !other.nodes.contains_key(*name));
        one.nodes.keys().filter(unknown).map(|name| (name.clone(), one.nodes[name].pods)).collect()
    };
    Some(Behind {
        missing: before.is_none(),
        incomplete: before.is_some_and(|before| before.identity.is_none()),
        only_lacks_settings: before.is_some_and(|before| only_lacks_settings(before, after)),
        gained: only_in(after, before),
        gone: before.map(|before| only_in(before, Some(after))).unwrap_or_default(),
        updated: before.map(|before| updated(before, after)).unwrap_or_default(),
    })
}

/// What changes of a cluster and machines that stay.
fn updated(before: &Lock, after: &Lock) -> Vec<String> {
    let mut all = Vec::new();
    if let (Some(old), Some(new)) = (&before.identity, &after.identity) {
        let Identity { kubernetes, nodes, .. } = new;
        if old.kubernetes != *kubernetes {
            all.push(format!("update Kubernetes from {} to {kubernetes}", old.kubernetes));
        }
        if old.nodes != *nodes {
            all.push(format!("widen the node range from {} to {nodes}", old.nodes));
        }
        let disks: Vec<&String> = after
            .nodes
            .iter()
            .filter(|(name, place)| before.nodes.get(*name).is_some_and(|old| old.kept_disk != place.kept_disk))
            .map(|(name, _)| name)
            .collect();
        if !disks.is_empty() {
            all.push(format!("update the kept disk{} of {}", if disks.len() == 1 { "" } else { "s" }, list(&disks)));
        }
        let pools: Vec<&String> = after
            .nodes
            .iter()
            .filter(|(name, place)| before.nodes.get(*name).is_some_and(|old| old.pool != place.pool))
            .map(|(name, _)| name)
            .collect();
        if !pools.is_empty() {
            all.push(format!("update the pool of {}", list(&pools)));
        }
        all.extend(settings::updated(before, after));
        all.extend(state_disks::updated(before, after));
    }
    all
}

/// Whether it is the same but for settings that it does not have: an older version wrote it, or added machines to it.
fn only_lacks_settings(before: &Lock, after: &Lock) -> bool {
    let same = |(group, settings)| after.machines.get(group) == Some(settings);
    let Lock { identity, pods, node_prefix, machines, nodes, released, orphaned_disks, state_disks } = before;
    machines.iter().all(same)
        && *identity == after.identity
        && (*pods, *node_prefix) == (after.pods, after.node_prefix)
        && *nodes == after.nodes
        && *released == after.released
        && *orphaned_disks == after.orphaned_disks
        && *state_disks == after.state_disks
}

impl Behind {
    /// As a diagnostic; `file`: the lock's name. An error where nothing may change.
    pub fn diagnostic(&self, file: &str, severity: Severity) -> Diagnostic {
        let message = match self.missing {
            true => format!("{file} does not exist: {self}"),
            false => format!("{file} is out of date: {self}"),
        };
        let diagnostic = match severity {
            Severity::Error => Diagnostic::error(Code::LockBehind, message),
            Severity::Warning => Diagnostic::warning(Code::LockBehind, message),
        };
        diagnostic.help("run `vpcgen lock` or `vpcgen render --out`, and commit the lock with the description")
    }
}

impl fmt::Display for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |all: &[(String, Cidr)]| {
            list(&all.iter().map(|(name, block)| format!("{name} ({block})")).collect::<Vec<_>>())
        };
        let mut parts = Vec::new();
        if self.incomplete {
            parts.push(format!("add the cluster's identity (format version {VERSION})"));
        }
        if !self.gained.is_empty() {
            parts.push(format!("add {}", names(&self.gained)));
        }
        if !self.gone.is_empty() {
            parts.push(format!("release {}", names(&self.gone)));
        }
        parts.extend(self.updated.iter().cloned());
        let joined = match parts.split_last() {
            None => "change".to_owned(),
            Some((only, [])) => only.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        };
        write!(f, "it would {joined}")
    }
}
