//! Boot disks: size, type, image, architecture.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{
        Case, MACHINES, Request, case, case_after, delete, machine, machine_but, machine_type, post, with, with_all,
    },
};

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let volume = |fields: Value| post(DISKS, with_all(json!({"name": "v"}), &fields));
    let attach = |disk: &str, fields: Value| {
        let source = json!({"source": format!("zones/us-east1-b/disks/{disk}")});
        post("zones/us-east1-b/instances/a/attachDisk", with_all(source, &fields))
    };
    let image = |image: &str| machine_but("/disks/0/initializeParams/sourceImage", image.into());
    let disk_type = |machine: &str, disk: &str| {
        let body = with(machine_of(machine), "/disks/0/initializeParams/diskType", format!("zones/us-east1-b/diskTypes/{disk}").into());
        post(MACHINES, body)
    };
    vec![
        case(&rules::BOOT_DISK, machine_but("/disks", json!([]))),
        case(&rules::BOOT_DISK, machine_but("/disks/0/initializeParams/diskSizeGb", json!("5"))),
        case(&rules::BOOT_DISK, machine_but("/disks/0/initializeParams/sourceImage", Value::Null)),
        case(&rules::DISK_SIZE, post(MACHINES, with(rocky(), "/disks/0/initializeParams/diskSizeGb", json!("10")))),
        case(&rules::DISK_SIZE, post("zones/us-east1-b/disks/a/resize", json!({"sizeGb": "10"}))),
        case(&rules::DISK_TYPE, disk_type("n2-standard-2", "pd-fast")),
        case(&rules::DISK_TYPE, disk_type("n4-standard-2", "pd-balanced")),
        case(&rules::DISK_TYPE, disk_type("c3-standard-4", "pd-standard")),
        case(&rules::DISK_TYPE, disk_type("e2-medium", "hyperdisk-balanced")),
        case(&rules::IMAGE, image("projects/centos-cloud/global/images/family/centos-7")),
        case(&rules::IMAGE, image("projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts")),
        case(&rules::IMAGE, image("debian-13")),
        case(&rules::ARCHITECTURE, post(MACHINES, machine_of("c4a-standard-2"))),
        case(&rules::ARCHITECTURE, image("projects/debian-cloud/global/images/family/debian-13-arm64")),
        case(&rules::DISK_SIZE, volume(json!({"sizeGb": "65537"}))),
        case(&rules::DISK_SIZE, volume(json!({"type": "zones/us-east1-b/diskTypes/hyperdisk-balanced", "sizeGb": "3"}))),
        case(&rules::DISK_TYPE, volume(json!({"type": "zones/us-east1-b/diskTypes/pd-fast"}))),
        case(&rules::DISK_SOURCE, volume(json!({"sourceImage": DEBIAN, "sourceDisk": "zones/us-east1-b/disks/a"}))),
        // A disk created from a snapshot can be larger than the snapshot, but not smaller.
        Case { rule: &rules::DISK_SIZE, requests: vec![
            post("zones/us-east1-b/disks/a/createSnapshot", json!({"name": "s"})),
            post(DISKS, json!({"name": "large", "sizeGb": "30", "sourceSnapshot": "global/snapshots/s"})),
            post(DISKS, json!({"name": "small", "sizeGb": "10", "sourceSnapshot": "global/snapshots/s"})),
        ] },
        case(&rules::SNAPSHOT_PLACE, post("global/snapshots", json!({"name": "s", "sourceDisk": "zones/us-east1-b/disks/a", "storageLocations": ["moon"]}))),
        // Only one instance can write to a disk. Creating another is rejected immediately, attaching to another only in the operation.
        case(&rules::DISK_IN_USE, machine_but("/disks/1", json!({"source": "zones/us-east1-b/disks/a"}))),
        Case { rule: &rules::DISK_IN_USE_LATER, requests: vec![volume(json!({})), attach("v", json!({})), attach("v", json!({"deviceName": "again"}))] },
        case_after(&rules::IN_USE_BY, attach_new(), delete("zones/us-east1-b/disks/v")),
        Case { rule: &rules::DISK_ZONE, requests: vec![
            post("zones/us-east1-c/disks", json!({"name": "v"})),
            post("zones/us-east1-b/instances/a/attachDisk", json!({"source": "zones/us-east1-c/disks/v"})),
        ] },
        Case { rule: &rules::DEVICE_NAME, requests: vec![volume(json!({})), attach("v", json!({"deviceName": "persistent-disk-0"}))] },
        Case { rule: &rules::DEVICE_NAME, requests: vec![volume(json!({})), attach("v", json!({"deviceName": "the disk"}))] },
        case(&rules::DEVICE_NAME, post("zones/us-east1-b/instances/a/detachDisk?deviceName=none", json!({}))),
        case(&rules::BOOT_DISK_STAYS, post("zones/us-east1-b/instances/a/detachDisk?deviceName=persistent-disk-0", json!({}))),
        case_after(&rules::BOOT_DISK_STAYS, volume(json!({})), attach("v", json!({"boot": true}))),
        case(&rules::DISK_COUNT, post(MACHINES, with(machine_of("e2-medium"), "/disks", many_disks(17)))),
    ]
}

