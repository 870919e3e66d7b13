//! Resource policies: snapshot schedules and retention.

use serde_json::Value;

use super::{Collection, Place, Within, no_action};
use crate::google::{
    World,
    json::{default, is_empty, list, number, text},
    link, names,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "resourcePolicies",
    kind: "compute#resourcePolicy",
    within: Within::Region,
    check,
    fixed: &[],
    act: no_action,
};

fn check(_: &mut World, _: &Place, policy: &mut Value) -> Result<(), Refusal> {
    let refuse = |field: &str, value: &Value, why: &str| {
        Err(rules::SNAPSHOT_SCHEDULE.field(format!("resource.snapshotSchedulePolicy.{field}"), value, why))
    };
    policy["status"] = "READY".into();
    let schedule = &mut policy["snapshotSchedulePolicy"];
    if schedule.is_null() {
        return refuse("schedule", schedule, "The stand-in only implements snapshot schedules.");
    }
    let kinds = ["hourlySchedule", "dailySchedule", "weeklySchedule"];
    let given: Vec<_> = kinds.into_iter().filter(|kind| !schedule["schedule"][*kind].is_null()).collect();
    let [kind] = given.as_slice() else {
        let why = "Exactly one of hourlySchedule, dailySchedule and weeklySchedule must be specified.";
        return refuse("schedule", &schedule["schedule"], why);
    };
    let times = &mut schedule["schedule"][*kind];
    let cycle = match *kind {
        "hourlySchedule" => number(times, "hoursInCycle").is_some_and(|hours| (1..=23).contains(&hours)),
        "dailySchedule" => number(times, "daysInCycle") == Some(1),
        _ => (1..=7).contains(&list(times, "dayOfWeeks").len()),
    };
    let on_the_hour = |times: &Value| {
        let hour = text(times, "startTime").strip_suffix(":00").filter(|hour| hour.len() == 2);
        hour.is_some_and(|hour| hour.parse::<u8>().is_ok_and(|hour| hour < 24))
    };
    let start = if *kind == "weeklySchedule" {
        list(times, "dayOfWeeks").iter().all(on_the_hour)
    } else {
        times["duration"] = "PT14400S".into();
        on_the_hour(times)
    };
    if !cycle || !start {
        let why = "1 to 23 hours, 1 day, or 1 to 7 days of the week; each starts on the hour, HH:00.";
        return refuse(&format!("schedule.{kind}"), times, why);
    }
    let retention = &mut schedule["retentionPolicy"];
    if !retention.is_null() {
        if number(retention, "maxRetentionDays").is_none_or(|days| days < 1) {
            return refuse("retentionPolicy.maxRetentionDays", &retention["maxRetentionDays"], "Must be at least 1.");
        }
        default(retention, "onSourceDiskDelete", "KEEP_AUTO_SNAPSHOTS");
    }
    names::check_labels(&schedule["snapshotProperties"]["labels"])
}

/// Checks the policies of a disk: at most one schedule, in the disk's region.
pub(super) fn of_disk(world: &World, place: &Place, wanted: &[Value]) -> Result<Value, Refusal> {
    let mut links = Vec::new();
    for policy in wanted {
        let path = link::existing(world, "resourcePolicies", policy, "resourcePolicies", &place.project)?;
        if link::scope(&path) != format!("regions/{}", place.region) || !links.is_empty() {
            let why = "A disk has at most one snapshot schedule, of its own region.";
            return Err(rules::DISK_SCHEDULE.field("resourcePolicies", policy, why));
        }
        links.push(link::to(&path));
    }
    Ok(links.into())
}

/// The remaining policies of a disk after some are removed.
pub(super) fn without(place: &Place, had: &[Value], removed: &[Value]) -> Result<Value, Refusal> {
    let path = |policy: &Value| link::path(policy.as_str()?, &place.project);
    if let Some(missing) = removed.iter().find(|removed| !had.iter().any(|had| path(had) == path(removed))) {
        let why = "The resource policy is not attached to the disk.";
        return Err(rules::DISK_SCHEDULE.field("resourcePolicies", missing, why));
    }
    let kept: Value =
        had.iter().filter(|had| !removed.iter().any(|removed| path(had) == path(removed))).cloned().collect();
    Ok(if is_empty(&kept) { Value::Null } else { kept })
}
