//! One verb per file, and what they share: reading the input, talking to the user.

mod completions;
mod exit;
mod explain;
mod init;
mod input;
mod lock;
mod manual;
mod planned;
mod preset;
mod ranges;
mod render;
mod schema;
mod validate;

pub(crate) use completions::completions;
pub(crate) use exit::Exit;
pub(crate) use explain::explain;
pub(crate) use init::init;
pub(crate) use input::Input;
pub(crate) use lock::lock;
pub(crate) use manual::manual;
pub(crate) use preset::Preset;
pub(crate) use ranges::{PlanFormat, ranges};
pub(crate) use render::{Target, check, render, write};
pub(crate) use schema::schema;
pub(crate) use validate::{Format, validate};

use std::io::Write as _;

use crate::diag::{Report, draw};
use crate::source::Source;
use crate::visible;

/// Talk goes to standard error.
fn say(text: &str) {
    // Nobody left to tell if this fails.
    let _ = std::io::stderr().write_all(visible::text(text).as_bytes());
}

/// What there is to say about some files goes there too, with colour only where a terminal listens, and where to read more.
fn tell(reports: &[(&Report, &Source)]) {
    for (report, source) in reports {
        let _ = write!(anstream::stderr(), "{}", draw(report, source));
    }
    if let Some(first) =
        reports.iter().flat_map(|(report, _)| report.sorted()).min_by_key(|diagnostic| diagnostic.severity)
    {
        say(&format!("`vpcgen explain {}` says more\n", first.code));
    }
}

/// One line of trouble with the surroundings, not with the description.
fn fail(what: impl std::fmt::Display) -> Exit {
    say(&format!("error: {what}\n"));
    Exit::Error
}

/// Output goes to standard output. A reader that has gone away (`| head`) is no error.
fn print(text: &str) -> Exit {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => fail(format_args!("standard output: {error}")),
        _ => Exit::Done,
    }
}
