use camino::Utf8Path;
use clap::ValueEnum;

use super::input::{Input, check};
use super::{Exit, print, tell};
use crate::diag::json;
use crate::visible;

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Reports every problem at once.
pub(crate) fn validate(file: &Utf8Path, format: Format) -> Exit {
    let (source, report, cluster) = match check(&Input::File(file.to_owned())) {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    let told = match format {
        Format::Text => {
            tell(&report, &source);
            Exit::Done
        }
        Format::Json => print(&visible::json(&format!("{:#}\n", json(&report, &source)))),
    };
    if cluster.is_some() { told } else { Exit::Error }
}
