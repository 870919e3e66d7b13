//! The collections, and how each differs from the others.

use serde_json::Value;

use super::{
    Place, addresses, backend_services, disks, firewalls, forwarding_rules, health_checks, instance_groups, instances,
    networks, resource_policies, routers, snapshots, subnetworks, target_pools,
};
use crate::google::{Call, World, refusal::Refusal};

/// The properties and custom behaviour of a collection.
pub(super) struct Collection {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    /// Whether its resources are global, regional or zonal.
    pub(super) within: Within,
    /// Checks a new or changed resource and fills in its defaults. `World` still contains the previous version of a changed one.
    pub(super) check: fn(&mut World, &Place, &mut Value) -> Result<(), Refusal>,
    /// Immutable fields.
    pub(super) fixed: &'static [&'static str],
    /// Custom methods other than `setLabels`.
    pub(super) act: fn(&mut World, &Place, &str, &Call<'_>) -> Result<Acted, Refusal>,
}

/// The result of a custom method.
pub(super) enum Acted {
    /// It changed something: Google returns an operation.
    Done,
    /// It only reads, and returns this.
    Answer(Value),
    /// The stand-in does not implement it.
    Unknown,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Within {
    Global,
    Region,
    Zone,
}

/// All collections.
pub(super) static COLLECTIONS: [&Collection; 16] = [
    &networks::COLLECTION,
    &subnetworks::COLLECTION,
    &firewalls::COLLECTION,
    &addresses::COLLECTION,
    &routers::COLLECTION,
    &instances::COLLECTION,
    &disks::COLLECTION,
    &snapshots::COLLECTION,
    &resource_policies::COLLECTION,
    &instance_groups::COLLECTION,
    &target_pools::COLLECTION,
    &backend_services::COLLECTION,
    &forwarding_rules::COLLECTION,
    &health_checks::GLOBAL,
    &health_checks::REGIONAL,
    &health_checks::HTTP,
];

/// For collections without custom methods.
pub(super) fn no_action(_: &mut World, _: &Place, _: &str, _: &Call<'_>) -> Result<Acted, Refusal> {
    Ok(Acted::Unknown)
}
