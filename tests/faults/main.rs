//! `render --out` when something goes wrong under it: the old tree or the new one, nothing else, and what was left behind is
//! cleared up by the next run. One file for each kind of trouble.

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;

mod full;
mod interrupted;
mod strangers;
mod system_calls;
mod together;

use support::folder::{Folder, Run, Tree};

/// A folder `tree` beside its description and lock, and two descriptions of which it may hold either.
struct Trial {
    folder: Folder,
    /// The trees of both, the user's own files included.
    trees: [Tree; 2],
}

/// From the one to the other a file changes, one goes and one comes.
const ONE: &str = "name: kub\nproject: some-project\nregion: europe-west1\npools: {n: {count: 2}}\n";

/// The tree, and the lock of its description: the two change together.
fn now(folder: &Folder) -> Tree {
    let mut tree = folder.tree("tree");
    tree.insert("../cluster.lock.json".into(), folder.read("cluster.lock.json").into_bytes());
    tree
}

impl Trial {
    fn new() -> Self {
        let folder = Folder::with(ONE);
        folder.put("tree", &Tree::from([("backend.tf".into(), b"# mine\n".to_vec())]));
        let trees = [ONE.to_owned(), ONE.replace("n: {count: 2}", "web: {count: 3}")].map(|text| {
            folder.write("cluster.yaml", &text);
            folder.run(&["render", "--out", "tree"]).ends(0);
            now(&folder)
        });
        assert_ne!(trees[0], trees[1]);
        // The description is now the second one's; every trial begins with the first tree.
        folder.put("tree", &trees[0]);
        Self { folder, trees }
    }

    /// Whether this is one of the two, apart from what an interrupted run keeps beside it.
    fn is_one_tree(&self) -> bool {
        let mut now = self.now();
        now.retain(|path, _| !path.starts_with(".vpcgen"));
        self.trees.contains(&now)
    }

    fn now(&self) -> Tree {
        now(&self.folder)
    }

    fn is_marked(&self) -> bool {
        self.folder.path().join("tree/vpcgen-interrupted.tf.json").exists()
    }

    /// Whatever has happened, the next run mends it, and leaves nothing but one of the trees.
    fn recovers(&self, what: &str) {
        assert!(self.is_one_tree() || self.is_marked(), "{what}: a mix without a mark");
        let run = self.folder.run(&["render", "--out", "tree", "--check"]);
        assert!(matches!(run.status(), Some(0 | 2)), "{what}: {}", run.err());
        let now = self.now();
        assert!(self.trees.contains(&now), "{what}: {:?}", now.keys());
    }

    /// After a run that came to its end: it says which tree there is, and is right.
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
