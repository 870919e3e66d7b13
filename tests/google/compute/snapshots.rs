//! Snapshots, which outlive their source disk.

use serde_json::Value;

use super::{Collection, Place, Within, no_action, refuse_taken, stamp};
use crate::google::{
    World,
    json::{default, text, without_nulls},
    link, names, places,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "snapshots",
    kind: "compute#snapshot",
    within: Within::Global,
    check,
    fixed: &["sourceDisk", "storageLocations"],
    act: no_action,
};

fn check(world: &mut World, place: &Place, snapshot: &mut Value) -> Result<(), Refusal> {
    if world.resources.contains_key(&place.path) {
        return Ok(());
    }
    let path = link::existing(world, "resource.sourceDisk", &snapshot["sourceDisk"], "disks", &place.project)?;
    let disk = world.resources[&path].clone();
    let region = places::region_of(link::scope(&path).trim_start_matches("zones/"));
    default(snapshot, "storageLocations", vec![region]);
    for location in snapshot["storageLocations"].as_array().into_iter().flatten() {
        let name = location.as_str().unwrap_or_default();
        if !places::is_region(name) && !["us", "eu", "asia"].contains(&name) {
            return Err(rules::SNAPSHOT_PLACE.field(
                "resource.storageLocations",
                location,
                "There is no such location.",
            ));
        }
    }
    snapshot["sourceDisk"] = link::to(&path).into();
    snapshot["sourceDiskId"] = disk["id"].clone();
    snapshot["diskSizeGb"] = disk["sizeGb"].clone();
    snapshot["status"] = "READY".into();
    snapshot["storageBytes"] = "0".into();
    snapshot["storageBytesStatus"] = "UP_TO_DATE".into();
    for field in ["architecture", "guestOsFeatures", "sourceImage"] {
        if !disk[field].is_null() {
            snapshot[field] = disk[field].clone();
        }
    }
    Ok(())
}

/// `createSnapshot` on a disk.
pub(super) fn create(world: &mut World, disk: &Place, body: &Value) -> Result<(), Refusal> {
    names::check("resource.name", &body["name"])?;
    let place = Place {
        project: disk.project.clone(),
        scope: "global".to_owned(),
        region: String::new(),
        path: format!("projects/{}/global/snapshots/{}", disk.project, text(body, "name")),
    };
    refuse_taken(world, &place.path)?;
    names::check_labels(&body["labels"])?;
    let mut snapshot = without_nulls(body);
    snapshot["sourceDisk"] = link::to(&disk.path).into();
    check(world, &place, &mut snapshot)?;
    stamp(world, &COLLECTION, &place, &mut snapshot);
    world.resources.insert(place.path, snapshot);
    Ok(())
}
