//! Disks, created on their own or together with the instance that they are attached to.

use serde_json::{Value, json};

use super::{Acted, Collection, Place, Within, images, machine_types, refuse_taken, resource_policies, snapshots};
use crate::google::{
    Call, World,
    json::{default, drop_empty, list, number, text},
    link, names,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "disks",
    kind: "compute#disk",
    within: Within::Zone,
    check,
    fixed: &["type", "sourceImage", "sourceSnapshot", "sizeGb"],
    act,
};

/// Each disk type and its minimum size in GB.
const TYPES: [(&str, i64); 9] = [
    ("pd-standard", 1),
    ("pd-balanced", 1),
    ("pd-ssd", 1),
    ("pd-extreme", 500),
    ("hyperdisk-balanced", 4),
    ("hyperdisk-balanced-high-availability", 4),
    ("hyperdisk-extreme", 64),
    ("hyperdisk-throughput", 2048),
    ("hyperdisk-ml", 4),
];
const LARGEST: i64 = 65_536;

fn check(world: &mut World, place: &Place, disk: &mut Value) -> Result<(), Refusal> {
    default(disk, "type", "pd-standard");
    let name = link::name(text(disk, "type")).to_owned();
    let Some((name, least_of_type)) = TYPES.iter().find(|(known, _)| *known == name) else {
        return Err(rules::DISK_TYPE.field(
            "resource.type",
            &disk["type"],
            "The referenced diskType resource cannot be found.",
        ));
    };
    disk["type"] = link::to(&place.beside("diskTypes", name)).into();
    disk["status"] = "READY".into();
    default(disk, "physicalBlockSizeBytes", "4096");
    if world.resources.contains_key(&place.path) {
        return Ok(());
    }
    let least = copy_source(world, place, disk)?;
    let size =
        number(disk, "sizeGb").or(least).unwrap_or(if *name == "pd-standard" { 500 } else { 100.max(*least_of_type) });
    check_size("resource.sizeGb", size, *least_of_type, least)?;
    disk["sizeGb"] = size.to_string().into();
    if !disk["resourcePolicies"].is_null() {
        let policies = list(disk, "resourcePolicies").to_vec();
        disk["resourcePolicies"] = resource_policies::of_disk(world, place, &policies)?;
    }
    default(disk, "architecture", "X86_64");
    Ok(())
}

/// Checks the source of the disk, if there is one, and returns its size in GB.
fn copy_source(world: &World, place: &Place, disk: &mut Value) -> Result<Option<i64>, Refusal> {
    let given: Vec<&str> =
        ["sourceImage", "sourceSnapshot", "sourceDisk"].into_iter().filter(|source| !disk[*source].is_null()).collect();
    let source = match given.as_slice() {
        [] => return Ok(None),
        [source] => *source,
        [_, second, ..] => {
            let why = "A disk is created from one image, one snapshot, one disk, or blank.";
            return Err(rules::DISK_SOURCE.field(format!("resource.{second}"), &disk[*second], why));
        }
    };
    let found = if source == "sourceImage" {
        images::find(&disk[source], &place.project)?
    } else {
        let collection = if source == "sourceDisk" { "disks" } else { "snapshots" };
        let path = link::existing(world, &format!("resource.{source}"), &disk[source], collection, &place.project)?;
        world.resources[&path].clone()
    };
    disk[source] = found["selfLink"].clone();
    disk[format!("{source}Id")] = found["id"].clone();
    for field in ["architecture", "guestOsFeatures"] {
        if !found[field].is_null() {
            disk[field] = found[field].clone();
        }
    }
    Ok(number(&found, "diskSizeGb").or(number(&found, "sizeGb")))
}

fn check_size(field: &str, size: i64, least_of_type: i64, least: Option<i64>) -> Result<(), Refusal> {
    if let Some(least) = least.filter(|least| size < *least) {
        let message = format!("Requested disk size cannot be smaller than the image size ({least} GB)");
        return Err(rules::DISK_SIZE.refuse(message));
    }
    if (least_of_type..=LARGEST).contains(&size) {
        return Ok(());
    }
    let why = format!("A disk of this type has between {least_of_type} and {LARGEST} GB.");
    Err(rules::DISK_SIZE.field(field, &size.into(), why))
}

