use super::disk::{DISK_SIZES, DISK_TYPES};
use super::family::Family;
use super::machine_type;
use crate::diag::{Code, Diagnostic, Report};
use crate::model::StateDisk;
use crate::spec;

/// GB. etcd's data has at most 2, and a disk's speed grows with its size.
const DISK_SIZE: u32 = 20;
/// Defaults, in order of preference: etcd waits for every write to reach the disk.
const DEFAULTS: [&str; 2] = ["pd-ssd", "hyperdisk-balanced"];

/// The disk that outlives a control plane's machine, of a type that the machine takes.
pub(in crate::model) fn state_disk(spec: &spec::ControlPlane, machine_type: &str, report: &mut Report) -> StateDisk {
    let (size, kind) = match &spec.state_disk {
        Some(disk) => (disk.size.as_ref(), disk.kind.as_ref()),
        None => (None, None),
    };
    let (smallest, largest) = DISK_SIZES;
    if let Some(size) = size.filter(|size| !(smallest..=largest).contains(&size.value)) {
        let message = format!("a state disk of {} GB; it must have {smallest} to {largest}", size.value);
        report.push(
            Diagnostic::error(Code::InvalidDisk, message)
                .at(&size.span, "")
                .help(format!("the default is {DISK_SIZE}; etcd's data has at most 2 GB"))
                .patch(&size.span, if size.value > largest { largest } else { DISK_SIZE }.to_string()),
        );
    }
    let family = machine_type::family_of(machine_type);
    let takes = |kind: &str| family.is_none_or(|family: &Family| family.boots_from(kind));
    let default = DEFAULTS.into_iter().find(|kind| takes(kind)).unwrap_or(DEFAULTS[0]);
    if let Some(kind) = kind {
        if !DISK_TYPES.contains(&kind.value.as_str()) {
            let message = format!("`{}` is not a disk type", kind.value);
            let help = format!("use one of {}", DISK_TYPES.join(", "));
            report.push(
                Diagnostic::error(Code::InvalidDisk, message).at(&kind.span, "").help(help).patch(&kind.span, default),
            );
        } else if !takes(&kind.value) {
            let message = format!("`{machine_type}` takes no disk of type {}", kind.value);
            report.push(
                Diagnostic::error(Code::DiskMismatch, message)
                    .at(&kind.span, format!("this machine takes {default}"))
                    .and(spec.machine_type.as_ref().map(|written| &written.span), "this machine")
                    .help(format!("use {default}, or remove `type`"))
                    .patch(&kind.span, default),
            );
        }
    }
    StateDisk {
        size: size.map_or(DISK_SIZE, |size| size.value),
        kind: kind.map_or(default.to_owned(), |kind| kind.value.clone()),
    }
}
