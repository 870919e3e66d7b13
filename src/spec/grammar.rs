//! The grammars of a description's values in the JSON Schema, which editors check as you type.
//!
//! Each is at most as strict as `model`, which decides: whatever the schema refuses, vpcgen refuses too
//! (`tests/json_schema.rs`).

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

macro_rules! grammars {
    ($($(#[$doc:meta])* $name:ident = $title:literal $schema:tt,)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                $title.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

grammars! {
    /// Any text; some of it is a number or a boolean to YAML.
    Text = "text" {"type": ["string", "number", "boolean"]},
    /// RFC 1035.
    Name = "name" {
        "description": "1 to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last (RFC 1035).",
        "type": "string",
        "pattern": "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
    },
    /// A project id (Resource Manager).
    ProjectId = "project" {
        "description": "6 to 30 lower-case letters, digits and hyphens, a letter first and no hyphen last.",
        "type": "string",
        "pattern": "^[a-z][-a-z0-9]{4,28}[a-z0-9]$",
        "examples": ["my-project-123"],
    },
    /// `europe-west1`.
    Region = "region" {
        "type": "string",
        "pattern": "^[a-z]+-[a-z]+[0-9]+$",
        "examples": ["europe-west1", "us-central1", "asia-southeast1"],
    },
    /// `europe-west1-b`; AI zones have longer letters.
    Zone = "zone" {
        "type": "string",
        "pattern": "^[a-z]+-[a-z]+[0-9]+-[a-z0-9]+$",
        "examples": ["europe-west1-b"],
    },
    /// A range.
    Range = "range" {
        "description": "An IPv4 range in CIDR notation: no bits to the right of the prefix, no leading zeros.",
        "type": "string",
        "pattern": "^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])/(3[0-2]|[12]?[0-9])$",
        "examples": ["10.0.0.0/20"],
    },
    /// A firewall rule's source.
    Source = "source" {
        "description": "An IPv4 or IPv6 range in CIDR notation; one family in each rule.",
        "type": "string",
        "pattern": "^[0-9a-fA-F.:]+/[0-9]{1,3}$",
        "examples": ["10.0.0.0/8", "0.0.0.0/0"],
    },
    /// `tcp:22`.
    Allow = "allow" {
        "description": "A protocol (tcp, udp, icmp, esp, ah, ipip, sctp, all, or its number), for tcp, udp and sctp with a port or a range of ports.",
        "type": ["string", "integer"],
        "pattern": "^((tcp|udp|sctp)(:[0-9]+(-[0-9]+)?)?|icmp|esp|ah|ipip|all|[0-9]{1,3})$",
        "examples": ["tcp:443", "tcp:30000-32767", "icmp"],
    },
    /// `1.36`, which is a number to YAML.
    Version = "version" {
        "type": ["string", "number"],
        "pattern": "^[0-9]+\\.[0-9]+(\\.[0-9]+)?$",
        "examples": ["1.36", "1.36.3"],
    },
    /// `e2-standard-2`.
    MachineType = "machine-type" {
        "type": "string",
        "pattern": "^[a-z][a-z0-9]*-[-a-z0-9]*[a-z0-9]$",
        "examples": ["e2-standard-2", "n2-standard-4", "n2-custom-4-8192"],
    },
    /// The long form.
    Image = "image" {
        "type": "string",
        "pattern": "^(https://www\\.googleapis\\.com/compute/v1/)?projects/[^/]+/global/images/(family/)?[^/]+$",
        "examples": ["projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"],
    },
    /// What a machine boots from.
    DiskType = "disk-type" {
        "enum": ["pd-standard", "pd-balanced", "pd-ssd", "pd-extreme", "hyperdisk-balanced", "hyperdisk-extreme"],
    },
    /// An email address.
    ServiceAccount = "service-account" {
        "type": "string",
        "pattern": "^[-a-z0-9]+@[-.a-z0-9]+\\.gserviceaccount\\.com$",
        "examples": ["nodes@my-project-123.iam.gserviceaccount.com"],
    },
    /// A bucket that can be created: names with dots are domains.
    Bucket = "bucket" {
        "description": "3 to 63 lower-case letters, digits, `-` and `_`, starting and ending with a letter or digit, without `google`.",
        "type": ["string", "number", "boolean"],
        "pattern": "^[a-z0-9][-_a-z0-9]{1,61}[a-z0-9]$",
    },
    /// `30m`, `1h`.
    Interval = "interval" {
        "description": "Minutes or hours, such as 30m or 1h.",
        "type": "string",
        "pattern": "^[0-9]+[mh]$",
        "examples": ["30m", "1h"],
    },
    /// `7d`.
    Days = "days" {
        "description": "Days, such as 7d.",
        "type": "string",
        "pattern": "^[0-9]+d$",
        "examples": ["7d", "90d"],
    },
    /// What happens to pods that do not tolerate a taint.
    Effect = "effect" {"enum": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
    /// A key of Google's labels.
    LabelKey = "label-key" {
        "description": "Lower-case letters, digits, hyphens and underscores, a letter first.",
        "type": "string",
        "minLength": 1,
        "maxLength": 63,
        "pattern": "^[^A-Z0-9_-][^A-Z]*$",
    },
    /// A value of Google's labels.
    LabelValue = "label-value" {
        "description": "Lower-case letters, digits, hyphens and underscores.",
        "type": ["string", "number", "boolean"],
        "minLength": 1,
        "maxLength": 63,
        "pattern": "^[^A-Z]*$",
    },
    /// A key of Kubernetes' labels and taints.
    NodeKey = "node-key" {
        "description": "Up to 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last, after an optional domain and `/`.",
        "type": ["string", "number", "boolean"],
        "pattern": "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
    },
    /// A value of Kubernetes' labels and taints.
    NodeValue = "node-value" {
        "description": "Up to 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last.",
        "type": ["string", "number", "boolean"],
        "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$",
    },
}

/// A mapping whose keys have a grammar too.
pub(super) struct Mapping<K, V>(PhantomData<(K, V)>);

impl<K: JsonSchema, V: JsonSchema> JsonSchema for Mapping<K, V> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{} by {}", V::schema_name(), K::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (keys, values) = (generator.subschema_for::<K>(), generator.subschema_for::<V>());
        json_schema!({"type": "object", "propertyNames": keys, "additionalProperties": values})
    }
}
