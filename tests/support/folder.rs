//! A temporary folder for a test, and runs of vpcgen in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A temporary folder with the user's files.
pub(crate) struct Folder(TempDir);

/// The content of every file below a folder.
pub(crate) type Tree = BTreeMap<PathBuf, Vec<u8>>;

impl Folder {
    /// A folder with one description.
    pub(crate) fn with(description: &str) -> Self {
        let folder = Self(TempDir::new().unwrap());
        folder.write("cluster.yaml", description);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs vpcgen in the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.start(Command::new(env!("CARGO_BIN_EXE_vpcgen")).args(arguments))
    }

    /// Runs a command in the folder, with an empty standard input unless the command sets one.
    pub(crate) fn start(&self, command: &mut Command) -> Run {
        Run(command.current_dir(self.path()).output().unwrap())
    }

    /// The files in a subfolder.
    pub(crate) fn tree(&self, name: &str) -> Tree {
        let mut tree = Tree::new();
        collect(&self.path().join(name), Path::new(""), &mut tree);
        tree
    }

    /// Replaces the content of a subfolder.
    pub(crate) fn put(&self, name: &str, tree: &Tree) {
        let top = self.path().join(name);
        let _ = fs::remove_dir_all(&top);
        for (path, bytes) in tree {
            fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
            fs::write(top.join(path), bytes).unwrap();
        }
    }
}

fn collect(top: &Path, below: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(top.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            collect(top, &path, tree);
        } else {
            tree.insert(path, fs::read(entry.path()).unwrap());
        }
    }
}

/// The output and exit status of a program.
pub(crate) struct Run(pub(crate) Output);

impl Run {
    pub(crate) fn ends(self, status: i32) -> Self {
        assert_eq!(self.status(), Some(status), "{}{}", self.out(), self.err());
        self
    }
    pub(crate) fn status(&self) -> Option<i32> {
        self.0.status.code()
    }
    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }
    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }
}
