//! What a stranger may have put into a folder: a record and links that lead elsewhere.

use std::fs;

use crate::Trial;
use crate::support::folder::Tree;

fn record(path: &str) -> String {
    format!(
        r#"{{"//": {{"folders": [], "files": [{{"path": "{path}", "before": false, "after": true}}]}},
            "terraform": {{"required_version": ""}}}}"#
    )
}

#[test]
fn a_record_moves_nothing_out_of_the_folder() {
    let trial = Trial::new();
    for path in ["../mine", ".git/config", "/tmp/mine", "cloud-init/../../mine.yaml"] {
        let mut tree = trial.trees[0].clone();
        tree.insert(".vpcgen/new/0".into(), b"theirs\n".to_vec());
        tree.insert("vpcgen-interrupted.tf.json".into(), record(path).into_bytes());
        trial.folder.put("tree", &tree);
        for arguments in [&["render", "--out", "tree"][..], &["render", "--out", "tree", "--check"]] {
            let run = trial.folder.run(arguments).ends(1);
            assert!(run.err().contains("vpcgen does not write there"), "{}", run.err());
        }
        assert!(!trial.folder.path().join("mine").exists() && !trial.folder.path().join("mine.yaml").exists());
        assert!(!trial.folder.path().join("tree/.git/config").exists());
    }
}

#[test]
fn a_record_that_is_none_is_not_believed() {
    let trial = Trial::new();
    for text in ["", "{}", "\u{1b}[31m", &"[".repeat(10_000), &record("x.tf")] {
        let mut tree = trial.trees[0].clone();
        tree.insert("vpcgen-interrupted.tf.json".into(), text.as_bytes().to_vec());
        trial.folder.put("tree", &tree);
        let run = trial.folder.run(&["render", "--out", "tree"]).ends(1);
        assert!(run.err().contains("delete it") && !run.err().contains('\u{1b}'), "{}", run.err());
        assert!(trial.now().keys().eq(tree.keys()));
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let trial = Trial::new();
    let mine = Tree::from([("new/0".into(), b"mine\n".to_vec()), ("n.yaml".into(), b"mine\n".to_vec())]);
    for link in [".vpcgen", ".vpcgen/new", "cloud-init"] {
        trial.folder.put("mine", &mine);
        trial.folder.put("tree", &trial.trees[0]);
        let at = trial.folder.path().join("tree").join(link);
        let _ = fs::remove_dir_all(&at);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        symlink(trial.folder.path().join("mine"), &at).unwrap();
        let run = trial.folder.run(&["render", "--out", "tree"]);
        assert_eq!(trial.folder.tree("mine"), mine, "{link}: {}", run.err());
    }
}
