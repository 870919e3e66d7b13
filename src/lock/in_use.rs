use std::collections::HashSet;

use super::settings::CONTROL_PLANE;
use super::{Identity, Lock, Version};
use crate::model::{InUse, Release, release};

impl Lock {
    /// What a description must not change by a default, and advice must not propose to change.
    pub fn in_use(&self) -> InUse {
        let identity = self.identity.as_ref();
        let pools: HashSet<Option<&str>> = self.nodes.values().map(|place| place.pool.as_deref()).collect();
        let machine_types = self.machines.iter().map(|(group, settings)| {
            (Some(group.clone()).filter(|group| group != CONTROL_PLANE), settings.machine_type.clone())
        });
        InUse {
            nodes: identity.map(|identity| identity.nodes),
            pods: self.pods,
            services: identity.map(|identity| identity.services),
            machine_types: machine_types.filter(|(pool, _)| pools.contains(&pool.as_deref())).collect(),
            kubernetes: identity.and_then(kept_version),
        }
    }
}

/// Patch releases follow the table, as they do where a minor is written.
fn kept_version(identity: &Identity) -> Option<(String, &'static Release)> {
    let release = release(&identity.kubernetes.series())?;
    let tested: Version = release.kubernetes.parse().ok()?;
    Some((tested.max(identity.kubernetes).to_string(), release))
}
