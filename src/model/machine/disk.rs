use crate::diag::{Code, Diagnostic, Report};
use crate::model::Disk;
use crate::spec;

const DISK_SIZE: u32 = 100;
const DISK_TYPE: &str = "pd-balanced";
/// GB. Google's smallest boot disk, and the largest Persistent Disk.
pub(super) const DISK_SIZES: (u32, u32) = (10, 65_536);
/// What a machine can boot from.
pub(super) const DISK_TYPES: [&str; 6] =
    ["pd-standard", "pd-balanced", "pd-ssd", "pd-extreme", "hyperdisk-balanced", "hyperdisk-extreme"];

/// The boot disk, and whether its type is one.
pub(super) fn check(disk: Option<&spec::Disk>, keep: bool, report: &mut Report) -> (Disk, bool) {
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
