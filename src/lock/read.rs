use serde::Deserialize;

use super::file::File;
use super::write::VERSION;
use super::{Lock, entries};
use crate::diag::{Code, Diagnostic, Report};
use crate::source::{Source, Span};

/// Several times what 5,000 machines and every block they ever left take.
pub const MOST_BYTES: usize = 8 << 20;

/// Reads a lock. Whatever is wrong with it is reported, and then there is none: a lock that is not understood is never used
/// and never overwritten.
pub fn read(name: &str, bytes: Vec<u8>, report: &mut Report) -> (Source, Option<Lock>) {
    let text = match String::from_utf8(bytes) {
        Ok(text) if text.len() <= MOST_BYTES => text,
        Ok(_) => {
            report.push(foreign(format!("this has more than {MOST_BYTES} bytes; a lock never has")));
            return (Source::new(name, ""), None);
        }
        Err(_) => {
            report.push(foreign("this is not text".to_owned()));
            return (Source::new(name, ""), None);
        }
    };
    let source = Source::new(name, text);
    let lock = match serde_json::from_str::<File<'_>>(&source.text) {
        Ok(file) if file.version == VERSION => entries::check(&file, &source, report),
        Ok(file) => {
            report.push(version(file.version, &source));
            None
        }
        Err(error) => {
            report.push(refusal(&error, &source));
            None
        }
    };
    (source, lock)
}

fn refusal(error: &serde_json::Error, source: &Source) -> Diagnostic {
    // Another version may have other keys.
    #[derive(Deserialize)]
    struct Version {
        version: u64,
    }
    if let Ok(Version { version: other }) = serde_json::from_str(&source.text)
        && other != VERSION
    {
        return version(other, source);
    }
    if let Some(at) =
        ["<<<<<<<", "=======", ">>>>>>>"].iter().filter_map(|mark| line(mark, source)).min_by_key(|s| s.start)
    {
        return Diagnostic::error(Code::LockUnreadable, "a merge in the lock is not finished")
            .at(&at, "Git's mark")
            .help("keep the lines of both sides and run `vpcgen validate`: it says which of them are at odds");
    }
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let at = place(error, source);
    if error.is_data() {
        let help = "take it back out of Git; if another tool wrote it, move it away: vpcgen never overwrites it";
        return foreign(format!("this is no lock of vpcgen: {message}")).at(&at, "").help(help);
    }
    foreign(format!("the lock is not JSON: {message}")).at(&at, "")
}

fn foreign(message: String) -> Diagnostic {
    Diagnostic::error(Code::LockUnreadable, message)
        .help("take it back out of Git; vpcgen never overwrites a lock that it does not understand")
}

fn version(found: u64, source: &Source) -> Diagnostic {
    let message = format!("the lock is of version {found}; this vpcgen knows version {VERSION}");
    let at = source.text.find("\"version\"").map(|at| at..at + "\"version\"".len());
    Diagnostic::error(Code::LockVersion, message).at(&at.unwrap_or(0..0), "").help(if found > VERSION {
        "a newer vpcgen wrote it: use that one, or take an older lock out of Git"
    } else {
        "take it back out of Git; vpcgen never wrote that version"
    })
}

/// The first line that begins with this.
fn line(mark: &str, source: &Source) -> Option<Span> {
    let at = if source.text.starts_with(mark) { 0 } else { source.text.find(&format!("\n{mark}"))? + 1 };
    Some(at..at + mark.len())
}

/// serde_json counts lines from 1 and columns in bytes.
fn place(error: &serde_json::Error, source: &Source) -> Span {
    let start: usize = source.text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = start + error.column().saturating_sub(1);
    source.clamp(&(at..at + 1))
}
