use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use similar::TextDiff;

use super::{files, marker};
use crate::lock;
use crate::render::{File, MARK, source};

/// A file that has to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path relative to the directory; for a lock, the path as the user gave it.
    pub path: String,
    /// Its current content; `None` if it does not exist.
    pub before: Option<Vec<u8>>,
    /// Its rendered text; `None` if it is no longer rendered.
    pub after: Option<String>,
}

impl Change {
    /// The change as a unified diff.
    pub fn diff(&self) -> String {
        let before = self.before.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let after = self.after.as_deref().unwrap_or_default();
        let name = |side: &str, exists: bool| {
            if exists { format!("{side}/{}", self.path.trim_start_matches('/')) } else { "/dev/null".to_owned() }
        };
        let diff = TextDiff::from_lines(before.as_ref(), after);
        let names = (name("a", self.before.is_some()), name("b", self.after.is_some()));
        diff.unified_diff().header(&names.0, &names.1).to_string()
    }

    /// Whether only the line endings differ: Git may have converted them on checkout.
    pub fn is_line_endings_only(&self) -> bool {
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return false };
        before.contains(&b'\r') && String::from_utf8_lossy(before).replace("\r\n", "\n") == *after
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

/// The changes that leave exactly these generated files in `dir`: writes in the order of `files`, followed by removals, with the
/// marker of an interrupted run last. With `adopt`, takes over files generated from another description.
///
/// # Errors
/// If files are in the way that vpcgen did not write: files without its header in the first two lines, or not regular files. If the
/// header of a file names another description; with `adopt`, only if that was renamed without its lock. The error lists them all.
pub fn compare(files: Vec<File>, dir: &Utf8Path, adopt: bool) -> Result<Vec<Change>, String> {
    let mut found =
        Findings { owner: files.first().and_then(|file| source(file.text.as_bytes())), ..Findings::default() };
    let mut changes = Vec::new();
    let removed = found.removed(&files, dir)?;
    for File { path, text } in files {
        let before = found.current(dir, &path)?;
        if before.as_deref() != Some(text.as_bytes()) {
            changes.push(Change { path, before, after: Some(text) });
        }
    }
    if marker::exists(dir)? {
        let path = dir.join(marker::NAME);
        match read(path.as_std_path())? {
            Some(bytes) => changes.push(Change { path: marker::NAME.to_owned(), before: Some(bytes), after: None }),
            None => found.foreign.push(format!("{path} is not a regular file")),
        }
    }
    let may_adopt = found.others.is_empty() || (adopt && found.stale_lock(dir).is_none());
    if !(found.foreign.is_empty() && may_adopt) {
        return Err(found.refusal(dir));
    }
    let marked = changes.pop_if(|change| change.path == marker::NAME);
    Ok(changes.into_iter().chain(removed).chain(marked).collect())
}

/// Files that prevent writing.
#[derive(Default)]
struct Findings {
    /// The description from which the tree is rendered, as the header names it.
    owner: Option<String>,
    /// A clause for each file that vpcgen did not write.
    foreign: Vec<String>,
    /// Files generated from other descriptions, with the names of these.
    others: Vec<(Utf8PathBuf, String)>,
}

impl Findings {
    /// The current content of a file to be written. Records anything that prevents writing it.
    fn current(&mut self, dir: &Utf8Path, path: &str) -> Result<Option<Vec<u8>>, String> {
        let at = dir.join(path);
        let directory = at.parent().filter(|directory| *directory != dir);
        if let Some(directory) = directory.filter(|directory| !is_safe_to_write(directory)) {
            let clause = format!("{directory} is not a directory");
            if !self.foreign.contains(&clause) {
                self.foreign.push(clause);
            }
            return Ok(None);
        }
        if fs_err::symlink_metadata(&at).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return Ok(None);
        }
        match read(at.as_std_path())? {
            Some(bytes) if is_ours(&bytes) => {
                self.note_owner(&at, &bytes);
                return Ok(Some(bytes));
            }
            Some(_) => self.foreign.push(format!("{at} was not written by vpcgen")),
            None => self.foreign.push(format!("{at} was not written by vpcgen: it is not a regular file")),
        }
        Ok(None)
    }

    fn note_owner(&mut self, path: &Utf8Path, bytes: &[u8]) {
        if let Some(other) = source(bytes).filter(|other| Some(other) != self.owner.as_ref()) {
            self.others.push((path.to_owned(), other));
        }
    }

    /// Files with vpcgen's header that are no longer rendered.
    fn removed(&mut self, files: &[File], dir: &Utf8Path) -> Result<Vec<Change>, String> {
        let mut changes = Vec::new();
        for (directory, extension) in [("", "tf"), (crate::plan::BOOT_FOLDER, "yaml")] {
            if !directory.is_empty() && !is_safe_to_write(&dir.join(directory)) {
                continue;
            }
            for path in list(dir, directory, extension)? {
                if files.iter().any(|file| file.path == path) {
                    continue;
                }
                let at = dir.join(&path);
                if let Some(bytes) = read(at.as_std_path())?.filter(|bytes| is_ours(bytes)) {
                    self.note_owner(&at, &bytes);
                    changes.push(Change { path: path.into_string(), before: Some(bytes), after: None });
                }
            }
        }
        Ok(changes)
    }

