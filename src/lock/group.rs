use crate::model::{Cluster, Machine};

use super::KeptDisk;

/// Identical machines: the control plane, or a pool.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    /// The pool's name; `None`: the control plane.
    pub(super) pool: Option<&'a str>,
    pub(super) names: &'a [String],
    /// The zones they spread over.
    pub(super) zones: &'a [String],
    pub(super) machine: &'a Machine,
    pub(super) spot: bool,
}

impl Group<'_> {
    /// The boot disk of each, if it outlives the machine.
    pub(super) fn kept_disk(&self) -> Option<KeptDisk> {
        let disk = &self.machine.disk;
        disk.keep.then(|| KeptDisk { kind: disk.kind.clone(), spot: self.spot })
    }

    /// As messages name it.
    pub(super) fn title(&self) -> String {
        title(self.pool)
    }
}

/// A pool as messages name it; `None`: the control plane.
pub(super) fn title(pool: Option<&str>) -> String {
    pool.map_or("the control plane".to_owned(), |pool| format!("pool `{pool}`"))
}

/// All of them, in the order in which blocks are handed out.
pub(super) fn groups(cluster: &Cluster) -> impl Iterator<Item = Group<'_>> {
    let control_plane = &cluster.control_plane;
    let first = Group {
        pool: None,
        names: &control_plane.names,
        zones: &control_plane.zones,
        machine: &control_plane.machine,
        spot: false,
    };
    let pools = cluster.pools.iter().map(|pool| Group {
        pool: Some(&pool.name),
        names: &pool.names,
        zones: &pool.zones,
        machine: &pool.machine,
        spot: pool.spot,
    });
    std::iter::once(first).chain(pools)
}
