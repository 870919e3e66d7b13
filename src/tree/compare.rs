use std::fmt;
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use similar::TextDiff;

use crate::render::{File, MARK};

/// One file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path below the folder; whole (from `/`) for a lock that lies elsewhere.
    pub path: String,
    /// Its bytes now; `None`: it does not exist.
    pub before: Option<Vec<u8>>,
    /// Its text as rendered; `None`: it is no longer rendered.
    pub after: Option<String>,
}

impl Change {
    /// The change as a unified diff.
    pub fn diff(&self) -> String {
        let before = self.before.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let after = self.after.as_deref().unwrap_or_default();
        let name = |side: &str, there: bool| {
            if there { format!("{side}/{}", self.path.trim_start_matches('/')) } else { "/dev/null".to_owned() }
        };
        let diff = TextDiff::from_lines(before.as_ref(), after);
        let names = (name("a", self.before.is_some()), name("b", self.after.is_some()));
        diff.unified_diff().header(&names.0, &names.1).to_string()
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match (&self.before, &self.after) {
            (None, _) => "created",
            (_, Some(_)) => "changed",
            (_, None) => "removed",
        };
        write!(f, "{verb} {}", self.path)
    }
}

/// What has to change in `dir` so that it holds these files and no older ones of ours. In the order of the files, removals
/// last.
///
/// # Errors
/// A file in the way that is not ours: one without our header in its first two lines, or no plain file at all. Every such
/// file is named.
pub fn compare(files: Vec<File>, dir: &Utf8Path) -> Result<Vec<Change>, String> {
    let mut changes = Vec::new();
    let mut foreign = Vec::new();
    let gone = stale(&files, dir)?;
    for File { path, text } in files {
        match read(&dir.join(&path))? {
            Found::Nothing => changes.push(Change { path, before: None, after: Some(text) }),
            Found::Ours(bytes) if bytes == text.as_bytes() => {}
            Found::Ours(bytes) => changes.push(Change { path, before: Some(bytes), after: Some(text) }),
            Found::Foreign => foreign.push(path),
        }
    }
    if !foreign.is_empty() {
        return Err(format!(
            "{}\nvpcgen overwrites only what it wrote itself; move {} away, or render into another folder",
            foreign
                .iter()
                .map(|path| format!("{} was not written by vpcgen", dir.join(path)))
                .collect::<Vec<_>>()
                .join("\n       "),
            if foreign.len() == 1 { "it" } else { "them" }
        ));
    }
    changes.extend(gone);
    Ok(changes)
}

enum Found {
    Nothing,
    Ours(Vec<u8>),
    Foreign,
}

fn read(path: &Utf8Path) -> Result<Found, String> {
    match fs_err::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound) => Ok(Found::Nothing),
        Err(error) => Err(error.to_string()),
        Ok(meta) if !meta.is_file() => Ok(Found::Foreign),
        Ok(_) => {
            let bytes = fs_err::read(path).map_err(|error| error.to_string())?;
            Ok(if is_ours(&bytes) { Found::Ours(bytes) } else { Found::Foreign })
        }
    }
}

/// cloud-init demands the first line for itself, so the header may stand in the second.
fn is_ours(bytes: &[u8]) -> bool {
    bytes.split(|b| *b == b'\n').take(2).any(|line| line.starts_with(MARK.as_bytes()))
}

/// Files with our header that are no longer rendered.
fn stale(files: &[File], dir: &Utf8Path) -> Result<Vec<Change>, String> {
    let mut changes = Vec::new();
    for (folder, extension) in [("", "tf"), ("cloud-init", "yaml")] {
        for path in list(dir, folder)? {
            let rendered = files.iter().any(|file| file.path == path);
            if rendered || path.extension() != Some(extension) {
                continue;
            }
            if let Found::Ours(bytes) = read(&dir.join(&path))? {
                changes.push(Change { path: path.into_string(), before: Some(bytes), after: None });
            }
        }
    }
    Ok(changes)
}

/// The plain entries of a folder, as paths below `dir`, sorted; none where it does not exist.
fn list(dir: &Utf8Path, folder: &str) -> Result<Vec<Utf8PathBuf>, String> {
    let at = dir.join(folder);
    let entries = match at.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{at}: {error}")),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| format!("{at}: {error}"))?;
        paths.push(Utf8Path::new(folder).join(entry.file_name()));
    }
    paths.sort();
    Ok(paths)
}
