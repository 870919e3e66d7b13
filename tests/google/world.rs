//! The in-memory state.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    json::{flag, list, text},
    link,
    storage::Object,
};

/// The number of the only project. The email of the default service account contains it.
pub(crate) const PROJECT_NUMBER: &str = "247839977271";

/// Resources and IAM policies by path. Compute Engine's paths are those in its links (`projects/P/zones/Z/instances/N`);
/// those of other services start with the service (`dns/projects/…`).
#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) resources: BTreeMap<String, Value>,
    pub(crate) policies: BTreeMap<String, Value>,
    pub(crate) operations: BTreeMap<String, Value>,
    /// The versions of each secret with their payloads, by the secret's path.
    pub(crate) secret_versions: BTreeMap<String, Vec<Value>>,
    /// The objects of each bucket.
    pub(crate) objects: BTreeMap<String, BTreeMap<String, Object>>,
    pub(crate) bucket_projects: BTreeMap<String, String>,
    /// The instances in each instance group, by the group's path.
    pub(crate) members: BTreeMap<String, Vec<String>>,
    /// The number of times each instance was started or reset, by its id.
    pub(crate) boots: BTreeMap<String, u64>,
    /// The number of external addresses assigned so far; none is assigned twice.
    pub(crate) external_addresses: u16,
    counter: u64,
}

impl World {
    /// The resources of a Compute Engine collection in all projects and locations.
    pub(crate) fn all<'a>(&'a self, collection: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.resources
            .iter()
            .filter(move |(path, _)| path.starts_with("projects/") && link::collection(path) == collection)
    }

    /// A unique number, the same in every run.
    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id. Google's are 64-bit numbers as strings.
    pub(crate) fn id(&mut self) -> String {
        (1_000_000_000_000_000_000 + self.next()).to_string()
    }

    /// A fingerprint, in base64 like Google's.
    pub(crate) fn fingerprint(&mut self) -> String {
        format!("{:012}", self.next())
    }

    /// Counts a start or reset of an instance.
    pub(crate) fn boot(&mut self, instance: &Value) {
        *self.boots.entry(text(instance, "id").to_owned()).or_default() += 1;
    }

    /// The names of everything that remains.
    pub(crate) fn left(&self) -> Vec<String> {
        // A deleted custom role remains, but grants nothing.
        let remains = |(_, resource): &(&String, &Value)| !flag(resource, "deleted");
        let resources = self.resources.iter().filter(remains).map(|(path, _)| path.clone());
        let bindings = self.policies.iter().flat_map(|(path, policy)| {
            let of_path = |binding: &Value| format!("{path}: {} {}", binding["role"], binding["members"]);
            list(policy, "bindings").iter().map(of_path).collect::<Vec<_>>()
        });
        resources.chain(bindings).collect()
    }
}

/// The email address of Compute Engine's default service account.
pub(crate) fn default_account() -> String {
    format!("{PROJECT_NUMBER}-compute@developer.gserviceaccount.com")
}

/// The fixed time of the stand-in.
pub(crate) const NOW: &str = "2026-01-01T00:00:00.000-00:00";

/// The policy of a resource without bindings.
pub(crate) fn empty_policy() -> Value {
    json!({"version": 1, "etag": "ACAB"})
}
