use camino::Utf8Path;
use clap::ValueEnum;

use super::planned::check;
use super::{Exit, Input, Locking, print, say};
use crate::diag::json_all;
use crate::model::quota;
use crate::visible;

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Reports every problem of a description and its lock at once. Of a cluster that is right, also what it takes of the project's
/// quotas: that much is not for vpcgen to check, and nobody should find out at apply.
pub(crate) fn validate(file: &Utf8Path, format: Format, locked: bool) -> Exit {
    let locking = if locked { Locking::Refuse } else { Locking::Follow };
    let checked = match check(&Input::File(file.to_owned()), locking) {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    let told = match format {
        Format::Text => {
            checked.say();
            checked.cluster.iter().for_each(|(cluster, _)| say(&format!("{}\n", quota(cluster))));
            Exit::Done
        }
        Format::Json => print(&visible::json(&format!("{:#}\n", json_all(checked.reports())))),
    };
    if checked.cluster.is_some() { told } else { Exit::Error }
}