    fn refusal(&self, dir: &Utf8Path) -> String {
        if !self.foreign.is_empty() {
            let it = if self.foreign.len() == 1 { "it" } else { "them" };
            return format!(
                "{}\nvpcgen overwrites only files that it wrote itself: move {it} away, or choose another directory",
                self.foreign.join("\n       ")
            );
        }
        let (path, other) = self.others.first().map_or(("", ""), |(path, other)| (path.as_str(), other.as_str()));
        let more = match self.others.len() {
            0 | 1 => String::new(),
            2 => " (and 1 more file)".to_owned(),
            count => format!(" (and {} more files)", count - 1),
        };
        let owner = self.owner.as_deref().unwrap_or("another description");
        let generated = format!("{path}{more} was generated from {other}, not from {owner}");
        if !is_path(other) || dir.join(other).exists() {
            return format!(
                "{generated}\nchoose another directory with --out, or add --adopt to replace the tree of {other}"
            );
        }
        let lock = self.stale_lock(dir).map(|(from, to)| format!("rename its lock file too (mv {from} {to}) and "));
        format!(
            "{generated}\n{other} no longer exists: if it was renamed, {}add --adopt; otherwise choose another directory \
             with --out",
            lock.unwrap_or_default()
        )
    }

    /// The old and new path of the lock of a renamed description. Without the lock, machines would get other pod ranges.
    fn stale_lock(&self, dir: &Utf8Path) -> Option<(Utf8PathBuf, Utf8PathBuf)> {
        let owner = self.owner.as_deref().filter(|owner| is_path(owner))?;
        let new = lock::path(&dir.join(owner));
        let renamed = self.others.iter().find(|(_, other)| is_path(other) && !dir.join(other).exists())?;
        let old = lock::path(&dir.join(&renamed.1));
        (old.is_file() && !new.exists()).then(|| (plain(&old), plain(&new)))
    }
}

/// `cluster.lock.json` for `tf/../cluster.lock.json`, unless a link makes that another file.
fn plain(path: &Utf8Path) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::new();
    for part in path.components() {
        let above = plain.components().next_back();
        match (part, above) {
            (Utf8Component::ParentDir, Some(Utf8Component::Normal(_))) => drop(plain.pop()),
            _ => plain.push(part),
        }
    }
    let folder = |path: &Utf8Path| files::parent(path).canonicalize().ok();
    if folder(&plain) == folder(path) { plain } else { path.to_owned() }
}

/// Whether one of these files is there already.
pub fn exists(files: &[File], dir: &Utf8Path) -> bool {
    files.iter().any(|file| {
        read(dir.join(&file.path).as_std_path()).is_ok_and(|bytes| bytes.is_some_and(|bytes| is_ours(&bytes)))
    })
}

/// Whether vpcgen may write to a directory: it is missing, or a real directory and not a link, which could point anywhere.
fn is_safe_to_write(directory: &Utf8Path) -> bool {
    fs_err::symlink_metadata(directory).map_or(true, |meta| meta.is_dir())
}

/// The content of a regular file; `None` for anything else, such as a link.
fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let meta = fs_err::symlink_metadata(path).map_err(|error| error.to_string())?;
    if !meta.is_file() {
        return Ok(None);
    }
    fs_err::read(path).map(Some).map_err(|error| error.to_string())
}

/// Whether a header's source is a file, not a preset or standard input.
fn is_path(source: &str) -> bool {
    source != "standard input" && !source.starts_with("the preset ")
}

/// The header may be the second line, because cloud-init requires a certain first line.
fn is_ours(bytes: &[u8]) -> bool {
    bytes.split(|b| *b == b'\n').take(2).any(|line| line.starts_with(MARK.as_bytes()))
}

/// The entries of `directory` with this extension, as sorted paths relative to `dir`; empty if it does not exist.
fn list(dir: &Utf8Path, directory: &str, extension: &str) -> Result<Vec<Utf8PathBuf>, String> {
    let at = dir.join(directory);
    let entries = match fs_err::read_dir(&at) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.to_string()),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_none_or(|found| found != extension) {
            continue;
        }
        match path.file_name().map(|name| (name, name.to_str())) {
            Some((_, Some(name))) => paths.push(Utf8Path::new(directory).join(name)),
            // vpcgen never writes such a name, but its output may have been redirected to one.
            Some((name, None)) if read(&path)?.is_some_and(|bytes| is_ours(&bytes)) => {
                return Err(format!(
                    "{at} contains a generated file whose name is not valid UTF-8, {}: rename or delete it",
                    name.display()
                ));
            }
            _ => {}
        }
    }
    paths.sort();
    Ok(paths)
}
