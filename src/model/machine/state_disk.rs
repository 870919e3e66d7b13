use super::family::Family;
use super::{disk, machine_type};
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::model::StateDisk;
use crate::source::{Span, Spanned};
use crate::spec;

/// GB. etcd's data has at most 8 GiB (`quota-backend-bytes`), defragmenting and restoring write a second copy, and a disk's speed grows
/// with its size.
const DISK_SIZE: u32 = 20;
/// Defaults, in order of preference: etcd waits for every write to reach the disk.
const DEFAULTS: [&str; 2] = ["pd-ssd", "hyperdisk-balanced"];

/// The disk that outlives a control plane's machine, of a type that the machine takes.
pub(in crate::model) fn state_disk(spec: &spec::ControlPlane, machine_type: &str, report: &mut Report) -> StateDisk {
    let (size, kind) = match &spec.state_disk {
        Some(disk) => (disk.size.as_ref(), disk.kind.as_ref()),
        None => (None, None),
    };
    let family = machine_type::family_of(machine_type);
    let takes = |kind: &str| family.is_none_or(|family: &Family| family.boots_from(kind));
    let default = DEFAULTS.into_iter().find(|kind| takes(kind)).unwrap_or(DEFAULTS[0]);
    if let Some(kind) = kind {
        let fewest = family.and_then(|family| disk::fewest_processors(&kind.value, family.name));
        let has = machine_type::size(machine_type).map(|size| size.processors);
        if disk::sizes(&kind.value).is_none() {
            let types: Vec<&str> = disk::types().collect();
            let message = format!("`{}` is not a disk type", kind.value);
            let diagnostic = Diagnostic::error(Code::InvalidDisk, message).at(&kind.span, "");
            report.push(diagnostic.help(format!("use one of {}", types.join(", "))).patch(&kind.span, default));
        } else if !takes(&kind.value) || fewest.zip(has).is_some_and(|(fewest, has)| has < fewest) {
            let message = format!("`{machine_type}` cannot have a {} disk", kind.value);
            report.push(
                Diagnostic::error(Code::DiskMismatch, message)
                    .at(&kind.span, format!("this machine takes {default}"))
                    .and(spec.machine_type.as_ref().map(|written| &written.span), "this machine")
                    .help(format!("use {default}, or remove `type`"))
                    .patch(&kind.span, default),
            );
        }
    }
    let name = kind.map_or(default, |kind| &kind.value);
    check_size(size, name, kind.map(|kind| &kind.span), report);
    StateDisk { size: size.map_or(DISK_SIZE, disk::gigabytes), kind: name.to_owned() }
}

/// Whether a disk of this type can have this size. `kind`: where the type is written.
fn check_size(size: Option<&Spanned<i64>>, name: &str, kind: Option<&Span>, report: &mut Report) {
    // A type that does not exist is reported on its own; the size is then checked against the smallest type.
    let (smallest, largest) = disk::sizes(name).unwrap_or(disk::SIZES);
    let error = |message: String| Diagnostic::error(Code::InvalidDisk, message);
    let default =
        format!("the default is {DISK_SIZE}; etcd's data has at most 8 GiB, and defragmenting it writes a second copy");
    match (size, kind) {
        (Some(size), _) if size.value < i64::from(smallest) => report.push(
            error(format!("a state disk of type {name} must have at least {smallest} GB, not {}", size.value))
                .at(&size.span, "")
                .help(default)
                .patch(&size.span, smallest.max(DISK_SIZE).to_string()),
        ),
        (Some(size), _) if size.value > i64::from(largest) => report.push(
            error(format!(
                "a state disk of type {name} must have at most {} GB, not {}",
                thousands(largest.into()),
                thousands(size.value.unsigned_abs())
            ))
            .at(&size.span, "")
            .help(default)
            .patch(&size.span, largest.to_string()),
        ),
        (None, Some(kind)) if DISK_SIZE < smallest => report.push(
            error(format!(
                "a state disk of type {name} must have at least {smallest} GB, and the default is {DISK_SIZE}"
            ))
            .at(kind, "")
            .help(format!("add `size: {smallest}` beside it")),
        ),
        _ => {}
    }
}
