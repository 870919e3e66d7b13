use std::collections::BTreeSet;
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};

use super::acquire::{Access, Exclusive, STAGED};
use super::{Change, files, marker};

/// Makes the changes of a lock and of a tree: all of them, or none. They must come from a comparison after `access` was
/// acquired.
///
/// # Errors
/// What could not be written. Nothing has changed then, unless the message says so.
pub fn apply(lock: Option<&Change>, tree: &[Change], access: &Access) -> Result<(), String> {
    let nothing = |error: String| format!("{error}; nothing has changed");
    let moves = stage(lock, tree, access).map_err(nothing)?;
    // The marker of an earlier run stays until the tree is whole.
    let marked = tree.iter().any(|change| change.path == marker::NAME);
    let held = access.tree().filter(|_| !tree.is_empty());
    if let Some(held) = held
        && !marked
        && let Err(error) = marker::place(held)
    {
        marker::remove(held).map_err(|also| format!("{error}; {also}; run vpcgen again"))?;
        return Err(nothing(error));
    }
    if let Err((error, failed)) = forward(&moves) {
        back(&moves, failed)
            .map_err(|also| format!("{error}; {also}; some files are already new: fix that, then run vpcgen again"))?;
        if let Some(held) = held.filter(|_| !marked) {
            marker::remove(held).map_err(|also| format!("{error}; {also}; run vpcgen again"))?;
        }
        return Err(nothing(error));
    }
    held.map_or(Ok(()), marker::remove).map_err(|error| format!("{error}; run vpcgen again"))
}

/// One file to write or to remove.
struct Move {
    target: Utf8PathBuf,
    /// The new file; `None`: the old one is removed.
    new: Option<Utf8PathBuf>,
    /// A copy of the old file; `None`: there is none.
    old: Option<Utf8PathBuf>,
    /// A directory that has to be created for it.
    directory: Option<Utf8PathBuf>,
}

/// Everything that will be needed is on the disk before anything changes. The lock comes first: a tree must never be ahead of it.
fn stage(lock: Option<&Change>, tree: &[Change], access: &Access) -> Result<Vec<Move>, String> {
    let mut moves = Vec::new();
    if let Some(change) = lock {
        let held = access.lock().ok_or_else(|| format!("{}: the directory is read-only", change.path))?;
        let path = Utf8Path::new(&change.path);
        moves.extend(stage_all(held, [(behind_link(path, change)?, change)])?);
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
        // A tree and its lock may share the directory.
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

/// The file that a lock's path leads to: a lock that is a symbolic link stays one.
fn behind_link(path: &Utf8Path, change: &Change) -> Result<Utf8PathBuf, String> {
    let is_link = fs_err::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
    if !is_link {
        return Ok(path.to_owned());
    }
    // What a dangling link leads to has never been read, so it is not known to be a lock.
    let Some(before) = &change.before else {
        return Err(format!(
            "{path} is a symbolic link to a file that does not exist: create that file, or remove the link"
        ));
    };
    let target = path.canonicalize_utf8().map_err(|error| format!("{path}: {error}"))?;
    // Another directory's runs may write it too, and they are not excluded.
    if fs_err::read(&target).map_err(|error| error.to_string())? == *before {
        Ok(target)
    } else {
        Err(format!("{path} has changed in the meantime: run vpcgen again"))
    }
}

/// To the new files. An error comes with the number of the move that failed.
fn forward(moves: &[Move]) -> Result<(), (String, usize)> {
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

/// Back to the old files. What was not reached stays as it is: perhaps its directory is read-only.
fn back(moves: &[Move], failed: usize) -> Result<(), String> {
    for Move { target, new, old, directory } in moves.iter().take(failed + 1).rev() {
        match (old, new) {
            (Some(old), _) if !files::same(old, target) => files::replace(old, target)?,
            // Not moved: what is there, if anything, is somebody else's; unless it was copied from another file system.
            (None, Some(new)) if !new.exists() || files::same(new, target) => files::remove(target)?,
            _ => {}
        }
        if let Some(directory) = directory {
            // It stays if something else is in it by now.
            let _ = std::fs::remove_dir(directory);
        }
    }
    sync(moves)
}

fn sync(moves: &[Move]) -> Result<(), String> {
    let directories: BTreeSet<_> = moves.iter().map(|one| files::parent(&one.target)).collect();
    directories.into_iter().filter(|directory| directory.exists()).try_for_each(files::sync_directory)
}
