use camino::Utf8Path;
use clap::ValueEnum;

use super::input::{Input, check};
use super::{Exit, print, say, tell};
use crate::diag::json;
use crate::model::quota;

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Reports every problem at once. Of a cluster that is right, also what it takes of the project's quotas: that much is not for
/// vpcgen to check, and nobody should find out at apply.
pub(crate) fn validate(file: &Utf8Path, format: Format) -> Exit {
    let (source, report, cluster) = match check(&Input::File(file.to_owned())) {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    let told = match format {
        Format::Text => {
            tell(&report, &source);
            cluster.iter().for_each(|cluster| say(&format!("{}\n", quota(cluster))));
            Exit::Done
        }
        Format::Json => print(&format!("{:#}\n", json(&report, &source))),
    };
    if cluster.is_some() { told } else { Exit::Error }
}
