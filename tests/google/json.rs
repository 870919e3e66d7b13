//! Reads JSON as Google writes it: absent fields are empty, and 64-bit numbers can be strings.

use serde_json::{Map, Value};

/// The string in a field, or an empty one.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The elements of a list, or none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The strings in a list.
pub(crate) fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    list(value, key).iter().filter_map(Value::as_str).collect()
}

/// Whether a field is true.
pub(crate) fn flag(value: &Value, key: &str) -> bool {
    value[key].as_bool().unwrap_or_default()
}

/// A number, even if it is a string.
pub(crate) fn number(value: &Value, key: &str) -> Option<i64> {
    let value = &value[key];
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// The entries of an object, or none.
pub(crate) fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Whether a field is absent, null or an empty list.
pub(crate) fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Sets Google's default if the request leaves the field out.
pub(crate) fn default(value: &mut Value, key: &str, default: impl Into<Value>) {
    if value[key].is_null() {
        value[key] = default.into();
    }
}

/// Removes empty lists, which Google omits.
pub(crate) fn drop_empty(value: &mut Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !is_empty(field));
    }
}

/// Removes nulls at any depth, because null means absent.
pub(crate) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(_, field)| !field.is_null())
                .map(|(key, field)| (key.clone(), without_nulls(field)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().filter(|item| !item.is_null()).map(without_nulls).collect()),
        other => other.clone(),
    }
}

/// Applies a JSON Merge Patch: merges objects, replaces everything else, and removes fields set to null.
pub(crate) fn merge(into: &mut Value, patch: &Value) {
    for (key, value) in entries(patch) {
        match value {
            Value::Null => {
                into.as_object_mut().map(|fields| fields.remove(key));
            }
            Value::Object(_) if into[key].is_object() => merge(&mut into[key], value),
            _ => into[key] = without_nulls(value),
        }
    }
}
