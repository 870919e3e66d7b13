//! The disks of a machine: its boot disk, made with it, and local SSDs.

use serde_json::{Value, json};

use super::{Place, disks};
use crate::google::{
    World,
    json::{flag, number},
    link,
    refusal::Refusal,
    rules,
};

/// Makes the boot disk, adds local SSDs, and answers what is attached.
pub(super) fn attach(world: &mut World, place: &Place, machine_type: &str, wanted: &[Value]) -> Result<Value, Refusal> {
    if !wanted.first().is_some_and(|disk| flag(disk, "boot")) {
        return Err(rules::BOOT_DISK.field(
            "resource.disks",
            &wanted.len().into(),
            "The first disk must be a boot disk.",
        ));
    }
    let mut attached = Vec::new();
    for (i, wanted) in wanted.iter().enumerate() {
        let mut disk = json!({
            "kind": "compute#attachedDisk",
            "index": i,
            "type": "PERSISTENT",
            "mode": "READ_WRITE",
            "boot": i == 0,
            "autoDelete": flag(wanted, "autoDelete"),
            "deviceName": format!("persistent-disk-{i}"),
            "interface": "SCSI",
        });
        for field in ["type", "mode", "deviceName", "interface"] {
            if !wanted[field].is_null() {
                disk[field] = wanted[field].clone();
            }
        }
        if disk["type"] == "SCRATCH" {
            disk["diskSizeGb"] = "375".into();
        } else if i == 0 {
            let path = disks::boot(world, place, machine_type, wanted)?;
            disk["source"] = link::to(&path).into();
            disk["diskSizeGb"] = number(&world.resources[&path], "sizeGb").unwrap_or_default().to_string().into();
        } else {
            return Err(rules::UNKNOWN_METHOD.refuse("the stand-in does not attach further disks"));
        }
        attached.push(disk);
    }
    Ok(attached.into())
}
