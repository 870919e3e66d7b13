//! The collections that there are, and what each says of itself.

use serde_json::Value;

use super::{Place, addresses, disks, firewalls, instances, networks, routers, subnetworks};
use crate::google::{Call, World, refusal::Refusal};

/// What a collection does in its own way.
pub(super) struct Collection {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    /// Whether its resources are global, or in which kind of place they are.
    pub(super) within: Within,
    /// Checks a new resource, or a changed one, and completes it. A changed one is still in the world as it was.
    pub(super) check: fn(&mut World, &Place, &mut Value) -> Result<(), Refusal>,
    /// Fields that only Google can change.
    pub(super) fixed: &'static [&'static str],
    /// Custom methods besides `setLabels`; false: there is none of that name.
    pub(super) act: fn(&mut World, &Place, &str, &Call<'_>) -> Result<bool, Refusal>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Within {
    Global,
    Region,
    Zone,
}

/// All of them.
pub(super) static COLLECTIONS: [&Collection; 7] = [
    &networks::COLLECTION,
    &subnetworks::COLLECTION,
    &firewalls::COLLECTION,
    &addresses::COLLECTION,
    &routers::COLLECTION,
    &instances::COLLECTION,
    &disks::COLLECTION,
];

/// For collections without custom methods.
pub(super) fn no_action(_: &mut World, _: &Place, _: &str, _: &Call<'_>) -> Result<bool, Refusal> {
    Ok(false)
}
