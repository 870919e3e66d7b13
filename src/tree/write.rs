use std::collections::BTreeSet;
use std::io::ErrorKind;

use camino::Utf8Path;

use super::record::{Entry, Record};
use super::{Change, Held, moves};

/// Folders in `.vpcgen`: files to come, copies of those they replace, and the first again once the old tree is wanted back.
const NEW: &str = "new";
const OLD: &str = "old";
const DROPPED: &str = "dropped";

/// Makes the changes: all of them, or none. They must be from a comparison since the folder is held.
///
/// A change's path is as seen from the folder. A lock may lie outside (`../cluster.lock.json`), on another file system too.
///
/// # Errors
/// What could not be written. The folder is then as it was.
pub fn apply(changes: &[Change], held: &Held) -> Result<(), String> {
    let record = Record::new(changes, &held.dir)?;
    if let Err(error) = stage(changes, held).and_then(|()| record.commit(held)) {
        // Nothing has been moved yet: without the record, nothing will be.
        Record::remove(held).map_err(|also| format!("{error}; {also}; run vpcgen again"))?;
        // What cannot be cleared now, the next run will clear.
        let _ = clear(held);
        return Err(format!("{error}; nothing has changed"));
    }
    match finish(&record, held)? {
        Ended::New => Ok(()),
        Ended::Old(error) => Err(format!("{error}; nothing has changed")),
    }
}

/// Ends what a killed run began.
pub(super) fn recover(held: &Held) -> Result<(), String> {
    match Record::read(&held.dir)? {
        // One tree or the other: both are whole.
        Some(record) => finish(&record, held).map(drop),
        None => clear(held),
    }
}

/// Everything that will be needed is on the disk before anything changes.
fn stage(changes: &[Change], held: &Held) -> Result<(), String> {
    for folder in [NEW, OLD] {
        fs_err::create_dir(held.work.join(folder)).map_err(|error| error.to_string())?;
    }
    for (number, change) in changes.iter().enumerate() {
        if let Some(text) = &change.after {
            moves::write(&numbered(held, NEW, number), text.as_bytes())?;
        }
        if let Some(bytes) = &change.before {
            moves::write(&numbered(held, OLD, number), bytes)?;
        }
    }
    [NEW, OLD].iter().try_for_each(|folder| moves::sync_folder(&held.work.join(folder)))
}

enum Ended {
    New,
    /// And why.
    Old(String),
}

/// With the record in place: on to the new tree, or back to the old one where that fails or was decided already.
fn finish(record: &Record, held: &Held) -> Result<Ended, String> {
    let there = |folder: &str| held.work.join(folder).exists();
    let ended = if there(DROPPED) {
        Ended::Old("an interrupted run has been undone".to_owned())
    } else if there(NEW) {
        forward(record, held).map_or_else(Ended::Old, |()| Ended::New)
    } else {
        let record = held.dir.join(super::record::NAME);
        return Err(format!("{record} speaks of files that are gone; delete it, then run vpcgen again"));
    };
    if let Ended::Old(why) = &ended {
        let between =
            |error| format!("{why}; {error}; some files are already the new ones: mend that, run vpcgen again");
        back(record, held).map_err(between)?;
    }
    Record::remove(held).map_err(|error| format!("{error}; run vpcgen again"))?;
    // What cannot be cleared now, the next run will clear.
    let _ = clear(held);
    Ok(ended)
}

/// To the new tree. Any number of times: what is no longer in `new` has been moved.
fn forward(record: &Record, held: &Held) -> Result<(), String> {
    for folder in &record.moves.folders {
        match fs_err::create_dir(held.dir.join(folder)) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.to_string()),
            _ => {}
        }
    }
    for (number, entry) in record.moves.files.iter().enumerate() {
        let (new, target) = (numbered(held, NEW, number), held.dir.join(&entry.path));
        if !entry.after {
            moves::remove(&target)?;
        } else if new.exists() {
            moves::replace(&new, &target)?;
        }
    }
    sync(&record.moves.files, held)
}

/// To the old tree, once and for all: `new` changes its name first, so that nobody goes forward again.
fn back(record: &Record, held: &Held) -> Result<(), String> {
    if !held.work.join(DROPPED).exists() {
        fs_err::rename(held.work.join(NEW), held.work.join(DROPPED)).map_err(|error| error.to_string())?;
        moves::sync_folder(&held.work)?;
    }
    for (number, entry) in record.moves.files.iter().enumerate() {
        let (old, new) = (numbered(held, OLD, number), numbered(held, DROPPED, number));
        let target = held.dir.join(&entry.path);
        if !entry.before {
            moves::remove(&moves::beside(&target))?;
            // Still waiting, so what is there, if anything, is not ours; unless it was copied from another file system.
            if !new.exists() || same(&new, &target) {
                moves::remove(&target)?;
            }
        } else if old.exists() && !same(&old, &target) {
            // What was not touched stays so: perhaps its folder is what is read-only.
            moves::replace(&old, &target)?;
        }
    }
    for folder in &record.moves.folders {
        // It stays if something else is in it by now.
        let _ = std::fs::remove_dir(held.dir.join(folder));
    }
    sync(&record.moves.files, held)
}

/// Whether both are there with the same bytes.
fn same(one: &Utf8Path, other: &Utf8Path) -> bool {
    matches!((std::fs::read(one), std::fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

fn sync(files: &[Entry], held: &Held) -> Result<(), String> {
    let folders: BTreeSet<_> =
        files.iter().map(|entry| moves::parent(&held.dir.join(&entry.path)).to_owned()).collect();
    folders.iter().filter(|folder| folder.exists()).try_for_each(|folder| moves::sync_folder(folder))
}

/// Removes what was made ready. Only what is vpcgen's own: a link is removed, not followed.
fn clear(held: &Held) -> Result<(), String> {
    for folder in [NEW, OLD, DROPPED] {
        match fs_err::remove_dir_all(held.work.join(folder)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.to_string()),
            _ => {}
        }
    }
    moves::remove(&held.work.join("record"))
}

fn numbered(held: &Held, folder: &str, number: usize) -> camino::Utf8PathBuf {
    held.work.join(folder).join(number.to_string())
}
