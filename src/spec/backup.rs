//! `backup`: false, or a mapping.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::grammar::{Bucket, Days, Interval};
use crate::source::Spanned;

/// Snapshots of etcd: on or off, or how.
#[derive(Debug, Clone)]
pub enum Backup {
    /// With the defaults, or not at all.
    Switch(bool),
    /// On, with these settings.
    Settings(BackupSettings),
}

/// Where and how often snapshots of etcd are stored, and for how long.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping such as `{every: 1h, keep_daily: 90d}`")]
pub struct BackupSettings {
    /// The Cloud Storage bucket that is created for them. Default: `<project>-<name>-etcd`.
    #[schemars(with = "Bucket")]
    pub bucket: Option<Spanned<String>>,
    /// How often a snapshot is taken, 15m to 24h. Default: 1h.
    #[schemars(with = "Interval", extend("default" = "1h"))]
    pub every: Option<Spanned<String>>,
    /// How long each snapshot is kept, in days. Default: 7d.
    #[schemars(with = "Days", extend("default" = "7d"))]
    pub keep_hourly: Option<Spanned<String>>,
    /// How long the first snapshot of each day is kept, in days. Default: 90d.
    #[schemars(with = "Days", extend("default" = "90d"))]
    pub keep_daily: Option<Spanned<String>>,
}

impl<'de> Deserialize<'de> for Backup {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Backup;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("false or a mapping with `bucket`, `every`, `keep_hourly` and `keep_daily`")
            }
            fn visit_bool<E>(self, on: bool) -> Result<Backup, E> {
                Ok(Backup::Switch(on))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Backup, A::Error> {
                BackupSettings::deserialize(MapAccessDeserializer::new(map)).map(Backup::Settings)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Backup {
    fn schema_name() -> Cow<'static, str> {
        "Backup".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let settings = generator.subschema_for::<BackupSettings>();
        json_schema!({"anyOf": [{"type": "boolean"}, settings]})
    }
}
