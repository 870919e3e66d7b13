//! The file's JSON: strings are borrowed, so that their places in the file are known.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::source::{Source, Span};

/// The file as JSON. Texts are borrowed, so their place in the file is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a lock")]
pub(super) struct File<'a> {
    pub(super) version: u64,
    /// Since version 2.
    #[serde(borrow)]
    pub(super) cluster: Option<Cluster<'a>>,
    #[serde(borrow)]
    pub(super) pods: Text<'a>,
    pub(super) node_prefix: u8,
    #[serde(borrow)]
    pub(super) released: Vec<Released<'a>>,
    /// Since version 2; left out where there are none.
    #[serde(borrow, default)]
    pub(super) orphaned_disks: Vec<Disk<'a>>,
    /// Since version 2.
    #[serde(borrow, default)]
    pub(super) state_disks: ByName<'a, StateDisk<'a>>,
    /// Since version 3.
    #[serde(borrow, default)]
    pub(super) machines: ByName<'a, Settings<'a>>,
    #[serde(borrow)]
    pub(super) nodes: ByName<'a, Entry<'a>>,
}

/// Who the cluster is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "who the cluster is")]
pub(super) struct Cluster<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) project: Text<'a>,
    #[serde(borrow)]
    pub(super) region: Text<'a>,
    #[serde(borrow)]
    pub(super) network: Text<'a>,
    #[serde(borrow)]
    pub(super) subnet: Text<'a>,
    #[serde(borrow)]
    pub(super) nodes: Text<'a>,
    #[serde(borrow)]
    pub(super) services: Text<'a>,
    #[serde(borrow)]
    pub(super) control_plane: Text<'a>,
    #[serde(borrow)]
    pub(super) kubernetes: Text<'a>,
}

/// A block that a machine has left.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a block, with the name and the zone of the machine that had it")]
pub(super) enum Released<'a> {
    /// In older locks.
    Block(#[serde(borrow)] Text<'a>),
    /// With who had it last.
    Left(#[serde(borrow)] Left<'a>),
}

/// A block and the machine that had it last.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Left<'a> {
    #[serde(borrow)]
    pub(super) pods: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) zone: Text<'a>,
}

/// A disk whose machine is gone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a disk's name, zone and type")]
pub(super) struct Disk<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) zone: Text<'a>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
}

/// A control plane's state disk.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a disk's zone, type and size")]
pub(super) struct StateDisk<'a> {
    #[serde(borrow)]
    pub(super) zone: Text<'a>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    pub(super) size: u32,
}

/// What the machines of a pool have in common.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a machine type and a boot disk's type and size")]
pub(super) struct Settings<'a> {
    #[serde(borrow)]
    pub(super) machine_type: Text<'a>,
    #[serde(borrow)]
    pub(super) disk_type: Text<'a>,
    pub(super) disk_size: u32,
    /// Left out where it is false.
    #[serde(default)]
    pub(super) spot: bool,
}

/// One machine's line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a block and a zone")]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    pub(super) pods: Text<'a>,
    #[serde(borrow)]
    pub(super) zone: Text<'a>,
    /// Since version 2; left out where the name says it.
    #[serde(borrow, default)]
    pub(super) pool: Option<Text<'a>>,
    /// Since version 2; left out where the disk goes with the machine.
    #[serde(borrow, default)]
    pub(super) kept_disk: Option<Text<'a>>,
    /// Of a control plane that was adopted; left out where Google chooses it.
    #[serde(borrow, default)]
    pub(super) address: Option<Text<'a>>,
    /// Beside `kept_disk`; left out where it is false.
    #[serde(default)]
    pub(super) spot: bool,
}

/// A string without escapes: no value of a lock needs one.
pub(super) type Text<'a> = &'a str;

/// One line for each machine, duplicate names included.
pub(super) struct ByName<'a, T>(pub(super) Vec<(Text<'a>, T)>);

impl<T> Default for ByName<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for ByName<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lines<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Lines<T> {
            type Value = ByName<'de, T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("machines by name")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(ByName(all))
            }
        }
        deserializer.deserialize_map(Lines(PhantomData))
    }
}

/// The place of a text that was borrowed from the source.
pub(super) fn span(text: Text<'_>, source: &Source) -> Span {
    let start = (text.as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize);
    source.clamp(&(start..start + text.len()))
}
