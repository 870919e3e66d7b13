//! DNS zones and their records.

use serde_json::Value;

use crate::google::{
    World,
    json::{list, text, texts},
    link,
};

/// A zone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DnsZone {
    /// `kub.internal.`
    pub(crate) name: String,
    /// The paths of the networks that can see it; empty if it is public.
    pub(crate) networks: Vec<String>,
    pub(crate) records: Vec<Record>,
}

/// The record set of a name and type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) name: String,
    /// `A`
    pub(crate) kind: String,
    pub(crate) data: Vec<String>,
}

pub(super) fn all(world: &World) -> Vec<DnsZone> {
    let zones = world.resources.iter().filter(|(path, _)| path.starts_with("dns/"));
    zones.map(|(_, zone)| read(zone)).collect()
}

fn read(zone: &Value) -> DnsZone {
    let networks = list(&zone["privateVisibilityConfig"], "networks").iter();
    let record = |record: &Value| Record {
        name: text(record, "name").to_owned(),
        kind: text(record, "type").to_owned(),
        data: texts(record, "rrdatas").into_iter().map(str::to_owned).collect(),
    };
    DnsZone {
        name: text(zone, "dnsName").to_owned(),
        networks: networks.filter_map(|network| link::own(&network["networkUrl"])).collect(),
        records: list(zone, "records").iter().map(record).collect(),
    }
}
