//! The disks of an instance: created with it or attached to it.

use serde_json::{Value, json};

use super::{Place, disks};
use crate::google::{
    Call, World,
    json::{flag, list, number, text},
    link,
    refusal::Refusal,
    rules,
};

/// The disks that a new instance requests: its boot disk first, followed by other disks and local SSDs.
pub(super) fn create(world: &mut World, place: &Place, machine_type: &str, wanted: &[Value]) -> Result<Value, Refusal> {
    if !wanted.first().is_some_and(|disk| flag(disk, "boot")) {
        return Err(rules::BOOT_DISK.field(
            "resource.disks",
            &wanted.len().into(),
            "The first disk must be a boot disk.",
        ));
    }
    let mut attached: Vec<Value> = Vec::new();
    for (i, wanted) in wanted.iter().enumerate() {
        let field = format!("resource.disks[{i}]");
        let mut disk = describe(&field, wanted, i, i == 0, &attached)?;
        if disk["type"] == "SCRATCH" {
            disk["diskSizeGb"] = "375".into();
        } else {
            let path = if wanted["source"].is_null() {
                disks::create(world, place, machine_type, wanted, i)?
            } else {
                let path = check_source(world, place, machine_type, &format!("{field}.source"), wanted)?;
                if let Some(user) = user(world, &attached, &place.path, &path, text(&disk, "mode")) {
                    return Err(rules::DISK_IN_USE.refuse(in_use(&path, &user)));
                }
                if i == 0 {
                    disks::check_architecture(machine_type, text(&world.resources[&path], "architecture"))?;
                }
                path
            };
            complete(world, &mut disk, &path);
        }
        attached.push(disk);
    }
    check_count(machine_type, attached.len())?;
    Ok(attached.into())
}

/// `attachDisk`: a disk in the same zone that is not attached to another VM for writing.
pub(super) fn attach(world: &World, place: &Place, instance: &mut Value, wanted: &Value) -> Result<(), Refusal> {
    let machine_type = link::name(text(instance, "machineType")).to_owned();
    let attached = list(instance, "disks").to_vec();
    let index = (0..).find(|index| attached.iter().all(|disk| disk["index"] != *index)).unwrap_or_default();
    let boot = flag(wanted, "boot");
    if boot && instance["status"] == "RUNNING" {
        return Err(rules::BOOT_DISK_STAYS.refuse("A boot disk can only be attached to a stopped instance."));
    }
    let mut disk = describe("resource", wanted, index, boot, &attached)?;
    let path = check_source(world, place, &machine_type, "resource.source", wanted)?;
    if let Some(user) = user(world, &attached, &place.path, &path, text(&disk, "mode")) {
        return Err(rules::DISK_IN_USE_LATER.refuse(in_use(&path, &user)));
    }
    check_count(&machine_type, attached.len() + 1)?;
    complete(world, &mut disk, &path);
    instance["disks"] = attached.into_iter().chain([disk]).collect();
    Ok(())
}

/// `detachDisk`, with the device name in the query.
pub(super) fn detach(instance: &mut Value, call: &Call<'_>) -> Result<(), Refusal> {
    let wanted = call.text("deviceName").unwrap_or_default();
    let at = position(instance, &wanted)?;
    if flag(&instance["disks"][at], "boot") && instance["status"] == "RUNNING" {
        return Err(rules::BOOT_DISK_STAYS.refuse("The boot disk of a running instance cannot be detached."));
    }
    instance["disks"].as_array_mut().map(|disks| disks.remove(at));
    Ok(())
}

/// `setDiskAutoDelete`
pub(super) fn set_auto_delete(instance: &mut Value, call: &Call<'_>) -> Result<(), Refusal> {
    let at = position(instance, &call.text("deviceName").unwrap_or_default())?;
    instance["disks"][at]["autoDelete"] = (call.query("autoDelete") == Some("true")).into();
    Ok(())
}

