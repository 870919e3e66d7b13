//! The lock: which machine has which block of the pod range, and in which zone, for life.
//!
//! It lies beside the description and remembers what the description cannot say. Zones are in it because Terraform
//! replaces a machine whose zone changes: one that leaves in the middle must not shift the zones of those after it.

mod agree;
mod assign;
mod behind;
mod entries;
mod file;
mod order;
mod read;
mod write;

pub use agree::agree;
pub use behind::{Behind, behind};
pub use read::{MOST_BYTES, read};

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use crate::net::Cidr;

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The pod range that the blocks are of.
    pub pods: Cidr,
    /// Prefix length of every block.
    pub node_prefix: u8,
    /// Every machine by name.
    pub nodes: IndexMap<String, Place>,
    /// Blocks that machines have left, the longest released first.
    pub released: Vec<Cidr>,
}

/// What a machine keeps for life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its alias IP range: the pods' addresses.
    pub pods: Cidr,
    /// Its zone.
    pub zone: String,
}

/// Where a description's lock lies: beside it, `cluster.lock.json` for `cluster.yaml`.
pub fn path(description: &Utf8Path) -> Utf8PathBuf {
    description.with_extension("lock.json")
}
