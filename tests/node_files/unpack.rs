//! Writes the files that cloud-init would write on a node, to a folder that represents the node's root.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

pub(crate) use crate::user_data::write;
use crate::user_data::{self, below};
use crate::{rendered, tools};

/// A group of machines of an example.
pub(crate) struct Node {
    pub(crate) example: String,
    /// The rendered `#cloud-config`.
    pub(crate) user_data: PathBuf,
    pub(crate) root: PathBuf,
    /// The text of each file, by its path on the node.
    pub(crate) files: BTreeMap<String, String>,
}

/// Every group of every example, unpacked once.
pub(crate) static NODES: LazyLock<Vec<Node>> = LazyLock::new(|| {
    let examples = rendered::examples("node-files");
    let groups = examples
        .iter()
        .flat_map(|example| example.files("cloud-init", ".yaml").into_iter().map(move |file| (example, file)));
    groups.map(|(example, file)| unpack(&example.name, file)).collect()
});

fn unpack(example: &str, user_data: PathBuf) -> Node {
    let root = user_data.with_extension("root");
    let mut files = BTreeMap::new();
    for file in user_data::files(&user_data) {
        file.lay(&root);
        let path = file.path.clone();
        assert!(files.insert(file.path, file.content).is_none(), "{path} is written twice");
    }
    Node { example: example.to_owned(), user_data, root, files }
}

impl Node {
    /// The path of a file of the node on this machine.
    pub(crate) fn here(&self, path: &str) -> PathBuf {
        below(&self.root, path)
    }

    /// Writes the files below another root.
    pub(crate) fn copy_to(&self, root: &Path) {
        for (path, text) in &self.files {
            let permissions = std::fs::metadata(self.here(path)).unwrap().permissions();
            write(&below(root, path), text, permissions.mode());
        }
    }

    /// The files in a folder with this ending.
    pub(crate) fn below(&self, folder: &str, ending: &str) -> Vec<&str> {
        self.files
            .keys()
            .map(String::as_str)
            .filter(|path| path.starts_with(folder) && path.ends_with(ending))
            .collect()
    }

    /// This node with the text of one file replaced.
    pub(crate) fn with_file(&self, path: &str, text: &str) -> Self {
        let (mut files, root) = (self.files.clone(), self.root.with_extension("other"));
        self.copy_to(&root);
        write(&below(&root, path), text, 0o644);
        files.insert(path.to_owned(), text.to_owned());
        Self { example: self.example.clone(), user_data: self.user_data.clone(), root, files }
    }

    /// A copy of one of this node's files with one change, outside its root.
    pub(crate) fn mutated(&self, path: &str, from: &str, to: &str) -> PathBuf {
        let text = self.files[path].replacen(from, to, 1);
        assert_ne!(text, self.files[path], "{path} has no {from:?} to break");
        let file = self.root.with_extension("mutated").join(path.trim_start_matches('/'));
        write(&file, &text, 0o755);
        file
    }
}

/// Runs a check on every node and prints a line per example.
pub(crate) fn each(what: &str, check: impl Fn(&Node) -> Result<(), String>) {
    let mut examples: Vec<&str> = NODES.iter().map(|node| node.example.as_str()).collect();
    examples.dedup();
    for example in examples {
        for node in NODES.iter().filter(|node| node.example == example) {
            let group = node.user_data.file_stem().unwrap().to_string_lossy();
            check(node).unwrap_or_else(|error| panic!("{what}: {example}, {group}: {error}"));
        }
        tools::ok(5, example, what);
    }
}

/// The first node that has this file.
pub(crate) fn with(path: &str) -> &'static Node {
    NODES.iter().find(|node| node.files.contains_key(path)).unwrap_or_else(|| panic!("no node has {path}"))
}
