//! Lists of resources, with filters and pages.

use serde_json::{Value, json};

use super::usage;
use crate::google::{Answer, Call, World, json::text, link, places, rules, world::NOW};

/// The maximum and default page size.
const PAGE: usize = 500;

/// The resources of a collection in a location.
pub(super) fn collection(world: &World, collection: &str, kind: &str, call: &Call<'_>) -> Answer {
    let start = format!("{collection}/");
    let paths = world.resources.keys().filter(|path| path.strip_prefix(&start).is_some_and(|name| !name.contains('/')));
    let items = paths.map(|path| usage::shown(world, path)).collect::<Result<Vec<_>, _>>()?;
    page(items, kind, collection, call)
}

/// Lists `zones` or `regions`, or gets one of them.
pub(super) fn places(project: &str, kind: &str, name: Option<&str>, call: &Call<'_>) -> Answer {
    let all: Vec<Value> = if kind == "zones" {
        places::zones().map(|zone| zone_of(project, &zone)).collect()
    } else {
        places::regions().map(|region| region_of(project, region)).collect()
    };
    let path = format!("projects/{project}/{kind}");
    let Some(name) = name else {
        return page(all, kind.trim_end_matches('s'), &path, call);
    };
    let found = all.into_iter().find(|place| place["name"] == name);
    found.ok_or_else(|| rules::NOT_FOUND.refuse(format!("The resource '{path}/{name}' was not found")))
}

fn zone_of(project: &str, zone: &str) -> Value {
    json!({
        "kind": "compute#zone",
        "id": "2000",
        "name": zone,
        "status": "UP",
        "creationTimestamp": NOW,
        "region": link::to(&format!("projects/{project}/regions/{}", places::region_of(zone))),
        "selfLink": link::to(&format!("projects/{project}/zones/{zone}")),
    })
}

fn region_of(project: &str, region: &str) -> Value {
    let zones = places::zones().filter(|zone| places::region_of(zone) == region);
    json!({
        "kind": "compute#region",
        "id": "1000",
        "name": region,
        "status": "UP",
        "creationTimestamp": NOW,
        "zones": zones.map(|zone| link::to(&format!("projects/{project}/zones/{zone}"))).collect::<Vec<_>>(),
        "selfLink": link::to(&format!("projects/{project}/regions/{region}")),
    })
}

fn page(items: Vec<Value>, kind: &str, id: &str, call: &Call<'_>) -> Answer {
    let filter = call.text("filter").unwrap_or_default();
    let mut found = Vec::new();
    for item in items {
        if matches(&item, &filter)
            .ok_or_else(|| rules::UNKNOWN_METHOD.refuse(format!("the stand-in does not know the filter '{filter}'")))?
        {
            found.push(item);
        }
    }
    let number = |key: &str| call.query(key).and_then(|text| text.parse::<usize>().ok());
    let (start, size) = (number("pageToken").unwrap_or_default(), number("maxResults").unwrap_or(PAGE).clamp(1, PAGE));
    let more = found.len() > start.saturating_add(size);
    let items: Vec<Value> = found.into_iter().skip(start).take(size).collect();
    let kind = kind.trim_start_matches("compute#");
    let mut page = json!({"kind": format!("compute#{kind}List"), "id": id, "selfLink": link::to(id), "items": items});
    if more {
        page["nextPageToken"] = (start + size).to_string().into();
    }
    Ok(page)
}

/// Evaluates a filter `FIELD eq PATTERN`, as used by the cloud-controller-manager; `None` for other filters.
fn matches(item: &Value, filter: &str) -> Option<bool> {
    if filter.is_empty() {
        return Some(true);
    }
    let mut words = filter.split(' ');
    let (Some(field), Some("eq"), Some(pattern), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return None;
    };
    Some(fits(text(item, field).as_bytes(), pattern.as_bytes()))
}

/// Matches a regular expression that contains no special characters except `.` and `.*`, as the clients send.
fn fits(text: &[u8], pattern: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'.', b'*', rest @ ..] => (0..=text.len()).any(|skipped| fits(&text[skipped..], rest)),
        [first, rest @ ..] => {
            text.split_first().is_some_and(|(byte, others)| (*first == b'.' || first == byte) && fits(others, rest))
        }
    }
}
