//! Atomic operations on single files, with errors that name the file.

use std::io::{self, ErrorKind, Write as _};

use camino::{Utf8Path, Utf8PathBuf};

/// Writes a new file, durably.
pub(super) fn write(path: &Utf8Path, bytes: &[u8]) -> Result<(), String> {
    let write = || -> io::Result<()> {
        // Never writes through a symbolic link.
        let mut file = fs_err::OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| error.to_string())
}

/// Replaces a file with another one, even across file systems. Removes `from` only when the move is complete.
pub(super) fn replace(from: &Utf8Path, to: &Utf8Path) -> Result<(), String> {
    match fs_err::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            let bytes = fs_err::read(from).map_err(|error| error.to_string())?;
            let copy = beside(to);
            let moved = remove(&copy)
                .and_then(|()| write(&copy, &bytes))
                .and_then(|()| fs_err::rename(&copy, to).map_err(|error| error.to_string()))
                .and_then(|()| sync_directory(parent(to)));
            if let Err(error) = moved {
                remove(&copy)?;
                return Err(error);
            }
            remove(from)
        }
        moved => moved.map_err(|error| error.to_string()),
    }
}

/// The temporary path of a file copied from another file system, before it is renamed.
fn beside(path: &Utf8Path) -> Utf8PathBuf {
    path.with_file_name(format!(".{}.vpcgen", path.file_name().unwrap_or_default()))
}

/// Removes a file if it exists. Does not follow a symbolic link.
pub(super) fn remove(path: &Utf8Path) -> Result<(), String> {
    // Checks first, because on a read-only file system even removing a missing file is an error.
    match fs_err::symlink_metadata(path).and_then(|_| fs_err::remove_file(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// Whether both files exist and have the same content.
pub(super) fn same(one: &Utf8Path, other: &Utf8Path) -> bool {
    matches!((std::fs::read(one), std::fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

/// The directory that contains a file.
pub(super) fn parent(path: &Utf8Path) -> &Utf8Path {
    path.parent().filter(|parent| *parent != "").unwrap_or(Utf8Path::new("."))
}

/// Makes renames in a directory durable. Windows has no such call for directories.
pub(super) fn sync_directory(directory: &Utf8Path) -> Result<(), String> {
    if cfg!(windows) {
        return Ok(());
    }
    match fs_err::File::open(directory).and_then(|directory| directory.sync_all()) {
        // Some network file systems do not support it either.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced.map_err(|error| error.to_string()),
    }
}
