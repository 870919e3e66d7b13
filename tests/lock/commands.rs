//! The commands and the lock: written with the tree or not at all, refused where it may not change, never over what is foreign.

use std::fs;
use std::process::Command;

use crate::support::folder::Folder;

const TWO: &str = "name: kub\nproject: some-project\nregion: europe-west1\npools: {n: {count: 2}}\n";
const LOCK: &str = "cluster.lock.json";

/// What vpcgen says there on standard output and standard error, which it ends with this status; the description is on its
/// standard input too.
fn run(folder: &Folder, arguments: &str, status: i32) -> (String, String) {
    let description = fs::File::open(folder.path().join("cluster.yaml")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcgen"));
    let run = folder.start(command.args(arguments.split(' ')).stdin(description));
    assert_eq!(run.status(), Some(status), "{arguments}\n{}{}", run.out(), run.err());
    (run.out(), run.err())
}

#[test]
fn adding_a_pool_first_moves_no_machine() {
    let folder = Folder::with(TWO);
    run(&folder, "render --out .", 0);
    let before = folder.read("pools.tf");
    let line = |text: &str, name: &str| {
        text.lines().find(|line| line.contains(&format!("name = \"{name}\","))).map(str::to_owned)
    };
    folder.write("cluster.yaml", &TWO.replace("{n:", "{a: {count: 1}, n:"));
    let (printed, _) = run(&folder, "render", 0);
    run(&folder, "render --out .", 0);
    let after = folder.read("pools.tf");
    for name in ["kub-n-1", "kub-n-2"] {
        assert_eq!(line(&before, name), line(&after, name));
        assert_eq!(line(&before, name), line(&printed, name));
    }
    assert!(line(&after, "kub-a-1").unwrap().contains("10.4.3.0/24"), "{after}");
}

#[test]
fn the_lock_is_written_with_the_tree_or_by_itself_and_by_nothing_else() {
    let folder = Folder::with(TWO);
    for arguments in ["render", "validate", "lock -", "render - --out other", "render --preset minimal --out third"] {
        run(&folder, arguments, i32::from(arguments == "lock -"));
        assert!(!folder.path().join(LOCK).exists(), "{arguments}");
    }
    run(&folder, "render --out tree --check", 2);
    let (shown, _) = run(&folder, "lock --check", 2);
    assert!(shown.starts_with("--- /dev/null\n+++ b/cluster.lock.json\n"), "{shown}");
    assert!(!folder.path().join(LOCK).exists());
    let (_, said) = run(&folder, "lock", 0);
    assert_eq!(said, "created cluster.lock.json\n");
    let by_lock = folder.read(LOCK);
    fs::remove_file(folder.path().join(LOCK)).unwrap();
    run(&folder, "render --out tree", 0);
    assert_eq!(folder.read(LOCK), by_lock);
    assert!(!folder.path().join("tree").join(LOCK).exists());
    assert_eq!(run(&folder, "lock", 0).1, "cluster.lock.json is up to date\n");
    run(&folder, "render --out tree --check --locked", 0);
}

#[test]
fn each_description_of_a_folder_has_its_own() {
    let folder = Folder::with(TWO);
    folder.write("prod.yaml", &TWO.replace("kub", "prod"));
    run(&folder, "lock", 0);
    run(&folder, "lock prod.yaml", 0);
    assert!(folder.read("prod.lock.json").contains("prod-n-1") && folder.read(LOCK).contains("kub-n-1"));
}

#[test]
fn locked_refuses_what_would_change_the_lock() {
    let folder = Folder::with(TWO);
    for arguments in
        ["validate --locked", "render --locked", "render --out . --locked", "render --out . --check --locked"]
    {
        assert!(run(&folder, arguments, 1).1.contains("error[lock-behind]: cluster.lock.json does not exist"));
    }
    assert!(!folder.path().join(LOCK).exists() && !folder.path().join("pools.tf").exists());
    run(&folder, "lock", 0);
    folder.write("cluster.yaml", &TWO.replace("count: 2", "count: 3"));
    let before = folder.read(LOCK);
    for arguments in ["validate --locked", "render --locked", "render --out . --locked"] {
        let (out, err) = run(&folder, arguments, 1);
        assert!(out.is_empty() && err.contains("it would add kub-n-3 (10.4.3.0/24)"), "{err}");
    }
    // Without the flag: the one that plans and cannot write it says so; the others follow.
    assert!(run(&folder, "render", 0).1.contains("warning[lock-behind]"));
    assert!(!run(&folder, "validate", 0).1.contains("lock"));
    assert_eq!(folder.read(LOCK), before);
    assert!(run(&folder, "render --preset minimal --locked", 1).1.contains("presets and standard input have no lock"));
}

#[test]
fn a_tree_that_cannot_be_written_leaves_the_lock() {
    let folder = Folder::with(TWO);
    run(&folder, "render --out tree", 0);
    let before = folder.read(LOCK);
    folder.write("cluster.yaml", &TWO.replace("count: 2", "count: 3"));
    fs::remove_dir_all(folder.path().join("tree/cloud-init")).unwrap();
    folder.write("tree/cloud-init", "in the way\n");
    run(&folder, "render --out tree", 1);
    assert_eq!(folder.read(LOCK), before);
    folder.write("tree/network.tf", "# mine\n");
    run(&folder, "render --out tree", 1);
    assert_eq!(folder.read(LOCK), before);
}

#[test]
fn a_lock_that_is_not_understood_is_never_overwritten() {
    let folder = Folder::with(TWO);
    run(&folder, "render --out .", 0);
    let good = folder.read(LOCK);
    let newer = good.replace("\"version\": 3", "\"version\": 4");
    let torn = good[..good.len() / 2].to_owned();
    let other_range = good
        .replace("10.4.", "10.5.")
        .replace("10.5.0.0/14", "10.4.0.0/14")
        .replace("\"node_prefix\": 24", "\"node_prefix\": 25");
    for (text, code) in [
        (newer, "lock-version"),
        (torn, "lock-unreadable"),
        (other_range, "lock-entry"),
        ("{}".to_owned(), "lock-unreadable"),
    ] {
        folder.write(LOCK, &text);
        for arguments in ["render", "render --out .", "render --out . --check", "lock", "lock --check", "validate"] {
            let (out, err) = run(&folder, arguments, 1);
            assert!(out.is_empty() && err.contains(&format!("error[{code}]")), "{arguments}: {err}");
        }
        assert_eq!(folder.read(LOCK), text);
    }
    // Laid out anew by another tool, it is left as it is.
    let value: serde_json::Value = serde_json::from_str(&good).unwrap();
    folder.write(LOCK, &value.to_string());
    run(&folder, "render --out . --locked", 0);
    assert_eq!(folder.read(LOCK), value.to_string());
}

/// `cluster.yml` beside `cluster.yaml`: each would release the machines of the other.
#[test]
fn two_descriptions_do_not_share_a_lock() {
    let folder = Folder::with(TWO);
    run(&folder, "render --out .", 0);
    let before = folder.read(LOCK);
    folder.write("cluster.yml", &TWO.replace("count: 2", "count: 1"));
    for arguments in
        ["render", "render --out .", "render --out . --check", "lock", "lock cluster.yml", "validate cluster.yml"]
    {
        let (out, err) = run(&folder, arguments, 1);
        assert!(out.is_empty() && err.contains("error[lock-shared]"), "{arguments}: {err}");
        assert!(err.contains("share one lock, cluster.lock.json"), "{err}");
    }
    assert_eq!(folder.read(LOCK), before);
    fs::remove_file(folder.path().join("cluster.yml")).unwrap();
    // JSON is YAML, and a description may have any ending. Most files of these names are something else.
    let json = r#"{"name": "kub", "project": "some-project", "region": "europe-west1"}"#;
    for name in ["cluster.json", "cluster"] {
        for (text, status) in [(json, 1), (TWO, 1), ("{\"name\": \"kub\", \"instances\": []}", 0), ("\u{0}ELF", 0)] {
            folder.write(name, text);
            let (_, err) = run(&folder, "validate", status);
            assert_eq!(
                err.contains(&format!("cluster.yaml and {name} share one lock")),
                status == 1,
                "{name} {text}: {err}"
            );
        }
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    fs::create_dir(folder.path().join("cluster")).unwrap();
    run(&folder, "validate", 0);
    // The same file by another name is no second description.
    std::os::unix::fs::symlink("cluster.yaml", folder.path().join("cluster.yml")).unwrap();
    run(&folder, "validate", 0);
    run(&folder, "validate cluster.yml", 0);
}

#[test]
fn json_names_the_file_of_each_problem() {
    let folder = Folder::with(TWO);
    run(&folder, "lock", 0);
    folder.write(LOCK, &folder.read(LOCK).replace("10.4.2.0/24", "10.4.1.0/24"));
    folder.write("cluster.yaml", &(TWO.to_owned() + "network: {nat: false}\n"));
    let (out, err) = run(&folder, "validate --format json", 1);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let all: Vec<_> =
        json["diagnostics"].as_array().unwrap().iter().map(|d| (&d["file"], &d["code"], &d["line"])).collect();
    assert_eq!(err, "");
    assert_eq!(all.len(), 2);
    assert!(*all[0].0 == "cluster.yaml" && *all[0].1 == "no-egress");
    assert!(*all[1].0 == LOCK && *all[1].1 == "lock-conflict" && *all[1].2 == 27, "{all:?}");
}

/// A linked description belongs where the link is: the directory of its target may be another repository's, or read-only.
#[cfg(unix)]
#[test]
fn the_lock_of_a_linked_description_lies_beside_the_link() {
    let folder = Folder::with(TWO);
    fs::create_dir(folder.path().join("shared")).unwrap();
    fs::rename(folder.path().join("cluster.yaml"), folder.path().join("shared/cluster.yaml")).unwrap();
    std::os::unix::fs::symlink("shared/cluster.yaml", folder.path().join("cluster.yaml")).unwrap();
    for arguments in ["lock", "render --out tree", "render --out tree --check --locked"] {
        run(&folder, arguments, 0);
        assert!(folder.path().join(LOCK).is_file() && !folder.path().join("shared").join(LOCK).exists(), "{arguments}");
    }
}

/// Without its lock, a changed description would rewrite the tree as another cluster's.
#[test]
fn a_tree_without_its_lock_is_left_alone() {
    let folder = Folder::with(TWO);
    run(&folder, "render --out tree", 0);
    let before = folder.read("tree/pools.tf");
    fs::remove_file(folder.path().join(LOCK)).unwrap();
    folder.write("cluster.yaml", &TWO.replace("name: kub", "name: prod"));
    for arguments in ["render --out tree", "render --out tree --check"] {
        let (_, said) = run(&folder, arguments, 1);
        assert!(said.contains("cluster.lock.json does not exist, but tree holds a tree"), "{said}");
        assert!(said.contains("restore the lock from Git"), "{said}");
    }
    assert!(!folder.path().join(LOCK).exists());
    assert_eq!(folder.read("tree/pools.tf"), before);
    // Both ways out.
    run(&folder, "render --out tree --adopt", 0);
    fs::remove_file(folder.path().join(LOCK)).unwrap();
    fs::remove_dir_all(folder.path().join("tree")).unwrap();
    run(&folder, "render --out tree", 0);
}
