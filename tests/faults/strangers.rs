//! What a stranger may have put into a repository: whatever is in it, nothing outside the directory is written or removed.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::folder::Folder;
use crate::{Trial, entries};

/// Everything that somebody might do in such a repository.
const COMMANDS: [&[&str]; 6] = [
    &["render", "--out", "tree", "--check"],
    &["render", "--out", "tree"],
    &["render", "--out", "tree", "--adopt"],
    &["lock", "--check"],
    &["lock"],
    &["init"],
];

/// A directory elsewhere with what a run might like to remove or replace: files of vpcgen's own among others.
fn elsewhere(trial: &Trial) -> Folder {
    let outside = Folder::with("name: mine\n");
    let generated = &trial.trees[0];
    for (path, bytes) in generated.iter().filter(|(path, _)| !path.starts_with("..")) {
        let path = outside.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    for name in ["x.lock.json", "lock", "new/pools.tf.0", "old/pools.tf.0", "0", "marker", "stale.tf", "stale.yaml"] {
        let path = outside.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &generated[Path::new("pools.tf")]).unwrap();
    }
    outside
}

/// Runs every command; nothing elsewhere may change, and a look changes nothing here either.
fn nothing_elsewhere(trial: &Trial, outside: &Folder, prepare: impl Fn(), what: &str) {
    let before = entries(outside.path());
    for arguments in COMMANDS {
        trial.begin();
        prepare();
        let here = entries(trial.folder.path());
        let run = trial.folder.run(arguments);
        assert!(entries(outside.path()) == before, "{what}: {arguments:?}: {}", run.err());
        if arguments.contains(&"--check") {
            assert!(entries(trial.folder.path()) == here, "{what}: {arguments:?} has written: {}", run.err());
        }
    }
}

/// As earlier versions wrote it, with paths.
fn record(path: &str, before: bool, after: bool) -> String {
    format!(
        r#"{{"//": {{"folders": [], "files": [{{"path": "{path}", "before": {before}, "after": {after}}}]}},
            "terraform": {{"required_version": ""}}}}"#
    )
}

#[test]
fn a_committed_marker_has_no_effect() {
    let trial = Trial::new();
    let outside = elsewhere(&trial);
    let absolute = outside.path().join("x.lock.json");
    let records = [absolute.to_str().unwrap(), "../mine.lock.json", ".git/config", "backend.tf"]
        .into_iter()
        .flat_map(|path| [record(path, true, false), record(path, false, true)]);
    for text in records.chain([String::new(), "{}".to_owned(), "\u{1b}[31m".to_owned(), "[".repeat(10_000)]) {
        let prepare = || {
            trial.folder.write("mine.lock.json", "mine\n");
            let mut tree = trial.trees[0].clone();
            for staged in ["new/0", "old/0", "dropped/0"] {
                tree.insert(Path::new(".vpcgen").join(staged), b"theirs\n".to_vec());
            }
            tree.insert(vpcgen::tree::MARKER.into(), text.clone().into_bytes());
            trial.put(&tree);
        };
        nothing_elsewhere(&trial, &outside, prepare, &text);
        assert_eq!(trial.folder.read("mine.lock.json"), "mine\n");
        prepare();
        trial.folder.run(&["render", "--out", "tree"]).ends(0);
        assert!(!trial.is_marked(), "running again completes the tree");
        assert_eq!(trial.folder.read("mine.lock.json"), "mine\n");
        assert_eq!(trial.folder.read("tree/backend.tf"), "# mine\n");
        assert!(!trial.folder.path().join("tree/.git").exists());
    }
}

