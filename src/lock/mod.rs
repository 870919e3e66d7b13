//! The lock: who the cluster is, what cannot change while it lives, and which machine has which block of the pod range, in
//! which zone, for life.
//!
//! It is beside the description and records what the description cannot say. Zones are recorded because Terraform replaces a
//! machine whose zone changes: removing one in the middle must not shift the zones of those after it. The identity is recorded
//! because one typing mistake in the description would otherwise plan another cluster in place of this one.
//!
//! Text in, diagnostics and text out: nothing here touches a file.

mod agree;
mod assign;
mod behind;
mod changes;
mod disks;
mod entries;
mod file;
mod group;
mod identity;
mod in_use;
mod kubernetes;
mod locate;
mod network;
mod order;
mod orphans;
mod pools;
mod read;
mod removed;
mod settings;
mod shared;
mod state_disks;
mod version;
mod write;
mod zones;

pub use agree::agree;
pub use behind::{Behind, behind};
pub use identity::Identity;
pub use read::{MOST_BYTES, read};
pub use removed::leaves_out_machines;
pub use settings::Settings;
pub use shared::shared;
pub use state_disks::StateDisk;
pub use version::Version;

use std::net::Ipv4Addr;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use crate::diag::quantity;
use crate::net::Cidr;

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Who the cluster is. `None` in a lock of format version 1, until [`Lock::assign`] completes it.
    pub identity: Option<Identity>,
    /// The pod range that the blocks are of.
    pub pods: Cidr,
    /// Prefix length of every block.
    pub node_prefix: u8,
    /// What the machines of each pool have in common, by its name; the control plane's by `control_plane`. Empty in older locks,
    /// which did not record it.
    pub machines: IndexMap<String, Settings>,
    /// Every machine by name.
    pub nodes: IndexMap<String, Place>,
    /// Blocks that machines have left, the longest released first.
    pub released: Vec<Released>,
    /// Disks that outlived their machines, the oldest first.
    pub orphaned_disks: Vec<OrphanedDisk>,
    /// The state disk of each control plane, by the machine's name.
    pub state_disks: IndexMap<String, StateDisk>,
}

/// What a machine keeps for life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its alias IP range: the pods' addresses.
    pub pods: Cidr,
    /// Its zone.
    pub zone: String,
    /// Its pool, which is part of its address in Terraform; `None`: a control plane, or an older lock.
    pub pool: Option<String>,
    /// Its boot disk, if that outlives it.
    pub kept_disk: Option<KeptDisk>,
    /// The internal address that is reserved for it: of a control plane that existed before Terraform managed it. `None`: Google chooses
    /// one.
    pub address: Option<Ipv4Addr>,
}

/// A block that a machine has left. The machine may still be there: a description that loses a machine and gets it back before
/// anything is applied must not move it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The block.
    pub pods: Cidr,
    /// Who gets it back; `None` in older locks, which did not record it.
    pub last: Option<LastOwner>,
}

/// The machine that had a block last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastOwner {
    /// Its name.
    pub name: String,
    /// Where it was.
    pub zone: String,
}

/// A boot disk that is not deleted with its machine (`disk.keep`). Terraform cannot replace such a machine: it deletes the
/// machine, and then Google refuses to create a second disk of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDisk {
    /// The disk's type.
    pub kind: String,
    /// The machine is a Spot VM, which cannot be changed without replacing the machine either.
    pub spot: bool,
}

/// A kept disk whose machine is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrphanedDisk {
    /// The machine's name, which is the disk's name too.
    pub name: String,
    /// Where it is.
    pub zone: String,
    /// Its type.
    pub kind: String,
}

/// The path of a description's lock, beside it: `cluster.lock.json` for `cluster.yaml`.
pub fn path(description: &Utf8Path) -> Utf8PathBuf {
    description.with_extension("lock.json")
}

/// The most names that a message lists; the rest is counted.
const NAMED: usize = 3;

/// `a, b, c and 4 more`.
fn list<T: AsRef<str>>(names: &[T]) -> String {
    let named = names.iter().take(NAMED).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// `1 machine`, `12 machines`.
fn machines(number: usize) -> String {
    quantity(number as u64, "machine")
}
