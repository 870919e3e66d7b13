//! Two recordings against each other, and both against the table of what may differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::bodies::Bodies;

/// One permitted difference, and why it is permitted. `*` stands for one part of a name, and for any value.
pub(crate) struct Permitted {
    pub(crate) resource: &'static str,
    /// The field, its parts separated by dots; `WHOLE`: the resource as such.
    pub(crate) field: &'static str,
    pub(crate) guide: &'static str,
    pub(crate) ours: &'static str,
    pub(crate) why: &'static str,
}

/// The field of an entry about a whole resource.
pub(crate) const WHOLE: &str = "";
/// The value of a field that is not there.
pub(crate) const ABSENT: &str = "absent";
/// Any value.
pub(crate) const ANY: &str = "*";

/// A difference: where, and both values as text.
struct Difference {
    resource: String,
    field: String,
    guide: String,
    ours: String,
}

/// Differences that no entry permits, and entries that permit nothing that is there; empty if all is well.
pub(crate) fn problems(guide: &Bodies, ours: &Bodies, permitted: &[&Permitted]) -> Vec<String> {
    let differences = differences(guide, ours);
    let unexpected =
        differences.iter().filter(|found| !permitted.iter().any(|entry| entry.covers(found))).map(|found| {
            let Difference { resource, field, guide, ours } = found;
            format!("{resource} {field}\n    the guide: {guide}\n    here:      {ours}")
        });
    let idle = permitted.iter().filter(|entry| !differences.iter().any(|found| entry.covers(found))).map(|entry| {
        format!(
            "permitted.rs: {} {} no longer differs so: correct or remove the entry \"{}\"",
            entry.resource, entry.field, entry.why
        )
    });
    unexpected.chain(idle).collect()
}

impl Permitted {
    fn covers(&self, found: &Difference) -> bool {
        let value = |pattern: &str, value: &str| pattern == ANY && value != ABSENT || pattern == value;
        matches(self.resource, &found.resource, '/')
            && matches(self.field, &found.field, '.')
            && value(self.guide, &found.guide)
            && value(self.ours, &found.ours)
    }
}

fn matches(pattern: &str, text: &str, separator: char) -> bool {
    let (pattern, text): (Vec<_>, Vec<_>) = (pattern.split(separator).collect(), text.split(separator).collect());
    pattern.len() == text.len() && pattern.iter().zip(text).all(|(pattern, text)| *pattern == "*" || *pattern == text)
}

fn differences(guide: &Bodies, ours: &Bodies) -> Vec<Difference> {
    let mut differences = Vec::new();
    for resource in guide.keys().chain(ours.keys()).collect::<BTreeSet<_>>() {
        let (Some(theirs), Some(mine)) = (guide.get(resource), ours.get(resource)) else {
            let whole = |bodies: &Bodies| bodies.get(resource).map_or_else(|| ABSENT.to_owned(), Value::to_string);
            differences.push(Difference {
                resource: resource.clone(),
                field: WHOLE.to_owned(),
                guide: whole(guide),
                ours: whole(ours),
            });
            continue;
        };
        let (theirs, mine) = (flat(theirs), flat(mine));
        for field in theirs.keys().chain(mine.keys()).collect::<BTreeSet<_>>() {
            let value =
                |fields: &BTreeMap<String, String>| fields.get(field).cloned().unwrap_or_else(|| ABSENT.to_owned());
            let (guide, ours) = (value(&theirs), value(&mine));
            if guide != ours {
                differences.push(Difference { resource: resource.clone(), field: field.clone(), guide, ours });
            }
        }
    }
    differences
}

/// `{"a": [{"b": 1}]}` → `a.0.b: 1`
fn flat(body: &Value) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    flatten("", body, &mut fields);
    fields
}

fn flatten(prefix: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    let below = |key: &str| {
        if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
    };
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| flatten(&below(key), value, fields)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| flatten(&below(&i.to_string()), value, fields))
        }
        Value::String(text) => drop(fields.insert(prefix.to_owned(), text.clone())),
        other => drop(fields.insert(prefix.to_owned(), other.to_string())),
    }
}
