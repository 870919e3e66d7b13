//! `render --out` when something fails underneath: the old tree or the new one, nothing else, and what was left behind is
//! cleared up by the next run. One file for each kind of failure.

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;

mod full;
mod interrupted;
mod strangers;
mod system_calls;
mod together;

use std::path::{Path, PathBuf};

use support::folder::{Folder, Run, Tree};

/// A directory `tree` beside its description and lock, and two trees of which it may hold either.
struct Trial {
    folder: Folder,
    /// Both, the user's own files included.
    trees: [Tree; 2],
    /// The run that leads to the second.
    again: Vec<&'static str>,
}

/// From the one to the other a file changes, one goes and one comes; no machine goes, which would be a warning.
const ONE: &str = "name: kub\nproject: some-project\nregion: europe-west1\npools: {n: {count: 0}, other: {count: 2}}\n";

/// The tree, the lock of its description, and what a run has left beside them: all of it changes together.
fn now(folder: &Folder) -> Tree {
    let mut tree = folder.tree("tree");
    tree.insert("../cluster.lock.json".into(), folder.read("cluster.lock.json").into_bytes());
    let left = folder.path().join(".vpcgen");
    if left.exists() {
        tree.extend(folder.tree(".vpcgen").into_iter().map(|(path, bytes)| (left.join(path), bytes)));
    }
    tree
}

/// Every entry below a directory with its content; directories have none.
type Entries = Vec<(PathBuf, Option<Vec<u8>>)>;

fn entries(top: &Path) -> Entries {
    let mut all = Vec::new();
    let mut directories = vec![top.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                directories.push(path.clone());
            }
            all.push((path.clone(), std::fs::read(path).ok()));
        }
    }
    all.sort();
    all
}

impl Trial {
    fn new() -> Self {
        let folder = Folder::with(ONE);
        folder.put("tree", &Tree::from([("backend.tf".into(), b"# mine\n".to_vec())]));
        let trees = [ONE.to_owned(), ONE.replace("n: {count: 0}", "web: {count: 3}")].map(|text| {
            folder.write("cluster.yaml", &text);
            folder.run(&["render", "--out", "tree"]).ends(0);
            now(&folder)
        });
        assert_ne!(trees[0], trees[1]);
        // The description is now the second one's; every trial begins with the first tree.
        let trial = Self { folder, trees, again: vec!["render", "--out", "tree"] };
        trial.begin();
        trial
    }

    /// The first tree, and the lock that belongs to it.
    fn begin(&self) {
        self.put(&self.trees[0]);
    }

    fn put(&self, tree: &Tree) {
        let _ = std::fs::remove_dir_all(self.folder.path().join(".vpcgen"));
        // Not through a link that a test has put there.
        let _ = std::fs::remove_file(self.folder.path().join("cluster.lock.json"));
        self.folder.put("tree", tree);
    }

    /// Whether this is one of the two, apart from what an interrupted run keeps beside it.
    fn is_one_tree(&self) -> bool {
        let mut now = self.now();
        now.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".vpcgen"));
        self.trees.contains(&now)
    }

    fn now(&self) -> Tree {
        now(&self.folder)
    }

    fn is_marked(&self) -> bool {
        self.folder.path().join("tree").join(vpcgen::tree::MARKER).exists()
    }

    /// Whatever has happened, a look changes nothing, and running again completes the tree and clears up.
    fn recovers(&self, what: &str) {
        assert!(self.is_one_tree() || self.is_marked(), "{what}: a mixture without a marker");
        let before = self.now();
        let look = self.folder.run(&[&self.again[..], &["--check"]].concat());
        assert!(matches!(look.status(), Some(0 | 2)), "{what}: {}", look.err());
        assert!(look.status() == Some(2) || !self.is_marked(), "{what}: a marker is a difference");
        assert!(self.now() == before, "{what}: --check has written");
        self.folder.run(&self.again).ends(0);
        let now = self.now();
        assert!(now == self.trees[1], "{what}: {:?}", now.keys());
        self.nothing_is_left(what);
    }

    fn nothing_is_left(&self, what: &str) {
        for directory in [".vpcgen", "tree/.vpcgen"] {
            assert!(!self.folder.path().join(directory).exists(), "{what}: {directory} is left");
        }
    }

    /// After a run that ended by itself: it says which tree there is, and is right.
    fn ended(&self, run: &Run, what: &str) {
        let now = &self.now();
        match run.status() {
            Some(0) => assert!(*now == self.trees[1], "{what}: not the new tree"),
            Some(1) => {
                assert!(*now == self.trees[0], "{what}: not the old tree: {:?}: {}", now.keys(), run.err());
                assert!(run.err().contains("nothing has changed"), "{what}: {}", run.err());
            }
            status => panic!("{what}: {status:?}: {}", run.err()),
        }
    }
}
