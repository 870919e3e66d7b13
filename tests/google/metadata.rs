//! Instance metadata and its size limits.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    json::{list, text},
    refusal::Refusal,
    rules,
};

const LARGEST_VALUE: usize = 262_144;
const LARGEST_TOTAL: usize = 524_288;

/// Checks the keys, the size of each value, and the total size.
pub(crate) fn check(metadata: &Value) -> Result<(), Refusal> {
    let mut total = 0;
    let mut seen = BTreeSet::new();
    for item in list(metadata, "items") {
        let (key, value) = (text(item, "key"), text(item, "value"));
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=128).contains(&key.len()) || !key.chars().all(allowed) {
            return Err(rules::METADATA_KEY.field(
                "metadata.items.key",
                &key.into(),
                "Must be a match of regex '[a-zA-Z0-9-_]{1,128}'",
            ));
        }
        if !seen.insert(key) {
            return Err(rules::METADATA_KEY.field("metadata.items.key", &key.into(), "Metadata has duplicate keys."));
        }
        if value.len() > LARGEST_VALUE {
            return Err(rules::METADATA_VALUE.refuse(too_large(key, LARGEST_VALUE, value.len())));
        }
        total += key.len() + value.len();
    }
    if total >= LARGEST_TOTAL {
        return Err(rules::METADATA_TOTAL.refuse(too_large("metadata", LARGEST_TOTAL, total)));
    }
    Ok(())
}

fn too_large(what: &str, limit: usize, size: usize) -> String {
    format!("Value for field '{what}' is too large: maximum size {limit} character(s); actual size {size}.")
}
