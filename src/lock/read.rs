use serde::Deserialize;

use super::file::File;
use super::locate::locate;
use super::write::VERSION;
use super::{Lock, entries};
use crate::diag::{Code, Diagnostic, Report};
use crate::source::{Source, Span};

/// Several times the size of a lock with 5,000 machines and all the blocks they ever left.
pub const MOST_BYTES: usize = 8 << 20;

/// The versions of the format that are read. Version 1 knew blocks and zones only, version 2 no settings of machines.
const READABLE: std::ops::RangeInclusive<u64> = 1..=VERSION;

/// Reads a lock. If anything is wrong with it, that is reported and there is no lock: one that is not understood is neither used
/// nor overwritten.
pub fn read(name: &str, bytes: Vec<u8>, report: &mut Report) -> (Source, Option<Lock>) {
    let text = match String::from_utf8(bytes) {
        Ok(text) if text.len() <= MOST_BYTES => text,
        Ok(_) => {
            report.push(foreign(format!("not a vpcgen lock file: it has more than {} MiB", MOST_BYTES >> 20)));
            return (Source::new(name, ""), None);
        }
        Err(_) => {
            report.push(foreign("not a vpcgen lock file: it is not UTF-8 text".to_owned()));
            return (Source::new(name, ""), None);
        }
    };
    let source = Source::new(name, text);
    let lock = match serde_json::from_str::<File<'_>>(&source.text) {
        Ok(file) if !READABLE.contains(&file.version) => {
            report.push(version(file.version, &source));
            None
        }
        Ok(file) if file.version > 1 && file.cluster.is_none() => {
            report.push(
                foreign("not a vpcgen lock file: missing field `cluster`".to_owned())
                    .at(&locate(&source, &["version"]), "required since version 2"),
            );
            None
        }
        Ok(file) => entries::check(&file, &source, report),
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
        && !READABLE.contains(&other)
    {
        return version(other, source);
    }
    if let Some(at) =
        ["<<<<<<<", "=======", ">>>>>>>"].iter().filter_map(|mark| line(mark, source)).min_by_key(|s| s.start)
    {
        return Diagnostic::error(Code::LockUnreadable, "unresolved merge conflict in the lock")
            .at(&at, "a conflict marker")
            .help("keep the lines of both sides and run `vpcgen validate`, which reports those that conflict");
    }
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let at = place(error, source);
    if error.is_data() {
        let help = "restore it from Git; if another tool wrote it, move it away: vpcgen never overwrites it";
        return foreign(format!("not a vpcgen lock file: {message}")).at(&at, "").help(help);
    }
    foreign(format!("the lock is not valid JSON: {message}")).at(&at, "")
}

fn foreign(message: String) -> Diagnostic {
    Diagnostic::error(Code::LockUnreadable, message)
        .help("restore it from Git; vpcgen never overwrites a lock that it cannot read")
}

fn version(found: u64, source: &Source) -> Diagnostic {
    let message = format!("the lock has format version {found}; this vpcgen reads versions 1 to {VERSION}");
    Diagnostic::error(Code::LockVersion, message).at(&locate(source, &["version"]), "").help(if found > VERSION {
        "a newer vpcgen wrote it: use that one, or restore an older lock from Git"
    } else {
        "restore it from Git; no vpcgen wrote that version"
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
