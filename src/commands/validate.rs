use camino::Utf8Path;
use clap::ValueEnum;

use super::{Exit, Input, print, say, tell};
use crate::compile::LockPolicy;
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
    let policy = if locked { LockPolicy::Frozen } else { LockPolicy::Update };
    let outcome = match Input::File(file.to_owned()).compile(policy) {
        Ok(compiling) => compiling.outcome,
        Err(exit) => return exit,
    };
    let told = match format {
        Format::Text => {
            tell(&outcome.reports());
            outcome.compiled.iter().for_each(|compiled| say(&format!("{}\n", quota(&compiled.cluster))));
            Exit::Done
        }
        Format::Json => print(&visible::json(&format!("{:#}\n", json_all(outcome.reports())))),
    };
    if outcome.compiled.is_some() { told } else { Exit::Error }
}
