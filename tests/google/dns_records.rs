//! Cloud DNS: the records of a zone.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::{
    json::{list, number, text, texts},
    refusal::Refusal,
    rules,
};

/// Applies deletions, then additions, atomically.
pub(super) fn change(zone: &mut Value, body: &Value) -> Result<(), Refusal> {
    let mut records = list(zone, "records").to_vec();
    let same_key = |a: &Value, b: &Value| a["name"] == b["name"] && a["type"] == b["type"];
    for deletion in list(body, "deletions") {
        let there = |record: &Value| {
            same_key(record, deletion)
                && record["rrdatas"] == deletion["rrdatas"]
                && number(record, "ttl") == number(deletion, "ttl")
        };
        let Some(i) = records.iter().position(there) else {
            return Err(
                rules::RECORD_STALE.refuse(format!("Precondition not met for 'entity.change.deletions': {deletion}"))
            );
        };
        records.remove(i);
    }
    for new in list(body, "additions") {
        check_record(zone, new)?;
        if records.iter().any(|record| same_key(record, new)) {
            return Err(rules::TAKEN_NAME
                .refuse(format!("The resource 'entity.change.additions' named {} already exists", new["name"])));
        }
        let mut new = new.clone();
        new["kind"] = "dns#resourceRecordSet".into();
        records.push(new);
    }
    zone["records"] = records.into();
    Ok(())
}

fn check_record(zone: &Value, record: &Value) -> Result<(), Refusal> {
    let (name, within, data) = (text(record, "name"), text(zone, "dnsName"), texts(record, "rrdatas"));
    let inside = name.strip_suffix(within).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if !is_qualified(name) || !inside {
        return Err(rules::RECORD_NAME.refuse(format!("The record '{name}' is not in the zone '{within}'.")));
    }
    let twice = data.iter().enumerate().any(|(i, item)| data[..i].contains(item));
    let address = |item: &&str| item.parse::<Ipv4Addr>().is_ok();
    if data.is_empty() || twice || (record["type"] == "A" && !data.iter().all(address)) {
        return Err(rules::RECORD_DATA
            .refuse(format!("Invalid value for 'entity.change.additions.rrdata': {}", record["rrdatas"])));
    }
    Ok(())
}

/// `kub.internal.`: labels of lowercase letters, digits, hyphens and underscores, with a trailing dot.
pub(super) fn is_qualified(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 254 && name.strip_suffix('.').is_some_and(|name| name.split('.').all(label))
}
