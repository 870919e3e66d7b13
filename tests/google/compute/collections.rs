//! The collections that there are, and what each says of itself.

use serde_json::Value;

use super::{
    Place, addresses, backend_services, disks, firewalls, forwarding_rules, health_checks, instance_groups, instances,
    networks, resource_policies, routers, snapshots, subnetworks, target_pools,
};
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
    /// Custom methods besides `setLabels`.
    pub(super) act: fn(&mut World, &Place, &str, &Call<'_>) -> Result<Acted, Refusal>,
}

/// What a custom method came to.
pub(super) enum Acted {
    /// It changed something: Google answers with an operation.
    Done,
    /// It only reads: this is the answer.
    Answer(Value),
    /// The stand-in has no such method.
    Unknown,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Within {
    Global,
    Region,
    Zone,
}

/// All of them.
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
