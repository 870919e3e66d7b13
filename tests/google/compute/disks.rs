//! Disks. A machine's boot disk is made with it, from an image.

use serde_json::{Value, json};

use super::{Collection, Place, Within, images, machine_types, refuse_taken};
use crate::google::{
    Call, World,
    json::{default, number, text},
    link, names,
    refusal::Refusal,
    rules,
    world::NOW,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "disks",
    kind: "compute#disk",
    within: Within::Zone,
    check,
    fixed: &["type", "sourceImage", "sizeGb"],
    act,
};

const TYPES: [&str; 8] = [
    "pd-standard",
    "pd-balanced",
    "pd-ssd",
    "pd-extreme",
    "hyperdisk-balanced",
    "hyperdisk-balanced-high-availability",
    "hyperdisk-extreme",
    "hyperdisk-throughput",
];

fn check(_: &mut World, place: &Place, disk: &mut Value) -> Result<(), Refusal> {
    default(disk, "type", "pd-standard");
    default(disk, "sizeGb", "100");
    let disk_type = link::name(text(disk, "type")).to_owned();
    if !TYPES.contains(&disk_type.as_str()) {
        return Err(rules::DISK_TYPE.field(
            "resource.type",
            &disk["type"],
            "The referenced diskType resource cannot be found.",
        ));
    }
    disk["type"] = link::to(&place.beside("diskTypes", &disk_type)).into();
    disk["status"] = "READY".into();
    default(disk, "physicalBlockSizeBytes", "4096");
    Ok(())
}

/// Makes a machine's boot disk from its `initializeParams`; answers its path.
pub(crate) fn boot(world: &mut World, place: &Place, machine_type: &str, attached: &Value) -> Result<String, Refusal> {
    let wanted = &attached["initializeParams"];
    let family = machine_types::family(machine_type);
    let disk_type = Some(link::name(text(wanted, "diskType")))
        .filter(|name| !name.is_empty())
        .unwrap_or(machine_types::default_disk(family));
    if !TYPES.contains(&disk_type) || !machine_types::takes_disk(family, disk_type) {
        let message = format!("[{disk_type}, {machine_type}] features are not compatible for creating instance.");
        return Err(rules::DISK_TYPE.refuse(message));
    }
    let source = &wanted["sourceImage"];
    if source.is_null() {
        return Err(rules::BOOT_DISK.field(
            "resource.disks[0].initializeParams.sourceImage",
            source,
            "A boot disk needs an image.",
        ));
    }
    let image = images::find(source, &place.project)?;
    let architecture = if machine_types::is_arm(family) { "ARM64" } else { "X86_64" };
    if image["architecture"] != architecture {
        return Err(rules::ARCHITECTURE.refuse(format!(
            "Requested boot disk architecture ({}) is not compatible with machine type architecture ({architecture}).",
            text(&image, "architecture")
        )));
    }
    let least = number(&image, "diskSizeGb").unwrap_or(10);
    let size = number(wanted, "diskSizeGb").unwrap_or(least);
    if size < 10 {
        return Err(rules::BOOT_DISK.field(
            "resource.disks[0].initializeParams.diskSizeGb",
            &size.into(),
            "Must be at least 10 GB.",
        ));
    }
    if size < least {
        return Err(
            rules::DISK_SIZE.refuse(format!("Requested disk size cannot be smaller than the image size ({least} GB)"))
        );
    }
    names::check_labels(&wanted["labels"])?;
    let name = Some(text(wanted, "diskName")).filter(|name| !name.is_empty()).unwrap_or(link::name(&place.path));
    let path = place.beside("disks", name);
    refuse_taken(world, &path)?;
    let mut disk = json!({
        "kind": "compute#disk",
        "id": world.id(),
        "name": name,
        "sizeGb": size.to_string(),
        "status": "READY",
        "type": link::to(&place.beside("diskTypes", disk_type)),
        "zone": link::to(&format!("projects/{}/{}", place.project, place.scope)),
        "selfLink": link::to(&path),
        "creationTimestamp": NOW,
        "physicalBlockSizeBytes": "4096",
        "labelFingerprint": world.fingerprint(),
        "architecture": architecture,
        "sourceImage": image["selfLink"],
        "sourceImageId": image["id"],
        "guestOsFeatures": image["guestOsFeatures"],
    });
    if !wanted["labels"].is_null() {
        disk["labels"] = wanted["labels"].clone();
    }
    world.resources.insert(path.clone(), disk);
    Ok(path)
}

fn act(world: &mut World, place: &Place, action: &str, call: &Call<'_>) -> Result<bool, Refusal> {
    if action != "resize" {
        return Ok(false);
    }
    let mut disk = link::get(world, &place.path)?;
    let (old, new) = (number(&disk, "sizeGb"), number(call.body, "sizeGb"));
    if new < old {
        return Err(rules::DISK_SIZE.field(
            "sizeGb",
            &call.body["sizeGb"],
            format!("A disk of {} GB cannot shrink.", old.unwrap_or_default()),
        ));
    }
    disk["sizeGb"] = new.unwrap_or_default().to_string().into();
    world.resources.insert(place.path.clone(), disk);
    Ok(true)
}
