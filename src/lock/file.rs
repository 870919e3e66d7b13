//! The file as it is written: JSON, its texts with their places.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::source::{Source, Span};

/// The file as JSON. Texts are borrowed, so their place in the file is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a lock")]
pub(super) struct File<'a> {
    pub(super) version: u64,
    #[serde(borrow)]
    pub(super) pods: Text<'a>,
    pub(super) node_prefix: u8,
    #[serde(borrow)]
    pub(super) released: Vec<Text<'a>>,
    #[serde(borrow)]
    pub(super) nodes: Nodes<'a>,
}

/// One machine's line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a block and a zone")]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    pub(super) pods: Text<'a>,
    #[serde(borrow)]
    pub(super) zone: Text<'a>,
}

/// A text without escapes: nothing that belongs into a lock needs one.
pub(super) type Text<'a> = &'a str;

/// All lines, names that stand twice included.
pub(super) struct Nodes<'a>(pub(super) Vec<(Text<'a>, Entry<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Nodes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lines;
        impl<'de> Visitor<'de> for Lines {
            type Value = Nodes<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("machines by name")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Nodes(all))
            }
        }
        deserializer.deserialize_map(Lines)
    }
}

/// Where a text stands that was borrowed from the source.
pub(super) fn span(text: Text<'_>, source: &Source) -> Span {
    let start = (text.as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize);
    source.clamp(&(start..start + text.len()))
}
