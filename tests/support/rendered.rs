//! The examples, rendered by the program itself, so that the tests check what users get.
#![allow(dead_code, reason = "each level uses only part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;

use super::tools::{project, run};

/// A description in `generated-examples` and its rendered output.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) name: String,
    /// The folder of the tree, including `cluster.yaml`.
    pub(crate) dir: PathBuf,
    /// The single `main.tf`.
    pub(crate) single: String,
}

impl Example {
    /// The tree's files in `folder` (`""` for the top level) with this ending, sorted by name.
    pub(crate) fn files(&self, folder: &str, ending: &str) -> Vec<PathBuf> {
        files(&self.dir.join(folder), ending)
    }

    /// All Terraform files as one text.
    pub(crate) fn terraform(&self) -> String {
        terraform(&self.dir)
    }
}

/// Renders every example into a separate folder for this level.
pub(crate) fn examples(level: &str) -> Vec<Example> {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(project("generated-examples")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("cluster.yaml").is_file());
    folders.sort();
    assert!(!folders.is_empty(), "there are no examples");
    folders.iter().map(|folder| render(folder, level)).collect()
}

fn render(folder: &Path, level: &str) -> Example {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(level).join(&name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    for file in ["cluster.yaml", "cluster.lock.json"] {
        if folder.join(file).exists() {
            std::fs::copy(folder.join(file), dir.join(file)).unwrap();
        }
    }
    let vpcgen = |arguments: &[&str]| {
        let done = run(Command::new(env!("CARGO_BIN_EXE_vpcgen")).arg("render").args(arguments).current_dir(&dir));
        done.unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    vpcgen(&["--out", "."]);
    let single = vpcgen(&[]);
    Example { name, dir, single }
}

/// All Terraform files of a tree as one text.
pub(crate) fn terraform(tree: &Path) -> String {
    files(tree, ".tf").iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    files
}
