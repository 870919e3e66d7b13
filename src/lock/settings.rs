//! What all machines of a group have in common and Terraform changes on all of them at the same time.

use indexmap::IndexMap;

use super::group::{Group, groups, title};
use super::{Lock, list};
use crate::model::Cluster;

/// The control plane's key in the lock. No pool has this name.
pub(super) const CONTROL_PLANE: &str = "control_plane";

/// What was rendered last for each machine of a pool, or of the control plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Its machine type.
    pub machine_type: String,
    /// Its boot disk's type.
    pub disk_type: String,
    /// GB.
    pub disk_size: u32,
    /// It is a Spot VM.
    pub spot: bool,
}

impl Group<'_> {
    pub(super) fn settings(&self) -> Settings {
        let disk = &self.machine.disk;
        Settings {
            machine_type: self.machine.machine_type.clone(),
            disk_type: disk.kind.clone(),
            disk_size: disk.size,
            spot: self.spot,
        }
    }

    /// Its key in the lock.
    pub(super) fn key(&self) -> &str {
        self.pool.unwrap_or(CONTROL_PLANE)
    }
}

/// Those of every group.
pub(super) fn of(cluster: &Cluster) -> IndexMap<String, Settings> {
    groups(cluster).map(|group| (group.key().to_owned(), group.settings())).collect()
}

/// How recorded settings change, each in a few words. What an older lock does not record yet is no change, and that a pool whose
/// machines go loses its settings is understood.
pub(super) fn updated(before: &Lock, after: &Lock) -> Vec<String> {
    let title = |key: &String| title(Some(key.as_str()).filter(|key| *key != CONTROL_PLANE));
    let differ = |(key, settings): &(&String, &Settings)| before.machines.get(*key).is_some_and(|old| old != *settings);
    let changed: Vec<String> = after.machines.iter().filter(differ).map(|(key, _)| title(key)).collect();
    let goes = |key: &str| {
        let mut machines = before.nodes.iter().filter(|(_, place)| place.pool.as_deref() == Some(key));
        machines.any(|(name, _)| !after.nodes.contains_key(name))
    };
    let dropped = before.machines.keys().filter(|key| !after.machines.contains_key(*key) && !goes(key));
    let dropped: Vec<String> = dropped.map(title).collect();
    let say = |what: &str, groups: &[String]| {
        (!groups.is_empty()).then(|| format!("{what} the machine settings of {}", list(groups)))
    };
    [say("update", &changed), say("drop", &dropped)].into_iter().flatten().collect()
}
