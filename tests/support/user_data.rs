//! The files that cloud-init would write on a node.
#![allow(dead_code, reason = "each level uses only part of it")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;

#[derive(Deserialize)]
struct UserData {
    write_files: Vec<Written>,
}

/// An entry of `write_files`.
#[derive(Deserialize)]
pub(crate) struct Written {
    pub(crate) path: String,
    permissions: String,
    pub(crate) content: String,
}

/// The files of a rendered `#cloud-config`.
pub(crate) fn files(user_data: &Path) -> Vec<Written> {
    let text = std::fs::read_to_string(user_data).unwrap();
    let read: UserData =
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", user_data.display()));
    read.write_files
}

impl Written {
    /// Writes the file below a root.
    pub(crate) fn lay(&self, root: &Path) {
        write(&below(root, &self.path), &self.content, u32::from_str_radix(&self.permissions, 8).unwrap());
    }
}

/// A path of the node, relative to `root`.
pub(crate) fn below(root: &Path, path: &str) -> std::path::PathBuf {
    root.join(path.trim_start_matches('/'))
}

/// Writes a file and creates its parent folders. Tests that run at the same time write the same files: none of them sees half of one.
pub(crate) fn write(file: &Path, content: &str, permissions: u32) {
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let new = file.with_file_name(format!(".{number}-{}", std::process::id()));
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&new, content).unwrap();
    std::fs::set_permissions(&new, std::fs::Permissions::from_mode(permissions)).unwrap();
    std::fs::rename(&new, file).unwrap();
}
