use std::collections::BTreeSet;
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};

use super::acquire::{Access, Exclusive, STAGED};
use super::{Change, files, marker};

/// Applies all changes to a lock and a tree, or none of them. They must come from a comparison that was made after acquiring
/// `access`.
///
/// # Errors
/// If something cannot be written. Nothing has changed in this case, unless the message says otherwise.
pub fn apply(lock: Option<&Change>, tree: &[Change], access: &Access) -> Result<(), String> {
    let unchanged = |error: String| format!("{error}; nothing has changed");
    let moves = stage(lock, tree, access).map_err(unchanged)?;
    // The marker of an earlier run stays until the tree is complete.
    let marked = tree.iter().any(|change| change.path == marker::NAME);
    let held = access.tree().filter(|_| !tree.is_empty());
    if let Some(held) = held
        && !marked
        && let Err(error) = marker::place(held)
    {
        marker::remove(held).map_err(|also| format!("{error}; {also}; run vpcgen again"))?;
        return Err(unchanged(error));
    }
    if let Err((error, failed)) = move_all(&moves) {
        restore(&moves, failed).map_err(|also| {
            format!("{error}; {also}; some files have already been replaced: fix that, then run vpcgen again")
        })?;
        if let Some(held) = held.filter(|_| !marked) {
            marker::remove(held).map_err(|also| format!("{error}; {also}; run vpcgen again"))?;
        }
        return Err(unchanged(error));
    }
    held.map_or(Ok(()), marker::remove).map_err(|error| format!("{error}; run vpcgen again"))
}

/// One file to write or to remove.
struct Move {
    target: Utf8PathBuf,
    /// The new file; `None` to remove the old one.
    new: Option<Utf8PathBuf>,
    /// A copy of the old file; `None` if it does not exist.
    old: Option<Utf8PathBuf>,
    /// The directory to create for it, if missing.
    directory: Option<Utf8PathBuf>,
}

/// Writes all new files and backups to disk before anything changes. The lock comes first: a tree must never be ahead of it.
fn stage(lock: Option<&Change>, tree: &[Change], access: &Access) -> Result<Vec<Move>, String> {
    let mut moves = Vec::new();
    if let Some(change) = lock {
        let held = access.lock().ok_or_else(|| format!("{}: the directory is read-only", change.path))?;
        let path = Utf8Path::new(&change.path);
        moves.extend(stage_all(held, [(resolve_link(path, change)?, change)])?);
    }
    let changes = tree.iter().filter(|change| change.path != marker::NAME);
    if let Some(held) = access.tree() {
        moves.extend(stage_all(held, changes.map(|change| (held.dir.join(&change.path), change)))?);
    }
    Ok(moves)
}

fn stage_all<'a>(
    held: &Exclusive,
    changes: impl IntoIterator<Item = (Utf8PathBuf, &'a Change)>,
) -> Result<Vec<Move>, String> {
    let mut moves = Vec::new();
    let mut changes = changes.into_iter().peekable();
    if changes.peek().is_none() {
        return Ok(moves);
    }
    let [new, old] = STAGED.map(|staged| held.work.join(staged));
    for directory in [&new, &old] {
        match fs_err::create_dir(directory) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.to_string()),
            _ => {}
        }
    }
    let write = |directory: &Utf8Path, name: &str, bytes: &[u8]| {
        let path = directory.join(name);
        files::write(&path, bytes).map(|()| path)
    };
    for (number, (target, change)) in changes.enumerate() {
        // A tree and its lock may share a directory.
        let name = format!("{}.{number}", target.file_name().unwrap_or_default());
        let directory = files::parent(&target);
        moves.push(Move {
            new: change.after.as_deref().map(|text| write(&new, &name, text.as_bytes())).transpose()?,
            old: change.before.as_deref().map(|bytes| write(&old, &name, bytes)).transpose()?,
            directory: (!directory.exists()).then(|| directory.to_owned()),
            target,
        });
    }
    files::sync_directory(&new)?;
    files::sync_directory(&old)?;
    Ok(moves)
}

/// Follows a lock that is a symbolic link to its target, so that the link is kept.
fn resolve_link(path: &Utf8Path, change: &Change) -> Result<Utf8PathBuf, String> {
    let is_link = fs_err::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
    if !is_link {
        return Ok(path.to_owned());
    }
    // The target of a dangling link was never read, so nothing proves that it is a lock.
    let Some(before) = &change.before else {
        return Err(format!(
            "{path} is a symbolic link to a file that does not exist: create that file, or remove the link"
        ));
    };
    let target = path.canonicalize_utf8().map_err(|error| format!("{path}: {error}"))?;
    // Runs in another directory may write the target too, and this run does not exclude them.
    if fs_err::read(&target).map_err(|error| error.to_string())? == *before {
        Ok(target)
    } else {
        Err(format!("{path} changed in the meantime: run vpcgen again"))
    }
}

/// Moves the new files into place. An error contains the index of the move that failed.
fn move_all(moves: &[Move]) -> Result<(), (String, usize)> {
    for (number, Move { target, new, directory, .. }) in moves.iter().enumerate() {
        let created = directory.as_ref().map_or(Ok(()), |directory| match fs_err::create_dir(directory) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.to_string()),
            _ => Ok(()),
        });
        let moved = created.and_then(|()| match new {
            Some(new) => files::replace(new, target),
            None => files::remove(target),
        });
        moved.map_err(|error| (error, number))?;
    }
    sync(moves).map_err(|error| (error, moves.len()))
}

/// Restores the old files. Does not touch files that were never moved, because their directory may be read-only.
fn restore(moves: &[Move], failed: usize) -> Result<(), String> {
    for Move { target, new, old, directory } in moves.iter().take(failed + 1).rev() {
        match (old, new) {
            (Some(old), _) if !files::same(old, target) => files::replace(old, target)?,
            // If the new file was never moved, the target is not ours, unless it is a copy from another file system.
            (None, Some(new)) if !new.exists() || files::same(new, target) => files::remove(target)?,
            _ => {}
        }
        if let Some(directory) = directory {
            // Fails, as intended, if the directory now contains something else.
            let _ = std::fs::remove_dir(directory);
        }
    }
    sync(moves)
}

fn sync(moves: &[Move]) -> Result<(), String> {
    let directories: BTreeSet<_> = moves.iter().map(|one| files::parent(&one.target)).collect();
    directories.into_iter().filter(|directory| directory.exists()).try_for_each(files::sync_directory)
}
