use std::io::Write as _;

use camino::Utf8Path;
use tempfile::NamedTempFile;

use super::Change;

/// Makes the changes: all of them, or none.
///
/// Everything is written beside its place first, so that a full disk shows before anything has changed; then the files are
/// moved. If a move fails, those before it are moved back.
///
/// # Errors
/// What could not be written. The folder is then as it was.
pub fn apply(changes: &[Change], dir: &Utf8Path) -> Result<(), String> {
    let mut staged = Vec::new();
    for change in changes {
        let temporary = match &change.after {
            Some(text) => Some(stage(&dir.join(&change.path), text)?),
            None => None,
        };
        staged.push(temporary);
    }
    for (done, (change, temporary)) in changes.iter().zip(staged).enumerate() {
        let path = dir.join(&change.path);
        let moved = match temporary {
            Some(temporary) => temporary.persist(&path).map(drop).map_err(|error| error.error),
            None => std::fs::remove_file(&path),
        };
        if let Err(error) = moved {
            let kept = changes[..done].iter().map(|change| undo(change, dir)).filter(Result::is_err).count();
            let state = if kept == 0 { "nothing has changed" } else { "some files are already the new ones" };
            return Err(format!("{path}: {error}; {state}"));
        }
    }
    Ok(())
}

/// A finished file beside its place.
fn stage(path: &Utf8Path, text: &str) -> Result<NamedTempFile, String> {
    let folder = path.parent().unwrap_or(Utf8Path::new("."));
    let folder = if folder == "" { Utf8Path::new(".") } else { folder };
    fs_err::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".vpcgen-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let write = || -> std::io::Result<NamedTempFile> {
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    write().map_err(|error| format!("{folder}: {error}; nothing has changed"))
}

/// Puts a file back as it was before.
fn undo(change: &Change, dir: &Utf8Path) -> std::io::Result<()> {
    let path = dir.join(&change.path);
    match &change.before {
        Some(bytes) => std::fs::write(path, bytes),
        None => std::fs::remove_file(path),
    }
}