const DISKS: &str = "zones/us-east1-b/disks";
const DEBIAN: &str = "projects/debian-cloud/global/images/family/debian-13";

/// A new instance with a new disk in addition to its boot disk.
fn attach_new() -> Request {
    machine_but("/disks/1", json!({"initializeParams": {"diskName": "v"}}))
}

fn many_disks(count: usize) -> Value {
    let disk = |i| json!({"boot": i == 0, "initializeParams": {"sourceImage": if i == 0 { json!(DEBIAN) } else { Value::Null }}});
    (0..count).map(disk).collect()
}

/// Snapshot schedules and the disks that use them.
pub(crate) fn schedules() -> Vec<Case> {
    let schedule = |schedule: Value| {
        post(
            "regions/us-east1/resourcePolicies",
            json!({"name": "p", "snapshotSchedulePolicy": {"schedule": schedule}}),
        )
    };
    let daily = |start: &str| schedule(json!({"dailySchedule": {"daysInCycle": 1, "startTime": start}}));
    let add = || {
        let policies = json!({"resourcePolicies": ["regions/us-east1/resourcePolicies/p"]});
        post("zones/us-east1-b/disks/a/addResourcePolicies", policies)
    };
    let remove = || {
        let policies = json!({"resourcePolicies": ["regions/us-east1/resourcePolicies/p"]});
        post("zones/us-east1-b/disks/a/removeResourcePolicies", policies)
    };
    vec![
        case(&rules::SNAPSHOT_SCHEDULE, daily("04:30")),
        case(&rules::SNAPSHOT_SCHEDULE, schedule(json!({}))),
        case(
            &rules::SNAPSHOT_SCHEDULE,
            schedule(json!({"hourlySchedule": {"hoursInCycle": 24, "startTime": "04:00"}})),
        ),
        Case { rule: &rules::DISK_SCHEDULE, requests: vec![daily("04:00"), add(), add()] },
        Case { rule: &rules::DISK_SCHEDULE, requests: vec![daily("04:00"), add(), remove(), remove()] },
        Case {
            rule: &rules::IN_USE_BY,
            requests: vec![daily("04:00"), add(), delete("regions/us-east1/resourcePolicies/p")],
        },
    ]
}

fn machine_of(name: &str) -> Value {
    with(machine("b", "10.4.1.0/24"), "/machineType", machine_type(name))
}

fn rocky() -> Value {
    let image = "projects/rocky-linux-cloud/global/images/family/rocky-linux-9";
    with(machine("b", "10.4.1.0/24"), "/disks/0/initializeParams/sourceImage", image.into())
}
