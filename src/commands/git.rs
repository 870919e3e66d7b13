//! A description and its lock as they are in a revision, through the program `git`.

use std::io::ErrorKind;
use std::process::{Command, Output};

use camino::Utf8Path;

use crate::compile::Document;
use crate::diff::Side;
use crate::lock;

/// The description and the lock of a revision.
///
/// # Errors
/// There is no Git, no repository, no such revision, or no such file in it.
pub(super) fn side(file: &Utf8Path, revision: &str) -> Result<Side, String> {
    if file == "-" {
        return Err("standard input is in no revision: name a file".to_owned());
    }
    // What begins with a dash would be an option.
    if revision.starts_with('-') || revision.is_empty() {
        return Err(format!("`{revision}` is not a revision"));
    }
    let folder = match file.parent() {
        Some(parent) if parent != "" => parent,
        _ => Utf8Path::new("."),
    };
    let repository = Repository { folder };
    let top = repository.run(&["rev-parse", "--show-toplevel"])?;
    if !top.status.success() {
        return Err(format!(
            "{folder} is not in a Git repository: {}; to compare two files, name both",
            complaint(&top)
        ));
    }
    let commit =
        repository.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
    if !commit.status.success() {
        return Err(repository.unknown(revision)?);
    }
    let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
    let name = file.file_name().unwrap_or_default();
    let Some(bytes) = repository.show(&commit, name)? else { return Err(repository.missing(&commit, file, revision)?) };
    let lock = lock::path(file);
    let lock_name = lock.file_name().unwrap_or_default();
    Ok(Side {
        description: Document::new(format!("{revision}:{file}"), bytes),
        lock: repository.show(&commit, lock_name)?,
        lock_name: format!("{revision}:{lock}"),
    })
}

/// Where Git runs: in the folder of the description.
struct Repository<'a> {
    folder: &'a Utf8Path,
}

impl Repository<'_> {
    fn run(&self, arguments: &[&str]) -> Result<Output, String> {
        let output = Command::new("git").arg("-C").arg(self.folder).args(arguments).output();
        output.map_err(|error| match error.kind() {
            ErrorKind::NotFound => "git is not installed: name two descriptions instead".to_owned(),
            _ => format!("git: {error}"),
        })
    }

    /// A file of the folder in a commit; `None`: it is not there.
    fn show(&self, commit: &str, name: &str) -> Result<Option<Vec<u8>>, String> {
        let object = format!("{commit}:./{name}");
        let exists = self.run(&["cat-file", "-e", &object])?;
        if !exists.status.success() {
            return Ok(None);
        }
        // Filters such as line endings do not matter; those that store a file elsewhere would.
        let shown = self.run(&["show", &object])?;
        match shown.status.success() {
            true => Ok(Some(shown.stdout)),
            false => Err(format!("git show {object}: {}", complaint(&shown))),
        }
    }

    fn unknown(&self, revision: &str) -> Result<String, String> {
        let shallow = self.run(&["rev-parse", "--is-shallow-repository"])?;
        let empty = !self.run(&["rev-parse", "--verify", "--quiet", "HEAD"])?.status.success();
        let help = match (empty, shallow.stdout.starts_with(b"true"), revision.split_once('/')) {
            (true, ..) => "the repository has no commit yet".to_owned(),
            (_, true, Some((remote, branch))) => format!(
                "this is a shallow clone: fetch it first with `git fetch --depth=1 {remote} {branch}:refs/remotes/{remote}/{branch}` (on GitHub: `fetch-depth: 0`)"
            ),
            (_, true, None) => {
                "this is a shallow clone: fetch it first with `git fetch --unshallow` (on GitHub: `fetch-depth: 0`)"
                    .to_owned()
            }
            (_, _, Some((remote, branch))) => format!("fetch it first with `git fetch {remote} {branch}`"),
            (_, _, None) => "`git branch --all` and `git tag` list what there is".to_owned(),
        };
        Ok(format!("Git does not know the revision `{revision}`: {help}"))
    }

    /// Why a commit lacks a file: it is new, or it was renamed since.
    fn missing(&self, commit: &str, file: &Utf8Path, revision: &str) -> Result<String, String> {
        let name = file.file_name().unwrap_or_default();
        let renamed =
            self.run(&["diff", "--find-renames", "--diff-filter=R", "--name-status", "--relative", commit, "--"])?;
        let renames = String::from_utf8_lossy(&renamed.stdout).into_owned();
        let old = renames.lines().find_map(|line| {
            let mut parts = line.split('\t').skip(1);
            let (old, new) = (parts.next()?, parts.next()?);
            (new == name).then(|| old.to_owned())
        });
        let help = match old {
            Some(old) => format!("it was {old} then: `git show {revision}:./{old} > old.yaml`, its lock beside it, and `vpcgen diff old.yaml {file}`"),
            None => "if it was renamed, write the old one and its lock to files with `git show`, and name both; if it is new, there is nothing to compare".to_owned(),
        };
        Ok(format!("{file} is not in {revision}: {help}"))
    }
}

fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned()
}
