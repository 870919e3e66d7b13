//! From a description and the lock beside it to a compiled cluster, and to the change that its lock's file needs.

use camino::{Utf8Path, Utf8PathBuf};

use super::input::Compiling;
use super::{Exit, Input, tell};
use crate::compile::{Compiled, LockPolicy};
use crate::tree::Change;

/// A compiled cluster, and what has to change in its lock's file.
pub(super) struct Planned {
    pub(super) compiled: Compiled,
    pub(super) change: Option<Change>,
}

/// Compiles. Problems are told; without a cluster the exit status says why.
pub(super) fn planned(input: &Input, policy: LockPolicy) -> Result<Planned, Exit> {
    let Compiling { outcome, lock_bytes } = input.compile(policy)?;
    tell(&outcome.reports());
    let compiled = outcome.compiled.ok_or(Exit::Error)?;
    let outdated = compiled.out_of_date.is_some();
    let change = input.lock().filter(|_| outdated).map(|path| Change {
        path: path.into_string(),
        before: lock_bytes,
        after: Some(compiled.lock.text()),
    });
    Ok(Planned { compiled, change })
}

/// The change as seen from a folder: by its name alone if the lock lies in it, else by its whole path.
pub(super) fn seen_from(change: Change, dir: &Utf8Path) -> Result<Change, String> {
    let path = Utf8PathBuf::from(&change.path);
    let folder = match path.parent() {
        Some(parent) if parent != "" => parent,
        _ => Utf8Path::new("."),
    };
    let real = |path: &Utf8Path| path.canonicalize_utf8().map_err(|error| format!("{path}: {error}"));
    let (lock, name) = (real(folder)?, path.file_name().unwrap_or_default());
    let inside = real(dir).is_ok_and(|dir| dir == lock);
    let path = if inside { name.to_owned() } else { lock.join(name).into_string() };
    Ok(Change { path, ..change })
}