/// Creates a disk of a new instance from its `initializeParams`, and returns its path.
pub(super) fn create(
    world: &mut World,
    place: &Place,
    machine_type: &str,
    attached: &Value,
    index: usize,
) -> Result<String, Refusal> {
    let wanted = &attached["initializeParams"];
    let family = machine_types::family(machine_type);
    let disk_type = Some(link::name(text(wanted, "diskType")))
        .filter(|name| !name.is_empty())
        .unwrap_or(machine_types::default_disk(family));
    check_family(machine_type, disk_type)?;
    let boot = index == 0;
    let field = format!("resource.disks[{index}].initializeParams");
    if boot {
        check_image(&field, machine_type, wanted, place)?;
    }
    if boot && number(wanted, "diskSizeGb").is_some_and(|size| size < 10) {
        let why = "Must be at least 10 GB.";
        return Err(rules::BOOT_DISK.field(field + ".diskSizeGb", &wanted["diskSizeGb"], why));
    }
    names::check_labels(&wanted["labels"])?;
    let instance = link::name(&place.path);
    let usual = if boot { instance.to_owned() } else { format!("{instance}-{index}") };
    let name = Some(text(wanted, "diskName")).filter(|name| !name.is_empty()).map_or(usual, str::to_owned);
    names::check(&(field + ".diskName"), &name.as_str().into())?;
    let disk_place = Place {
        project: place.project.clone(),
        scope: place.scope.clone(),
        region: place.region.clone(),
        path: place.beside("disks", &name),
    };
    refuse_taken(world, &disk_place.path)?;
    let mut disk = json!({"name": name, "type": disk_type});
    for (from, to) in [
        ("diskSizeGb", "sizeGb"),
        ("sourceImage", "sourceImage"),
        ("sourceSnapshot", "sourceSnapshot"),
        ("labels", "labels"),
        ("resourcePolicies", "resourcePolicies"),
        ("provisionedIops", "provisionedIops"),
        ("provisionedThroughput", "provisionedThroughput"),
    ] {
        if !wanted[from].is_null() {
            disk[to] = wanted[from].clone();
        }
    }
    check(world, &disk_place, &mut disk)?;
    super::stamp(world, &COLLECTION, &disk_place, &mut disk);
    disk.as_object_mut().map(|fields| fields.remove("fingerprint"));
    world.resources.insert(disk_place.path.clone(), disk);
    Ok(disk_place.path)
}

/// Checks that the machine type supports the disk type.
pub(super) fn check_family(machine_type: &str, disk_type: &str) -> Result<(), Refusal> {
    let known = TYPES.iter().any(|(known, _)| *known == disk_type);
    if known && machine_types::takes_disk(machine_types::family(machine_type), disk_type) {
        return Ok(());
    }
    let message = format!("[{disk_type}, {machine_type}] features are not compatible for creating instance.");
    Err(rules::DISK_TYPE.refuse(message))
}

fn check_image(field: &str, machine_type: &str, wanted: &Value, place: &Place) -> Result<(), Refusal> {
    let source = &wanted["sourceImage"];
    if !wanted["sourceSnapshot"].is_null() {
        return Ok(());
    }
    if source.is_null() {
        let why = "A boot disk needs an image.";
        return Err(rules::BOOT_DISK.field(format!("{field}.sourceImage"), source, why));
    }
    check_architecture(machine_type, text(&images::find(source, &place.project)?, "architecture"))
}

/// Checks that the image and the machine type have the same architecture.
pub(super) fn check_architecture(machine_type: &str, of_disk: &str) -> Result<(), Refusal> {
    let architecture = if machine_types::is_arm(machine_types::family(machine_type)) { "ARM64" } else { "X86_64" };
    if of_disk == architecture {
        return Ok(());
    }
    Err(rules::ARCHITECTURE.refuse(format!(
        "Requested boot disk architecture ({of_disk}) is not compatible with machine type architecture ({architecture})."
    )))
}

fn act(world: &mut World, place: &Place, action: &str, call: &Call<'_>) -> Result<Acted, Refusal> {
    let mut disk = link::get(world, &place.path)?;
    let body = call.body;
    match action {
        "resize" => resize(world, place, &mut disk, body)?,
        "createSnapshot" => snapshots::create(world, place, body)?,
        "addResourcePolicies" => {
            let policies = [list(&disk, "resourcePolicies"), list(body, "resourcePolicies")].concat();
            disk["resourcePolicies"] = resource_policies::of_disk(world, place, &policies)?;
        }
        "removeResourcePolicies" => {
            disk["resourcePolicies"] =
                resource_policies::without(place, list(&disk, "resourcePolicies"), list(body, "resourcePolicies"))?;
        }
        _ => return Ok(Acted::Unknown),
    }
    drop_empty(&mut disk);
    world.resources.insert(place.path.clone(), disk);
    Ok(Acted::Done)
}

fn resize(world: &mut World, place: &Place, disk: &mut Value, body: &Value) -> Result<(), Refusal> {
    let (old, new) = (number(disk, "sizeGb"), number(body, "sizeGb").unwrap_or_default());
    if Some(new) < old {
        let why = format!("A disk of {} GB cannot shrink.", old.unwrap_or_default());
        return Err(rules::DISK_SIZE.field("sizeGb", &body["sizeGb"], why));
    }
    let disk_type = link::name(text(disk, "type"));
    let least = TYPES.iter().find(|(name, _)| *name == disk_type).map_or(1, |(_, least)| *least);
    check_size("sizeGb", new, least, None)?;
    disk["sizeGb"] = new.to_string().into();
    let instances = world.resources.values_mut().filter(|resource| resource["kind"] == "compute#instance");
    for attached in instances.filter_map(|instance| instance["disks"].as_array_mut()).flatten() {
        if link::own(&attached["source"]).as_ref() == Some(&place.path) {
            attached["diskSizeGb"] = new.to_string().into();
        }
    }
    Ok(())
}
