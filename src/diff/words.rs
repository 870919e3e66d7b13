//! Values and lists as sentences have them.

use serde_json::Value;

use crate::diag::quantity;

/// The most names that a sentence lists; the rest is counted.
const NAMED: usize = 5;

/// `a, b, c and 4 more`.
pub(super) fn list<T: AsRef<str>>(names: &[T]) -> String {
    let named = names.iter().take(NAMED).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// `1 machine`, `3 machines`.
pub(super) fn count(number: usize, what: &str) -> String {
    quantity(number as u64, what)
}

/// `replaces` for one, `replace` for several.
pub(super) fn verb(number: usize, verb: &str) -> String {
    match number {
        1 if verb == "are" => "is".to_owned(),
        1 => format!("{verb}s"),
        _ => verb.to_owned(),
    }
}

/// An argument's value: a reference by the resource's address, a list with commas.
pub(super) fn show(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            Some(list) if list.starts_with("[for ") => "the control plane's own address".to_owned(),
            Some(reference) => reference.rsplit_once('.').map_or(reference, |(address, _)| address).to_owned(),
            None => text.clone(),
        },
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => list(&items.iter().map(show).collect::<Vec<_>>()),
        // `protocol` and `ports` of a firewall rule, as the description has them.
        Value::Object(map) if map.contains_key("protocol") => {
            let protocol = show(&map["protocol"]);
            match map.get("ports").and_then(Value::as_array) {
                Some(ports) => {
                    ports.iter().map(|port| format!("{protocol}:{}", show(port))).collect::<Vec<_>>().join(", ")
                }
                None => protocol,
            }
        }
        Value::Object(map) => {
            map.iter().map(|(key, value)| format!("{key} {}", show(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// `` `key` old → new ``
pub(super) fn arrow(key: &str, before: &str, after: &str) -> String {
    format!("`{key}` {before} → {after}")
}
