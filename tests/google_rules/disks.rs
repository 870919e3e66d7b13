//! Boot disks: size, type, image, architecture.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, MACHINES, case, machine, machine_but, machine_type, post, with},
};

/// What the stand-in must refuse.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
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
    ]
}

fn machine_of(name: &str) -> Value {
    with(machine("b", "10.4.1.0/24"), "/machineType", machine_type(name))
}

fn rocky() -> Value {
    let image = "projects/rocky-linux-cloud/global/images/family/rocky-linux-9";
    with(machine("b", "10.4.1.0/24"), "/disks/0/initializeParams/sourceImage", image.into())
}