#[test]
fn symbolic_links_are_not_followed() {
    let trial = Trial::new();
    let outside = elsewhere(&trial);
    for (link, targets) in [
        ("tree", &["", "cloud-init", "nothing"][..]),
        ("tree/.vpcgen", &["", "nothing"]),
        ("tree/.vpcgen/lock", &["lock", "nothing"]),
        ("tree/.vpcgen/new", &["new", "", "nothing"]),
        ("tree/.vpcgen/old", &["old", "", "nothing"]),
        ("tree/.vpcgen/marker", &["marker", "nothing"]),
        ("tree/cloud-init", &["", "cloud-init", "nothing"]),
        ("tree/cloud-init/web.yaml", &["cloud-init/n.yaml", "nothing"]),
        ("tree/cloud-init/stale.yaml", &["stale.yaml", "nothing"]),
        ("tree/pools.tf", &["pools.tf", "nothing", ""]),
        ("tree/stale.tf", &["stale.tf", "nothing"]),
        ("tree/vpcgen-interrupted.tf.json", &["pools.tf", "nothing", ""]),
        (".vpcgen", &["", "nothing"]),
        (".vpcgen/lock", &["lock", "nothing"]),
        (".vpcgen/new", &["new", "nothing"]),
        ("cluster.lock.json", &["x.lock.json", "nothing", "", "cluster.yaml"]),
        (".cluster.lock.json.vpcgen", &["x.lock.json", "nothing"]),
        ("cluster.schema.json", &["x.lock.json", "nothing"]),
    ] {
        for target in targets {
            let prepare = || {
                let at = trial.folder.path().join(link);
                let _ = fs::remove_file(&at);
                let _ = fs::remove_dir_all(&at);
                fs::create_dir_all(at.parent().unwrap()).unwrap();
                symlink(outside.path().join(target), &at).unwrap();
            };
            nothing_elsewhere(&trial, &outside, prepare, &format!("{link} -> {target}"));
            let _ = fs::remove_file(trial.folder.path().join(link));
        }
    }
}

#[test]
fn a_link_in_the_way_is_named() {
    let trial = Trial::new();
    for (link, says) in [
        ("tree/.vpcgen", "tree/.vpcgen is in the way: vpcgen needs a directory of that name"),
        ("tree/cloud-init", "tree/cloud-init is not a directory"),
        ("tree/pools.tf", "tree/pools.tf was not written by vpcgen: it is not a regular file"),
        ("tree/vpcgen-interrupted.tf.json", "is not a regular file"),
        ("cluster.lock.json", "cluster.lock.json is a symbolic link to a file that does not exist"),
    ] {
        trial.begin();
        let at = trial.folder.path().join(link);
        let _ = fs::remove_file(&at);
        let _ = fs::remove_dir_all(&at);
        symlink("/nonexistent", &at).unwrap();
        let run = trial.folder.run(&["render", "--out", "tree"]).ends(1);
        assert!(run.err().contains(says), "{link}: {}", run.err());
        fs::remove_file(at).unwrap();
    }
}

/// A directory that leads out of the repository is used only by its real name.
#[test]
fn an_output_directory_that_leads_out() {
    let trial = Trial::new();
    let outside = Folder::with("");
    symlink(outside.path(), trial.folder.path().join("infra")).unwrap();
    for dir in ["infra", "infra/new", "./infra"] {
        for arguments in [&["render", "--out", dir][..], &["render", "--out", dir, "--check"]] {
            let run = trial.folder.run(arguments).ends(1);
            assert!(run.err().contains("leads out of the current directory through a symbolic link"), "{}", run.err());
        }
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    trial.folder.run(&["render", "--out", outside.path().to_str().unwrap()]).ends(0);
}

/// The user's own link to a lock stays a link.
#[test]
fn a_linked_lock_stays_a_link() {
    let trial = Trial::new();
    let (link, lock) = (trial.folder.path().join("cluster.lock.json"), trial.folder.path().join("locks/kub.json"));
    fs::create_dir(lock.parent().unwrap()).unwrap();
    fs::rename(&link, &lock).unwrap();
    symlink("locks/kub.json", &link).unwrap();
    for arguments in [&["render", "--out", "tree"][..], &["lock"]] {
        fs::write(&lock, &trial.trees[0][Path::new("../cluster.lock.json")]).unwrap();
        let run = trial.folder.run(arguments).ends(0);
        assert!(run.err().starts_with("changed cluster.lock.json\n"), "{}", run.err());
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("locks/kub.json"));
        assert_eq!(fs::read(&lock).unwrap(), trial.trees[1][Path::new("../cluster.lock.json")]);
        assert_eq!(fs::read_dir(lock.parent().unwrap()).unwrap().count(), 1);
    }
}