fn position(instance: &Value, device: &str) -> Result<usize, Refusal> {
    let found = list(instance, "disks").iter().position(|disk| disk["deviceName"] == device);
    let why = format!("No attached disk found with device name '{device}'");
    found.ok_or_else(|| rules::DEVICE_NAME.field("deviceName", &device.into(), why))
}

/// Google's representation of an attached disk, as far as it follows from the request.
fn describe(field: &str, wanted: &Value, index: usize, boot: bool, others: &[Value]) -> Result<Value, Refusal> {
    let mut disk = json!({
        "kind": "compute#attachedDisk",
        "index": index,
        "type": "PERSISTENT",
        "mode": "READ_WRITE",
        "boot": boot,
        "autoDelete": flag(wanted, "autoDelete"),
        "deviceName": format!("persistent-disk-{index}"),
        "interface": "SCSI",
    });
    for key in ["type", "mode", "deviceName", "interface"] {
        if !wanted[key].is_null() {
            disk[key] = wanted[key].clone();
        }
    }
    let name = text(&disk, "deviceName");
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '-';
    let good = (1..=255).contains(&name.len()) && name.chars().all(allowed) && !name.starts_with(['.', '-']);
    if !good || others.iter().any(|other| other["deviceName"] == name) {
        let why = r"Must be a match of regex '\w[\w.-]{0,254}', and of no other disk of the instance.";
        return Err(rules::DEVICE_NAME.field(format!("{field}.deviceName"), &disk["deviceName"], why));
    }
    Ok(disk)
}

/// Checks that the disk exists in the instance's zone, and that the machine type supports its type.
fn check_source(
    world: &World,
    place: &Place,
    machine_type: &str,
    field: &str,
    wanted: &Value,
) -> Result<String, Refusal> {
    let path = link::existing(world, field, &wanted["source"], "disks", &place.project)?;
    if link::scope(&path) != place.scope {
        let why = format!("The disk must be in the zone of the instance, '{}'.", place.zone());
        return Err(rules::DISK_ZONE.field(field, &wanted["source"], why));
    }
    disks::check_family(machine_type, link::name(text(&world.resources[&path], "type")))?;
    Ok(path)
}

/// The instance that prevents attaching the disk in this mode: several can read a disk, but only one can write to it.
fn user(world: &World, attached: &[Value], instance: &str, disk: &str, mode: &str) -> Option<String> {
    let here = attached.iter().any(|other| link::own(&other["source"]).as_deref() == Some(disk));
    if here {
        return Some(instance.to_owned());
    }
    let writes = |other: &Value| {
        link::own(&other["source"]).as_deref() == Some(disk) && (mode == "READ_WRITE" || other["mode"] == "READ_WRITE")
    };
    let mut others = world.all("instances").filter(|(path, _)| *path != instance);
    others.find(|(_, other)| list(other, "disks").iter().any(writes)).map(|(path, _)| path.clone())
}

fn in_use(disk: &str, user: &str) -> String {
    format!("The disk resource '{disk}' is already being used by '{user}'")
}

fn complete(world: &World, attached: &mut Value, path: &str) {
    let disk = &world.resources[path];
    attached["source"] = link::to(path).into();
    attached["diskSizeGb"] = number(disk, "sizeGb").unwrap_or_default().to_string().into();
    for field in ["architecture", "guestOsFeatures"] {
        if !disk[field].is_null() {
            attached[field] = disk[field].clone();
        }
    }
}

fn check_count(machine_type: &str, count: usize) -> Result<(), Refusal> {
    let shared_core = ["e2-micro", "e2-small", "e2-medium", "f1-micro", "g1-small"].contains(&machine_type);
    let most = if shared_core { 16 } else { 128 };
    if count <= most {
        return Ok(());
    }
    let message = format!("Exceeded limit 'maximum_persistent_disks' on resource '{machine_type}'. Limit: {most}.0");
    Err(rules::DISK_COUNT.refuse(message))
}
