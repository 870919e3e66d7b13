use camino::Utf8Path;
use clap::ValueEnum;

use super::planned::check;
use super::{Exit, Input, Locking, print};
use crate::diag::json_all;
use crate::visible;

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Reports every problem of a description and its lock at once.
pub(crate) fn validate(file: &Utf8Path, format: Format, locked: bool) -> Exit {
    let locking = if locked { Locking::Refuse } else { Locking::Follow };
    let checked = match check(&Input::File(file.to_owned()), locking) {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    let told = match format {
        Format::Text => {
            checked.say();
            Exit::Done
        }
        Format::Json => {
            let lock = checked.lock.iter().map(|(source, report)| (report, source.as_ref()));
            let reports = std::iter::once((&checked.report, &checked.source)).chain(lock);
            print(&visible::json(&format!("{:#}\n", json_all(reports))))
        }
    };
    if checked.cluster.is_some() { told } else { Exit::Error }
}
