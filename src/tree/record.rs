//! The record of what moves where: the one file whose being there decides between the old tree and the new one.

use std::io::ErrorKind;

use camino::{Utf8Component, Utf8Path};
use serde::{Deserialize, Serialize};

use super::{Change, Held, moves};

/// Its name in the user's folder. Terraform reads it as part of the configuration, and refuses what it says there.
pub(super) const NAME: &str = "vpcgen-interrupted.tf.json";

/// What Terraform shows of it.
const REFUSAL: &str = "these files are half old, half new, because vpcgen was interrupted: run it again";

/// What one run moves.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// Terraform takes the key `//` for a comment.
    #[serde(rename = "//")]
    pub(super) moves: Moves,
    terraform: Refusal,
}

#[derive(Debug, Serialize, Deserialize)]
struct Refusal {
    required_version: String,
}

/// Files by their number in `.vpcgen`, and the folders that are made for them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Moves {
    pub(super) folders: Vec<String>,
    pub(super) files: Vec<Entry>,
}

/// One file: whether it was there before, and is there afterwards.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) before: bool,
    pub(super) after: bool,
}

impl Record {
    /// Of these changes; refused where a file would land outside of where vpcgen writes.
    pub(super) fn new(changes: &[Change], dir: &Utf8Path) -> Result<Self, String> {
        let mut folders = Vec::new();
        for change in changes.iter().filter(|change| change.after.is_some()) {
            let folder = Utf8Path::new(&change.path).parent().unwrap_or(Utf8Path::new("")).as_str();
            if !dir.join(folder).exists() && !folders.iter().any(|known| known == folder) {
                folders.push(folder.to_owned());
            }
        }
        let entry = |change: &Change| Entry {
            path: change.path.clone(),
            before: change.before.is_some(),
            after: change.after.is_some(),
        };
        let moves = Moves { folders, files: changes.iter().map(entry).collect() };
        let record = Self { moves, terraform: Refusal { required_version: REFUSAL.to_owned() } };
        record.check(dir)?;
        Ok(record)
    }

    /// What a killed run left to do, if anything.
    pub(super) fn read(dir: &Utf8Path) -> Result<Option<Self>, String> {
        let path = dir.join(NAME);
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let record: Self = serde_json::from_str(&text)
            .map_err(|error| format!("{path} is not as vpcgen writes it: {error}; look at it, then delete it"))?;
        record.check(dir)?;
        Ok(Some(record))
    }

    /// Puts it in place, durably: with this the new tree is decided.
    pub(super) fn commit(&self, held: &Held) -> Result<(), String> {
        let ready = held.work.join("record");
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        moves::write(&ready, text.as_bytes())?;
        moves::sync_folder(&held.work)?;
        fs_err::rename(&ready, held.dir.join(NAME)).map_err(|error| error.to_string())?;
        moves::sync_folder(&held.dir)
    }

    /// Takes it away, durably: the folder is one tree again.
    pub(super) fn remove(held: &Held) -> Result<(), String> {
        moves::remove(&held.dir.join(NAME))?;
        moves::sync_folder(&held.dir)
    }

    /// A record may come from anywhere, a stranger's repository included: it moves files only to where vpcgen's own lie.
    fn check(&self, dir: &Utf8Path) -> Result<(), String> {
        let strange = |path: &str| format!("{}: vpcgen does not write there; nothing has changed", dir.join(path));
        for folder in &self.moves.folders {
            if folder != FOLDER {
                return Err(strange(folder));
            }
        }
        for Entry { path, .. } in &self.moves.files {
            if !is_ours(Utf8Path::new(path)) {
                return Err(strange(path));
            }
        }
        match dir.join(FOLDER).symlink_metadata() {
            Ok(meta) if !meta.is_dir() => Err(format!("{} is no folder; nothing has changed", dir.join(FOLDER))),
            _ => Ok(()),
        }
    }
}

const FOLDER: &str = "cloud-init";

/// `*.tf`, `cloud-init/*.yaml`, and a lock, which lies beside its description and so perhaps elsewhere.
fn is_ours(path: &Utf8Path) -> bool {
    let parts: Vec<_> = path.components().collect();
    match (parts.as_slice(), path.extension()) {
        ([Utf8Component::Normal(_)], Some("tf")) => true,
        ([Utf8Component::Normal(folder), Utf8Component::Normal(_)], Some("yaml")) => *folder == FOLDER,
        _ => path.file_name().is_some_and(|name| name.ends_with(".lock.json")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_from_a_stranger_moves_nothing_elsewhere() {
        for ours in ["pools.tf", "cloud-init/n.yaml", "cluster.lock.json", "../cluster.lock.json"] {
            assert!(is_ours(ours.into()), "{ours}");
        }
        for not in ["../x.tf", "/etc/x.tf", ".git/config", "cloud-init/../x.yaml", "a/b.tf", "cloud-init", "x.yaml", ""]
        {
            assert!(!is_ours(not.into()), "{not}");
        }
    }
}
