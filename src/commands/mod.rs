//! One command per file, and the code they share: reading input and printing output.

mod completions;
mod diff;
mod exit;
mod expand;
mod explain;
mod git;
mod graph;
mod import;
mod init;
mod input;
mod level;
mod lock;
mod manual;
mod next;
mod planned;
mod preflight;
mod preset;
mod ranges;
mod render;
mod schema;
mod upgrade;
mod validate;

pub(crate) use completions::completions;
pub(crate) use diff::{Comparison, DiffFormat, FailOn, diff};
pub(crate) use exit::Exit;
pub(crate) use expand::expand;
pub(crate) use explain::explain;
pub(crate) use graph::{GraphFormat, graph};
pub(crate) use import::import;
pub(crate) use init::init;
pub(crate) use input::Input;
pub(crate) use level::{allowed, denied, levels};
pub(crate) use lock::lock;
pub(crate) use manual::manual;
pub(crate) use preflight::preflight;
pub(crate) use preset::Preset;
pub(crate) use ranges::{PlanFormat, ranges};
pub(crate) use render::{Target, check, render, write};
pub(crate) use schema::schema;
pub(crate) use upgrade::upgrade;
pub(crate) use validate::{Format, validate};

use std::io::Write as _;

use crate::diag::{Report, draw};
use crate::sanitize;
use crate::source::Source;

/// Prints a message to standard error.
fn inform(text: &str) {
    // If this fails, there is nowhere left to report it.
    let _ = std::io::stderr().write_all(sanitize::text(text).as_bytes());
}

/// Prints the diagnostics of several files to standard error, in colour only on a terminal, and how to get more details.
fn report(reports: &[(&Report, &Source)]) {
    for (report, source) in reports {
        let drawn = draw(report, source);
        // Without colours, anstream would write each stretch between two of them on its own.
        let _ = match anstream::AutoStream::choice(&std::io::stderr()) {
            anstream::ColorChoice::Never => {
                std::io::stderr().write_all(anstream::adapter::strip_str(&drawn).to_string().as_bytes())
            }
            _ => anstream::stderr().write_all(drawn.as_bytes()),
        };
    }
    let all = reports.iter().flat_map(|(report, _)| report.sorted());
    if let Some(first) = all.min_by_key(|diagnostic| diagnostic.severity) {
        inform(&format!("for details, run `vpcgen explain {}`\n", first.code));
    }
}

/// Prints a one-line error that is not about the content of a description.
pub(crate) fn fail(what: impl std::fmt::Display) -> Exit {
    inform(&format!("error: {what}\n"));
    Exit::Error
}

/// Prints to standard output. A reader that closes the pipe early (`| head`) is not an error.
fn print(text: &str) -> Exit {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => fail(format_args!("standard output: {error}")),
        _ => Exit::Done,
    }
}
