//! Everything that exists, in memory.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    json::{list, text},
    link,
    storage::Object,
};

/// The number of the one project there is; it stands in the default service account's address.
pub(crate) const PROJECT_NUMBER: &str = "247839977271";

/// Resources and IAM policies by path. Compute's paths are as in its links (`projects/P/zones/Z/instances/N`);
/// the other services' begin with their name (`dns/projects/…`).
#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) resources: BTreeMap<String, Value>,
    pub(crate) policies: BTreeMap<String, Value>,
    pub(crate) operations: BTreeMap<String, Value>,
    /// The versions of each secret, by its path, with their payloads.
    pub(crate) secret_versions: BTreeMap<String, Vec<Value>>,
    /// The objects of each bucket, and the project of each.
    pub(crate) objects: BTreeMap<String, BTreeMap<String, Object>>,
    pub(crate) bucket_projects: BTreeMap<String, String>,
    /// The instances of each instance group, by its path.
    pub(crate) members: BTreeMap<String, Vec<String>>,
    /// How many times each instance was started or reset, by its id.
    pub(crate) boots: BTreeMap<String, u64>,
    /// How many external addresses were assigned: none is assigned twice.
    pub(crate) external_addresses: u16,
    counter: u64,
}

impl World {
    /// The resources of a Compute Engine collection, in all projects and places.
    pub(crate) fn all<'a>(&'a self, collection: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.resources
            .iter()
            .filter(move |(path, _)| path.starts_with("projects/") && link::collection(path) == collection)
    }

    /// A number, different every time and the same in every run.
    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id: Google's are 64-bit numbers, written as text.
    pub(crate) fn id(&mut self) -> String {
        (1_000_000_000_000_000_000 + self.next()).to_string()
    }

    /// A fingerprint: Google's are base64, and so must these be.
    pub(crate) fn fingerprint(&mut self) -> String {
        format!("{:012}", self.next())
    }

    /// An instance starts, or starts again.
    pub(crate) fn boot(&mut self, instance: &Value) {
        *self.boots.entry(text(instance, "id").to_owned()).or_default() += 1;
    }

    /// What is there, by name.
    pub(crate) fn left(&self) -> Vec<String> {
        let resources = self.resources.keys().cloned();
        let bindings = self.policies.iter().flat_map(|(path, policy)| {
            let of_path = |binding: &Value| format!("{path}: {} {}", binding["role"], binding["members"]);
            list(policy, "bindings").iter().map(of_path).collect::<Vec<_>>()
        });
        resources.chain(bindings).collect()
    }
}

/// The e-mail address of Compute Engine's default service account.
pub(crate) fn default_account() -> String {
    format!("{PROJECT_NUMBER}-compute@developer.gserviceaccount.com")
}

/// The time at which everything happens.
pub(crate) const NOW: &str = "2026-01-01T00:00:00.000-00:00";

/// The policy of a resource without bindings.
pub(crate) fn empty_policy() -> Value {
    json!({"version": 1, "etag": "ACAB"})
}
