use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use same_file::Handle;

use super::{record, write};

/// The folder inside the user's where files are made ready. It exists only while a run lasts, or after a killed one.
const WORK: &str = ".vpcgen";

/// How long a run waits for another one.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it makes folders that are gone again at once: another run may do that a few times, a folder like /proc always.
const PATIENCE_WITH_FOLDERS: Duration = Duration::from_secs(1);

/// A folder that this run alone may change; free again when dropped.
#[derive(Debug)]
pub struct Held {
    pub(super) dir: Utf8PathBuf,
    pub(super) work: Utf8PathBuf,
    /// Folders that did not exist before, outermost first.
    made: Vec<Utf8PathBuf>,
    /// The operating system's lock goes with it, however the process ends.
    _lock: File,
}

/// Waits until no other run writes into `dir`, which is made if need be, and finishes or undoes one that was killed.
///
/// # Errors
/// Another run that does not come to an end, a folder that cannot be written, or one that an interrupted run left in a state
/// that cannot be mended.
pub fn hold(dir: &Utf8Path) -> Result<Held, String> {
    let dir = if dir == "" { Utf8Path::new(".") } else { dir };
    let work = dir.join(WORK);
    let mut made = Vec::new();
    let lock = lock(dir, &work, &mut made).map_err(|error| {
        unmake(&made);
        format!("{error}; nothing has changed")
    })?;
    let held = Held { dir: dir.to_owned(), work, made, _lock: lock };
    write::recover(&held)?;
    Ok(held)
}

/// Finishes or undoes what a killed run left in `dir`. Without such a run nothing is written, not even for a moment.
///
/// # Errors
/// As [`hold`].
pub fn settle(dir: &Utf8Path) -> Result<(), String> {
    let left = |name: &str| dir.join(name).symlink_metadata().is_ok();
    if left(WORK) || left(record::NAME) { hold(dir).map(drop) } else { Ok(()) }
}

impl Drop for Held {
    /// Leaves nothing behind that was there only for this run; what is not empty stays.
    fn drop(&mut self) {
        // Nobody is left to tell, and the next run clears up.
        let _ = std::fs::remove_file(self.work.join("lock"));
        let _ = std::fs::remove_dir(&self.work);
        unmake(&self.made);
    }
}

fn unmake(made: &[Utf8PathBuf]) {
    for folder in made.iter().rev() {
        let _ = std::fs::remove_dir(folder);
    }
}

/// The lock on `.vpcgen/lock`. Whoever had it before removes the file, so the one that was locked must still be in place.
fn lock(dir: &Utf8Path, work: &Utf8Path, made: &mut Vec<Utf8PathBuf>) -> Result<File, String> {
    let path = work.join("lock");
    let until = Instant::now() + PATIENCE;
    let mut gone_since = None;
    loop {
        let (error, until) = match attempt(dir, work, &path, made) {
            Ok(Some(file)) => return Ok(file),
            Ok(None) => {
                gone_since = None;
                (format!("another vpcgen is writing into {dir}"), until)
            }
            // The other run has removed the folder between two steps of ours.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let since = *gone_since.get_or_insert_with(Instant::now);
                (error.to_string(), since + PATIENCE_WITH_FOLDERS)
            }
            Err(error) => return Err(error.to_string()),
        };
        if Instant::now() > until {
            return Err(error);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// One attempt; `None`: it is taken.
fn attempt(dir: &Utf8Path, work: &Utf8Path, path: &Utf8Path, made: &mut Vec<Utf8PathBuf>) -> io::Result<Option<File>> {
    make(dir, made)?;
    match fs_err::create_dir(work) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // A link could lead anywhere.
    if !fs_err::symlink_metadata(work)?.is_dir() {
        return Err(io::Error::other(format!("{work} is in the way: vpcgen needs a folder of that name")));
    }
    let file = fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(path)?.into_parts().0;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(io::Error::other(format!("{path}: {error}"))),
    }
    let in_place = Handle::from_path(path)? == Handle::from_file(file.try_clone()?)?;
    Ok(in_place.then_some(file))
}

/// Makes a folder and those above it, and notes which.
fn make(dir: &Utf8Path, made: &mut Vec<Utf8PathBuf>) -> io::Result<()> {
    let missing: Vec<_> = dir.ancestors().take_while(|above| *above != "" && !above.exists()).collect();
    for folder in missing.into_iter().rev() {
        match fs_err::create_dir(folder) {
            Ok(()) if !made.iter().any(|made| made == folder) => made.push(folder.to_owned()),
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
