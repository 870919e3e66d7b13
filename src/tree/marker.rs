//! The file that marks a directory as a mixture of two trees.

use std::io::ErrorKind;

use camino::Utf8Path;

use super::acquire::Exclusive;
use super::files;

/// Its name. Terraform reads the file as part of the configuration and rejects its version constraint.
pub const NAME: &str = "vpcgen-interrupted.tf.json";

/// Its content. It is constant and names no files, because the content of a repository must not influence what a run touches.
pub const CONTENT: &str = r#"{
  "terraform": {
    "required_version": "vpcgen was interrupted: some of these files are old, others new. Run vpcgen render --out again"
  }
}
"#;

/// Whether something with that name exists.
pub(super) fn exists(dir: &Utf8Path) -> Result<bool, String> {
    match fs_err::symlink_metadata(dir.join(NAME)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.to_string()),
    }
}

/// Creates the marker, durably: from now on, Terraform rejects the directory.
pub(super) fn place(tree: &Exclusive) -> Result<(), String> {
    let ready = tree.work.join("marker");
    files::write(&ready, CONTENT.as_bytes())?;
    fs_err::rename(&ready, tree.dir.join(NAME)).map_err(|error| error.to_string())?;
    files::sync_directory(&tree.dir)
}

/// Removes the marker, durably: the directory contains one complete tree.
pub(super) fn remove(tree: &Exclusive) -> Result<(), String> {
    files::remove(&tree.dir.join(NAME))?;
    files::sync_directory(&tree.dir)
}
