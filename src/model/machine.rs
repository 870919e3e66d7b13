//! The keys that every kind of machine has.

use super::fit::Fit;
use super::{Disk, Machine, image, machine_type};
use crate::diag::{Code, Diagnostic, Report};
use crate::source::Spanned;
use crate::spec;

const DISK_SIZE: u32 = 100;
const DISK_TYPE: &str = "pd-balanced";
/// GB. Google's smallest boot disk, and the largest Persistent Disk.
const DISK_SIZES: (u32, u32) = (10, 65_536);
/// What a machine can boot from.
const DISK_TYPES: [&str; 6] =
    ["pd-standard", "pd-balanced", "pd-ssd", "pd-extreme", "hyperdisk-balanced", "hyperdisk-extreme"];

/// A machine. `keep`: whether its disk outlives it by default.
pub(super) fn check(spec: &spec::Machine<'_>, keep: bool, report: &mut Report) -> Machine {
    let machine_type = machine_type::check(spec.machine_type, report);
    let family = machine_type.as_deref().and_then(machine_type::family_of);
    let image = image::check(spec.image, family.map(|family| family.architecture), report);
    let (disk, known) = disk(spec.disk, keep, report);
    if let (Some(family), Some(machine_type)) = (family, &machine_type) {
        let fit = Fit { spec, machine_type, family };
        if known {
            fit.disk(&disk.kind, report);
        }
        fit.image(&image, report);
    }
    Machine {
        machine_type: machine_type.unwrap_or_default(),
        image: image.link,
        disk,
        external_ip: spec.external_ip.unwrap_or(false),
        secure_boot: spec.secure_boot.unwrap_or(false),
        service_account: spec.service_account.and_then(|account| service_account(account, report)),
    }
}

/// The boot disk, and whether its type is one.
fn disk(disk: Option<&spec::Disk>, keep: bool, report: &mut Report) -> (Disk, bool) {
    if let Some(size) = disk.and_then(|d| d.size.as_ref()) {
        let (smallest, largest) = DISK_SIZES;
        if !(smallest..=largest).contains(&size.value) {
            let message = format!("a boot disk of {} GB; Google takes {smallest} to {largest}", size.value);
            let help = format!("the default is {DISK_SIZE}; Ubuntu, containerd and the images of Kubernetes take 10");
            report.push(
                Diagnostic::error(Code::InvalidDisk, message)
                    .at(&size.span, "")
                    .help(help)
                    .patch(&size.span, if size.value > largest { largest } else { DISK_SIZE }.to_string()),
            );
        }
    }
    let wrong = disk.and_then(|d| d.kind.as_ref()).filter(|kind| !DISK_TYPES.contains(&kind.value.as_str()));
    if let Some(kind) = wrong {
        let near = DISK_TYPES.iter().find(|known| {
            strsim::damerau_levenshtein(known, &kind.value) <= 2 || known.strip_prefix("pd-") == Some(&kind.value)
        });
        let diagnostic = Diagnostic::error(Code::InvalidDisk, format!("`{}` is not a type of boot disk", kind.value))
            .at(&kind.span, "");
        report.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).patch(&kind.span, *near),
            None => diagnostic.help(format!("machines boot from {}", DISK_TYPES.join(", "))),
        });
    }
    let checked = Disk {
        size: disk.and_then(|d| d.size.as_ref()).map_or(DISK_SIZE, |size| size.value),
        kind: disk.and_then(|d| d.kind.as_ref()).map_or(DISK_TYPE.to_owned(), |kind| kind.value.clone()),
        keep: disk.and_then(|d| d.keep).unwrap_or(keep),
    };
    (checked, wrong.is_none())
}

/// The email address of a service account: `ID@PROJECT.iam.gserviceaccount.com`, or a project's default one.
fn service_account(account: &Spanned<String>, report: &mut Report) -> Option<String> {
    let address = account.value.split_once('@').filter(|(id, domain)| {
        let word = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let host = domain.strip_suffix(".gserviceaccount.com");
        word(id) && host.is_some_and(|host| host.split('.').all(word))
    });
    if address.is_none() {
        report.push(
            Diagnostic::error(
                Code::InvalidServiceAccount,
                format!("`{}` is not the address of a service account", account.value),
            )
            .at(&account.span, "")
            .help("write ID@PROJECT.iam.gserviceaccount.com; leave the key out and one is created"),
        );
        return None;
    }
    Some(account.value.clone())
}
