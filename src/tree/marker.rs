//! The file that says of a directory that it holds a mixture of two trees.

use std::io::ErrorKind;

use camino::Utf8Path;

use super::acquire::Exclusive;
use super::files;

/// Its name. Terraform reads it as part of the configuration, and refuses what it requires.
pub const NAME: &str = "vpcgen-interrupted.tf.json";

/// Its content, always the same: it names no files, because whatever a repository contains must not direct a run.
pub const CONTENT: &str = r#"{
  "terraform": {
    "required_version": "vpcgen was interrupted: some of these files are old, some new. Run vpcgen render --out again"
  }
}
"#;

/// Whether something of that name is there.
pub(super) fn exists(dir: &Utf8Path) -> Result<bool, String> {
    match fs_err::symlink_metadata(dir.join(NAME)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.to_string()),
    }
}

/// Puts it in place, durably: from here on Terraform refuses the directory.
pub(super) fn place(tree: &Exclusive) -> Result<(), String> {
    let ready = tree.work.join("marker");
    files::write(&ready, CONTENT.as_bytes())?;
    fs_err::rename(&ready, tree.dir.join(NAME)).map_err(|error| error.to_string())?;
    files::sync_directory(&tree.dir)
}

/// Removes it, durably: the directory holds one whole tree.
pub(super) fn remove(tree: &Exclusive) -> Result<(), String> {
    files::remove(&tree.dir.join(NAME))?;
    files::sync_directory(&tree.dir)
}
