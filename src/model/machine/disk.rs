use std::sync::LazyLock;

use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::model::Disk;
use crate::model::table::rows;
use crate::source::Spanned;
use crate::spec;

const DEFAULT_SIZE: u32 = 100;
pub(super) const DEFAULT_TYPE: &str = "pd-balanced";
/// GB. The smallest boot disk of any type, and the largest Persistent Disk and Hyperdisk.
pub(super) const SIZES: (u32, u32) = (10, 65_536);

/// A type of boot disk.
struct Type {
    name: &'static str,
    /// GB.
    smallest: u32,
    /// The fewest vCPUs, for each family that has such a rule.
    processors: Vec<(&'static str, u32)>,
}

/// Those of `data/disk-types.txt`.
static TYPES: LazyLock<Vec<Type>> = LazyLock::new(|| {
    let number = |text: &str| text.parse().expect("a test reads every row");
    rows(include_str!("../data/disk-types.txt"))
        .map(|row| Type {
            name: row[0],
            smallest: number(row[1]),
            processors: row[2..]
                .iter()
                .filter_map(|rule| rule.split_once(':'))
                .map(|(family, least)| (family, number(least)))
                .collect(),
        })
        .collect()
});

/// The smallest size of this type in GB, and the largest; `None`: it is not a disk type.
pub(super) fn sizes(disk: &str) -> Option<(u32, u32)> {
    TYPES.iter().find(|known| known.name == disk).map(|known| (known.smallest, SIZES.1))
}

/// Every type by name.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|known| known.name)
}

/// How many vCPUs a machine of this family needs to boot from a disk of this type.
pub(super) fn fewest_processors(disk: &str, family: &str) -> Option<u32> {
    let known = TYPES.iter().find(|known| known.name == disk)?;
    known.processors.iter().find(|(of, _)| *of == family).map(|(_, least)| *least)
}

/// The boot disk, and whether its type is one.
pub(super) fn check(disk: Option<&spec::Disk>, report: &mut Report) -> (Disk, bool) {
    let written = disk.and_then(|d| d.kind.as_ref());
    let name = written.map_or(DEFAULT_TYPE, |kind| &kind.value);
    let known = TYPES.iter().find(|known| known.name == name);
    size(disk, known, report);
    if let Some(kind) = written.filter(|_| known.is_none()) {
        let near = TYPES.iter().map(|known| known.name).find(|known| {
            strsim::damerau_levenshtein(known, &kind.value) <= 2 || known.strip_prefix("pd-") == Some(&kind.value)
        });
        let diagnostic = Diagnostic::error(Code::InvalidDisk, format!("`{}` is not a boot disk type", kind.value))
            .at(&kind.span, "");
        report.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).patch(&kind.span, near),
            None => {
                let all: Vec<&str> = TYPES.iter().map(|known| known.name).collect();
                diagnostic.help(format!("use one of {}", all.join(", ")))
            }
        });
    }
    let checked = Disk {
        size: disk.and_then(|d| d.size.as_ref()).map_or(DEFAULT_SIZE, gigabytes),
        kind: name.to_owned(),
        keep: disk.and_then(|d| d.keep.as_ref()).is_some_and(|keep| keep.value),
    };
    (checked, known.is_some())
}

/// A size as it was written; a wrong one is reported on its own.
pub(super) fn gigabytes(size: &Spanned<i64>) -> u32 {
    u32::try_from(size.value).unwrap_or(DEFAULT_SIZE)
}

/// Whether a disk of this type can have this size.
fn size(disk: Option<&spec::Disk>, kind: Option<&Type>, report: &mut Report) {
    let smallest = kind.map_or(SIZES.0, |kind| kind.smallest);
    let of =
        kind.filter(|kind| kind.smallest > SIZES.0).map_or("a boot disk".to_owned(), |kind| format!("`{}`", kind.name));
    match (disk.and_then(|d| d.size.as_ref()), disk.and_then(|d| d.kind.as_ref())) {
        (Some(size), _) if size.value < i64::from(smallest) => {
            let enough = smallest.max(DEFAULT_SIZE);
            let message = format!("{of} must have at least {smallest} GB, not {}", size.value);
            report.push(
                Diagnostic::error(Code::InvalidDisk, message)
                    .at(&size.span, "")
                    .help(format!("use at least {smallest}; the default is {DEFAULT_SIZE}"))
                    .patch(&size.span, enough.to_string()),
            );
        }
        (Some(size), _) if size.value > i64::from(SIZES.1) => {
            let message = format!("{of} must have at most 65,536 GB, not {}", thousands(size.value.unsigned_abs()));
            report.push(
                Diagnostic::error(Code::InvalidDisk, message)
                    .at(&size.span, "")
                    .help(format!("use at most 65,536; the default is {DEFAULT_SIZE}"))
                    .patch(&size.span, SIZES.1.to_string()),
            );
        }
        (None, Some(written)) if smallest > DEFAULT_SIZE => {
            let message = format!("{of} must have at least {smallest} GB, and the default size is {DEFAULT_SIZE}");
            report.push(
                Diagnostic::error(Code::InvalidDisk, message)
                    .at(&written.span, "")
                    .help(format!("add `size: {smallest}` beside it")),
            );
        }
        _ => {}
    }
}
