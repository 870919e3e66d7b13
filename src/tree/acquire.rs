use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use same_file::Handle;

use super::files;

/// The directory, inside the user's, in which a run prepares files. It exists only during a run or after a killed one.
const WORK: &str = ".vpcgen";

/// The directories that a run creates in it. A killed run leaves them behind.
pub(super) const STAGED: [&str; 2] = ["new", "old"];

/// How long a run waits for another run.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a run retries when a directory that it created disappears: another run may remove it a few times, /proc always does.
const DIRECTORY_TIMEOUT: Duration = Duration::from_secs(1);

/// Exclusive access to a tree, a lock file, or both; released when dropped.
#[derive(Debug)]
pub struct Access {
    /// In the order in which they were acquired.
    held: Vec<Exclusive>,
    tree: Option<usize>,
    lock: Option<usize>,
}

/// A directory that only this run may change.
#[derive(Debug)]
pub(super) struct Exclusive {
    pub(super) dir: Utf8PathBuf,
    pub(super) work: Utf8PathBuf,
    /// The operating system releases this lock however the process ends.
    _lock: File,
    /// Dropped last, because a directory can be removed only when it is empty.
    _created: Created,
}

/// Waits until no other run is writing to the directory `tree` or to the lock file `lock`. Creates `tree` if missing.
///
/// Acquires both in the order of their real paths, so that two runs cannot deadlock.
///
/// # Errors
/// If another run does not finish in time, or if a directory is not writable. Nothing has changed in these cases.
pub fn acquire(tree: Option<&Utf8Path>, lock: Option<&Utf8Path>) -> Result<Access, String> {
    let unchanged = |error: String| format!("{error}; nothing has changed");
    let mut created = Created::default();
    if let Some(dir) = tree {
        created.create(dir).map_err(|error| unchanged(error.to_string()))?;
    }
    let lock = lock.map(files::parent);
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for (dir, is_tree) in tree.map(|dir| (dir, true)).into_iter().chain(lock.map(|dir| (dir, false))) {
        match fs_err::canonicalize(dir) {
            Ok(real) => match wanted.iter_mut().find(|known| known.real == real) {
                Some(both) => both.is_lock = true,
                None => wanted.push(Wanted { real, dir, is_tree, is_lock: !is_tree }),
            },
            // The command reports the missing directory when it reads the description.
            Err(error) if error.kind() == ErrorKind::NotFound && !is_tree => {}
            Err(error) => return Err(unchanged(error.to_string())),
        }
    }
    wanted.sort_by(|one, other| one.real.cmp(&other.real));
    let mut access = Access { held: Vec::new(), tree: None, lock: None };
    for Wanted { dir, is_tree, is_lock, .. } in wanted {
        let created = if is_tree { std::mem::take(&mut created) } else { Created::default() };
        let exclusive = match exclusive(dir, created) {
            Ok(exclusive) => exclusive,
            // Nobody can write a lock file there, so no exclusion is needed. If the lock has to change, that fails later.
            Err(error) if !is_tree && is_read_only(&error) => continue,
            Err(error) => return Err(unchanged(error.to_string())),
        };
        exclusive.clear().map_err(unchanged)?;
        let index = access.held.len();
        access.held.push(exclusive);
        access.tree = access.tree.or(is_tree.then_some(index));
        access.lock = access.lock.or(is_lock.then_some(index));
    }
    Ok(access)
}

/// A directory to acquire.
struct Wanted<'a> {
    real: PathBuf,
    dir: &'a Utf8Path,
    is_tree: bool,
    is_lock: bool,
}

impl Access {
    /// The directory of the tree.
    pub(super) fn tree(&self) -> Option<&Exclusive> {
        self.tree.and_then(|index| self.held.get(index))
    }

    /// The directory of the lock file; also `None` if it is read-only.
    pub(super) fn lock(&self) -> Option<&Exclusive> {
        self.lock.and_then(|index| self.held.get(index))
    }
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

impl Exclusive {
    /// Removes files prepared by this run or a killed one. Removes only vpcgen's own files, and links without following them.
    pub(super) fn clear(&self) -> Result<(), String> {
        for staged in STAGED {
            let path = self.work.join(staged);
            match fs_err::symlink_metadata(&path).and_then(|_| fs_err::remove_dir_all(&path)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.to_string()),
                _ => {}
            }
        }
        files::remove(&self.work.join("marker"))
    }
}

impl Drop for Exclusive {
    /// Removes everything that existed only for this run, except directories that are not empty.
    fn drop(&mut self) {
        // An error cannot be reported from here, and the next run cleans up.
        let _ = self.clear();
        let _ = std::fs::remove_file(self.work.join("lock"));
        let _ = std::fs::remove_dir(&self.work);
    }
}

/// Acquires the lock `.vpcgen/lock`. The run that held it before removes the file, so the locked file must still be in
/// place.
fn exclusive(dir: &Utf8Path, mut created: Created) -> io::Result<Exclusive> {
    let work = dir.join(WORK);
    let path = work.join("lock");
    let until = Instant::now() + LOCK_TIMEOUT;
    let mut gone_since = None;
    loop {
        let (error, until) = match attempt(dir, &work, &path, &mut created) {
            Ok(Some(file)) => return Ok(Exclusive { dir: dir.to_owned(), work, _lock: file, _created: created }),
            Ok(None) => {
                gone_since = None;
                (io::Error::other(format!("another vpcgen is writing into {dir}")), until)
            }
            // The other run removed the directory between two steps of this one.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let since = *gone_since.get_or_insert_with(Instant::now);
                (error, since + DIRECTORY_TIMEOUT)
            }
            Err(error) => return Err(error),
        };
        if Instant::now() > until {
            return Err(error);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Makes one attempt; `None` if another run holds the lock.
fn attempt(dir: &Utf8Path, work: &Utf8Path, path: &Utf8Path, created: &mut Created) -> io::Result<Option<File>> {
    created.create(dir)?;
    match fs_err::create_dir(work) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let in_the_way =
        |path, what| io::Error::other(format!("{path} is in the way: vpcgen needs {what} of that name; remove it"));
    // A link could point anywhere.
    if !fs_err::symlink_metadata(work)?.is_dir() {
        return Err(in_the_way(work, "a directory"));
    }
    let mut options = fs_err::OpenOptions::new();
    let file = match options.write(true).create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if !fs_err::symlink_metadata(path)?.is_file() {
                return Err(in_the_way(path, "a file"));
            }
            fs_err::OpenOptions::new().write(true).open(path)?
        }
        opened => opened?,
    };
    let file = file.into_parts().0;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(io::Error::other(format!("{path}: {error}"))),
    }
    let in_place = Handle::from_path(path)? == Handle::from_file(file.try_clone()?)?;
    Ok(in_place.then_some(file))
}

/// Directories that this run created, outermost first. Those that are empty are removed again on drop.
#[derive(Debug, Default)]
struct Created(Vec<Utf8PathBuf>);

impl Created {
    /// Creates a directory and its missing parents.
    fn create(&mut self, dir: &Utf8Path) -> io::Result<()> {
        let missing: Vec<_> = dir.ancestors().take_while(|above| *above != "" && !above.exists()).collect();
        for directory in missing.into_iter().rev() {
            match fs_err::create_dir(directory) {
                Ok(()) if !self.0.iter().any(|known| known == directory) => self.0.push(directory.to_owned()),
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Drop for Created {
    fn drop(&mut self) {
        for directory in self.0.iter().rev() {
            let _ = std::fs::remove_dir(directory);
        }
    }
}
