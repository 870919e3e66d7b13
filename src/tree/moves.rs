//! Single steps on files, each whole or not at all, with errors that name the file.

use std::io::{self, ErrorKind, Write as _};

use camino::{Utf8Path, Utf8PathBuf};

/// Writes a new file, durably.
pub(super) fn write(path: &Utf8Path, bytes: &[u8]) -> Result<(), String> {
    let write = || -> io::Result<()> {
        let mut file = fs_err::File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| error.to_string())
}

/// Moves a file over another one, also from one file system to another. To be repeated if it was interrupted: `from` is gone
/// only when it is done.
pub(super) fn replace(from: &Utf8Path, to: &Utf8Path) -> Result<(), String> {
    match fs_err::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            let bytes = fs_err::read(from).map_err(|error| error.to_string())?;
            let copy = beside(to);
            let moved = write(&copy, &bytes)
                .and_then(|()| fs_err::rename(&copy, to).map_err(|error| error.to_string()))
                .and_then(|()| sync_folder(parent(to)));
            if let Err(error) = moved {
                remove(&copy)?;
                return Err(error);
            }
            remove(from)
        }
        moved => moved.map_err(|error| error.to_string()),
    }
}

/// Where a file waits that comes from another file system.
pub(super) fn beside(path: &Utf8Path) -> Utf8PathBuf {
    path.with_file_name(format!(".{}.vpcgen", path.file_name().unwrap_or_default()))
}

/// Removes a file; one that is not there is removed already.
pub(super) fn remove(path: &Utf8Path) -> Result<(), String> {
    // Asked first, because a read-only file system refuses to remove even what is not there.
    match fs_err::symlink_metadata(path).and_then(|_| fs_err::remove_file(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// The folder that a file lies in.
pub(super) fn parent(path: &Utf8Path) -> &Utf8Path {
    path.parent().filter(|folder| *folder != "").unwrap_or(Utf8Path::new("."))
}

/// Makes what was moved into a folder survive a power cut. Windows has no such call for folders.
pub(super) fn sync_folder(folder: &Utf8Path) -> Result<(), String> {
    if cfg!(windows) {
        return Ok(());
    }
    match fs_err::File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some network file systems know no such call either.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced.map_err(|error| error.to_string()),
    }
}
