//! The families of boot images that are known, and which of them is meant by less than its name.

use std::sync::LazyLock;

use super::family::Architecture;
use crate::model::table::rows;

/// A family of boot images.
pub(super) struct Known {
    pub(super) project: &'static str,
    pub(super) family: &'static str,
    pub(super) architecture: Option<Architecture>,
    /// When Google withdrew it.
    pub(super) withdrawn: Option<&'static str>,
}

impl Known {
    /// As it is rendered.
    pub(super) fn long(&self) -> String {
        format!("projects/{}/global/images/family/{}", self.project, self.family)
    }

    pub(super) fn is_there(&self) -> bool {
        self.withdrawn.is_none()
    }
}

/// Those of `data/images.txt`.
pub(super) static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    rows(include_str!("../data/images.txt"))
        .map(|row| Known {
            project: row[0],
            family: row[1],
            architecture: Architecture::parse(row[2]),
            withdrawn: row.get(4).copied(),
        })
        .collect()
});

/// The family that is meant by one without its architecture.
pub(super) fn with_architecture(name: &str, machine: Architecture) -> Option<&'static Known> {
    let suffix = match machine {
        Architecture::X86 => "-amd64",
        Architecture::Arm => "-arm64",
    };
    let exists = |full: &str| KNOWN.iter().find(|known| known.is_there() && known.family == full);
    exists(&format!("{name}-amd64"))?;
    exists(&format!("{name}{suffix}"))
}

/// The family that is meant by Ubuntu's version alone: `ubuntu-24.04`, `ubuntu-2404`.
pub(super) fn ubuntu(text: &str, machine: Architecture) -> Option<&'static Known> {
    let version: String = text.strip_prefix("ubuntu")?.chars().filter(char::is_ascii_digit).collect();
    let lts = format!("ubuntu-{version}-lts");
    let exists = KNOWN.iter().find(|known| known.is_there() && known.family == lts);
    exists.or_else(|| with_architecture(&lts, machine))
}
