//! Every resource that a plan renders, as data: its address, its import id and its arguments.
//!
//! The templates lay out the same resources as text. `tests/plan.rs` parses every rendered tree and checks that the two agree on
//! every resource and every argument, so nothing can be added to only one of them.

mod backup;
mod firewall;
mod iam;
mod load_balancer;
mod machines;
mod network;

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::Plan;

/// One Terraform resource, or one instance of a resource with `for_each`.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its address in the configuration.
    pub address: Address,
    /// The id that `terraform import` expects, as documented by the provider for its type.
    pub import_id: String,
    /// Its arguments and blocks in Terraform's JSON syntax (developer.hashicorp.com/terraform/language/syntax/json): a reference is
    /// `${…}`, a repeatable block is a list. `each.key` and `local.labels` are resolved.
    pub arguments: Map<String, Value>,
}

/// The address of a resource: `google_compute_instance.n["kub-n-1"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The resource type.
    pub kind: &'static str,
    /// The label.
    pub label: String,
    /// The `for_each` key; `None` for a single resource.
    pub key: Option<String>,
}

impl Address {
    fn one(kind: &'static str, label: impl Into<String>) -> Self {
        Self { kind, label: label.into(), key: None }
    }

    fn each(kind: &'static str, label: impl Into<String>, key: impl Into<String>) -> Self {
        Self { kind, label: label.into(), key: Some(key.into()) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.label)?;
        // Keys are names and roles, which need no escaping.
        self.key.iter().try_for_each(|key| write!(f, "[\"{key}\"]"))
    }
}

impl Resource {
    fn new(address: Address, import_id: impl Into<String>, arguments: Value) -> Self {
        let Value::Object(arguments) = arguments else { unreachable!("arguments are a map") };
        Self { address, import_id: import_id.into(), arguments }
    }

    /// The resources that this one refers to, without `for_each` keys: `google_compute_network.vpc`.
    pub fn refers_to(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.arguments.values().for_each(|value| references(value, &mut found));
        found
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            for part in text.split("${").skip(1).filter_map(|rest| rest.split('}').next()) {
                let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
                for path in part.split(|c| !word(c)).filter(|path| path.starts_with("google_")) {
                    found.insert(path.split('.').take(2).collect::<Vec<_>>().join("."));
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(map) => map.values().for_each(|value| references(value, found)),
        _ => {}
    }
}

impl Plan {
    /// Every resource that is rendered, in the order of the files.
    pub fn resources(&self) -> Vec<Resource> {
        let backup = self.backup.as_ref().map(|backup| backup::of(self, backup)).unwrap_or_default();
        let parts = [network::of(self), firewall::of(self), iam::of(self), machines::of(self), backup];
        let mut all: Vec<Resource> = parts.into_iter().flatten().collect();
        if self.module {
            // The provider of the calling root module may have another default project. The full name of a service account has its own, and
            // the members of a bucket have none: the names of buckets are global.
            let named = |resource: &&mut Resource| {
                resource.address.kind != "google_storage_bucket_iam_member"
                    && !resource.arguments.contains_key("service_account_id")
            };
            for resource in all.iter_mut().filter(named) {
                resource.arguments.insert("project".to_owned(), serde_json::json!(self.project));
            }
        }
        all
    }

    /// Adds the labels from the description, for a resource type that supports labels. Without labels, adds an empty map.
    fn labelled(&self, mut arguments: Value) -> Value {
        if let Value::Object(map) = &mut arguments {
            map.insert("labels".to_owned(), serde_json::json!(self.labels));
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_references_anywhere_in_the_arguments() {
        let arguments = json!({
            "network": "${google_compute_network.vpc.id}",
            "name": "api.${google_dns_managed_zone.cluster.dns_name}",
            "address": "${google_compute_address.control_plane[\"kub-m\"].address}",
            "depends_on": ["${google_compute_router_nat.nat}"],
            "text": "google_compute_network.none",
        });
        let resource = Resource::new(Address::one("google_x", "y"), "id", arguments);
        let found: Vec<String> = resource.refers_to().into_iter().collect();
        assert_eq!(
            found,
            [
                "google_compute_address.control_plane",
                "google_compute_network.vpc",
                "google_compute_router_nat.nat",
                "google_dns_managed_zone.cluster"
            ]
        );
        assert_eq!(
            Address::each("google_compute_instance", "n", "a-1").to_string(),
            "google_compute_instance.n[\"a-1\"]"
        );
    }
}
