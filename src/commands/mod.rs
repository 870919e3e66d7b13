//! One verb per file, and what they share: reading the input, talking to the user.

mod boot_size;
mod exit;
mod explain;
mod init;
mod input;
mod preset;
mod render;
mod validate;

pub(crate) use exit::Exit;
pub(crate) use explain::explain;
pub(crate) use init::init;
pub(crate) use input::Input;
pub(crate) use preset::Preset;
pub(crate) use render::{check, render, write};
pub(crate) use validate::{Format, validate};

use std::io::Write as _;

use crate::diag::{Report, draw};
use crate::source::Source;

/// Talk goes to standard error, with colour only where a terminal listens.
fn say(text: &str) {
    // Nobody left to tell if this fails.
    let _ = write!(anstream::stderr(), "{text}");
}

/// A report, drawn, and where to read more.
fn tell(report: &Report, source: &Source) {
    say(&draw(report, source));
    if let Some(first) = report.sorted().first() {
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
