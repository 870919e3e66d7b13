//! Names, labels and network tags.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    json::{entries, texts},
    refusal::Refusal,
    rules,
};

/// RFC 1035, as Compute Engine uses it: `[a-z]([-a-z0-9]{0,61}[a-z0-9])?`
pub(crate) fn is_name(name: &str) -> bool {
    is_name_of(name, 1, 63)
}

/// The same with other length limits.
pub(crate) fn is_name_of(name: &str, shortest: usize, longest: usize) -> bool {
    (shortest..=longest).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !name.ends_with('-')
}

/// Checks a field that contains a name.
pub(crate) fn check(field: &str, name: &Value) -> Result<(), Refusal> {
    match name.as_str() {
        Some(text) if is_name(text) => Ok(()),
        _ => Err(rules::NAME.field(field, name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'")),
    }
}

/// Checks a project id.
pub(crate) fn check_project(project: &str) -> Result<(), Refusal> {
    if is_name_of(project, 6, 30) {
        return Ok(());
    }
    Err(rules::PROJECT.field(
        "project",
        &project.into(),
        "Must be 6 to 30 lowercase letters, digits or hyphens, with a letter first.",
    ))
}

/// Checks the labels of a resource.
pub(crate) fn check_labels(labels: &Value) -> Result<(), Refusal> {
    let allowed = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || c == '_' || c == '-';
    if entries(labels).count() > 64 {
        return Err(rules::LABELS.field("labels", labels, "The number of labels must not exceed 64."));
    }
    for (key, value) in entries(labels) {
        let text = value.as_str().unwrap_or("\u{0}");
        let good_key =
            key.starts_with(|c: char| c.is_alphabetic()) && key.chars().count() <= 63 && key.chars().all(allowed);
        if !good_key || text.chars().count() > 63 || !text.chars().all(allowed) {
            let why = "The key must start with a lowercase character; both contain only lowercase letters, numeric characters, \
                       underscores and dashes and are at most 63 characters long.";
            return Err(rules::LABELS.field("labels", &format!("{key}={text}").into(), why));
        }
    }
    Ok(())
}

/// Checks the network tags of an instance or a firewall rule.
pub(crate) fn check_tags(tags: &Value, key: &str) -> Result<(), Refusal> {
    let tags = texts(tags, key);
    let different: BTreeSet<_> = tags.iter().collect();
    if tags.len() > 64 || different.len() < tags.len() {
        return Err(rules::TAGS.field("tags", &tags.join(",").into(), "At most 64 tags, each once."));
    }
    match tags.iter().find(|tag| !is_name(tag)) {
        Some(tag) => Err(rules::TAGS.field(
            "tags",
            &(*tag).into(),
            "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'",
        )),
        None => Ok(()),
    }
}
