use std::io::{Read as _, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use clap::ValueEnum;

use super::{Exit, fail, git, inform, input, print, report};
use crate::compile::{Document, compile};
use crate::diff::{self, Diff, Severity, Side};
use crate::sanitize;

/// The output format of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// For programs.
    Json,
}

/// What makes a comparison fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Something stops for a while, or has to be done by hand.
    Caution,
    /// Data, the API or the network may be lost, or the change is refused.
    Danger,
}

/// What to compare, and how to say it.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// OLD and NEW, or the description that is compared with a revision.
    pub(crate) files: Vec<Utf8PathBuf>,
    /// The revision.
    pub(crate) against: Option<String>,
    pub(crate) format: DiffFormat,
    pub(crate) fail_on: Option<FailOn>,
    /// A plan as `terraform show -json` prints it.
    pub(crate) plan: Option<Utf8PathBuf>,
}

/// Says what the difference between two descriptions does to the running cluster.
pub(crate) fn diff(comparison: &Comparison) -> Exit {
    let (old, new, against) = match sides(comparison) {
        Ok(sides) => sides,
        Err(message) => return fail(message),
    };
    let mut diff = match diff::compare(&old, &new, &against) {
        Ok(diff) => diff,
        Err(outcome) => {
            report(&outcome.reports());
            return Exit::Error;
        }
    };
    if let Some(error) = comparison.plan.as_deref().and_then(|plan| annotate(&mut diff, plan).err()) {
        return fail(error);
    }
    let printed = match comparison.format {
        DiffFormat::Json => print(&sanitize::json(&format!("{:#}\n", diff::json(&diff)))),
        _ if diff.is_empty() => {
            inform(&format!("nothing changes: {} against {against}\n", diff.file));
            Exit::Done
        }
        DiffFormat::Markdown => print(&sanitize::text(&diff::markdown(&diff))),
        DiffFormat::Text => styled(&diff),
    };
    match (printed, comparison.fail_on, diff.severity()) {
        (Exit::Error, ..) => Exit::Error,
        (_, Some(FailOn::Danger), Some(Severity::Danger)) => Exit::Error,
        (_, Some(FailOn::Caution), Some(Severity::Caution | Severity::Danger)) => Exit::Error,
        (_, _, None) => Exit::Done,
        _ => Exit::Differences,
    }
}

/// In colour on terminals. A reader that closes the pipe early is not an error.
fn styled(diff: &Diff) -> Exit {
    let mut out = anstream::stdout().lock();
    match out.write_all(diff::text(diff).as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => fail(format_args!("standard output: {error}")),
        _ => Exit::Done,
    }
}

fn annotate(diff: &mut Diff, plan: &Utf8Path) -> Result<(), String> {
    let bytes = match plan.as_str() {
        "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes).map_err(|error| error.to_string())?
        }
        _ => fs_err::read(plan).map_err(|error| error.to_string())?,
    };
    let json = serde_json::from_slice(&bytes).map_err(|error| {
        format!("{plan} is not JSON ({error}): `terraform show -json PLANFILE` prints a plan that can be read")
    })?;
    diff.annotate(&json).map_err(|error| format!("{plan}: {error}"))
}

fn sides(comparison: &Comparison) -> Result<(Side, Side, String), String> {
    match (comparison.files.as_slice(), &comparison.against) {
        ([old, new], None) => {
            let (old, new) = (input::in_directory(old), input::in_directory(new));
            Ok((side(&old)?, side(&new)?, old.into_string()))
        }
        ([] | [_], against) => {
            let file = match comparison.files.first() {
                Some(file) => input::in_directory(file),
                None => input::found(),
            };
            let revision = against.as_deref().unwrap_or("HEAD");
            let old = git::side(&file, revision)?;
            let mut new = side(&file)?;
            if old.lock.is_some() && new.lock.is_none() {
                inform(&format!(
                    "{} does not exist, but {} does: compared as if all blocks and zones were assigned again\n",
                    new.lock_name, old.lock_name
                ));
                new.lock = fresh(&new.description);
            }
            Ok((old, new, revision.to_owned()))
        }
        _ => Err("`--against` compares one description with a revision; without it, name two".to_owned()),
    }
}

fn side(file: &Utf8Path) -> Result<Side, String> {
    input::side(file).map_err(|error| error.to_string())
}

/// The lock that a description gets that has none; nothing if it is not valid, which is reported later.
fn fresh(description: &Document) -> Option<Vec<u8>> {
    let compiled = compile(description.clone(), None).compiled?;
    Some(compiled.lock.text().into_bytes())
}
