//! `vpcgen diff`: where it reads the two sides, and how it ends.

use std::process::Command;

use crate::support::folder::{Folder, Run};
use crate::tools;

const DESCRIPTION: &str = "name: kub\nproject: my-project\nregion: asia-southeast1\npools: { n: { count: 2 } }\n";

fn git(folder: &Folder, arguments: &[&str]) -> Run {
    let identity =
        ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"];
    folder.start(Command::new("git").args(identity).args(arguments))
}

/// A repository with the description and its lock in one commit. Without Git, a line says so.
fn committed() -> Option<Folder> {
    if Command::new("git").arg("--version").output().is_err() {
        tools::missing("comparisons with revisions", "install git");
        return None;
    }
    let folder = Folder::with(DESCRIPTION);
    folder.run(&["lock"]).ends(0);
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "first"]] {
        git(&folder, arguments).ends(0);
    }
    Some(folder)
}

#[test]
fn two_files_or_folders() {
    let folder = Folder::with(DESCRIPTION);
    folder.write("new.yaml", &DESCRIPTION.replace("count: 2", "count: 3"));
    let text = folder.run(&["diff", "cluster.yaml", "new.yaml"]).ends(2).out();
    assert!(text.contains("1 machine is created: kub-n-3"), "{text}");
    assert!(text.contains("--> new.yaml:4 pools.n.count") && !text.contains('\u{1b}'), "{text}");
    let same = folder.run(&["diff", "cluster.yaml", "cluster.yaml"]).ends(0);
    assert_eq!(same.err(), "nothing changes: cluster.yaml against cluster.yaml\n");
    assert_eq!(folder.run(&["diff", ".", "cluster.yaml"]).ends(0).out(), "");
    folder.run(&["diff", "cluster.yaml", "nowhere.yaml"]).ends(1);
    let both = folder.run(&["diff", "cluster.yaml", "new.yaml", "--against", "main"]).ends(1);
    assert!(both.err().contains("`--against` compares one description"), "{}", both.err());
}

#[test]
fn a_description_that_is_not_valid_is_an_error() {
    let folder = Folder::with(DESCRIPTION);
    folder.write("new.yaml", &DESCRIPTION.replace("count: 2", "count: -2"));
    assert!(folder.run(&["diff", "cluster.yaml", "new.yaml"]).ends(1).err().contains("error[invalid-count]"));
}

#[test]
fn a_revision_has_the_description_and_its_lock() {
    let Some(folder) = committed() else { return };
    folder.run(&["diff"]).ends(0);
    folder.write("cluster.yaml", &DESCRIPTION.replace("count: 2", "count: 1, machine_type: e2-standard-4"));
    for arguments in
        [&["diff"][..], &["diff", "cluster.yaml", "--against", "HEAD"], &["diff", "--against", "main"], &["diff", "."]]
    {
        let text = folder.run(arguments).ends(2).out();
        assert!(
            text.contains("1 machine restarts: kub-n-1") && text.contains("1 machine is deleted: kub-n-2"),
            "{text}"
        );
    }
    let markdown = folder.run(&["diff", "--format", "markdown"]).ends(2).out();
    assert!(markdown.starts_with("<!-- vpcgen-diff: cluster.yaml -->\n**vpcgen: "), "{markdown}");
    let json: serde_json::Value =
        serde_json::from_str(&folder.run(&["diff", "--format", "json"]).ends(2).out()).unwrap();
    assert_eq!(json["summary"]["restart"], 1);
    assert_eq!(json["nodes"]["released"][0]["name"], "kub-n-2");
    let restarted = json["changes"].as_array().unwrap().iter().find(|change| change["action"] == "restart").unwrap();
    assert_eq!(restarted["address"], "google_compute_instance.n[\"kub-n-1\"]");
    assert_eq!((&restarted["severity"], &restarted["line"]), (&"caution".into(), &4.into()));
    // The gate.
    folder.run(&["diff", "--fail-on", "danger"]).ends(2);
    folder.run(&["diff", "--fail-on", "caution"]).ends(1);
    folder.write("cluster.yaml", &DESCRIPTION.replace("name: kub", "name: bub"));
    let refused = folder.run(&["diff", "--fail-on", "danger"]).ends(1).out();
    assert!(refused.contains("vpcgen refuses to render this"), "{refused}");
}

#[test]
fn nothing_changes_is_one_short_line() {
    let Some(folder) = committed() else { return };
    folder.write("cluster.yaml", &format!("# a comment\n{DESCRIPTION}"));
    for format in ["text", "markdown"] {
        let run = folder.run(&["diff", "--format", format]).ends(0);
        assert_eq!(run.out(), "");
    }
    let json: serde_json::Value =
        serde_json::from_str(&folder.run(&["diff", "--format", "json"]).ends(0).out()).unwrap();
    assert_eq!(json["changes"], serde_json::json!([]));
}

#[test]
fn a_description_in_a_folder_of_the_repository() {
    let Some(folder) = committed() else { return };
    std::fs::create_dir(folder.path().join("clusters")).unwrap();
    folder.write("clusters/kub.yaml", DESCRIPTION);
    folder.run(&["lock", "clusters/kub.yaml"]).ends(0);
    git(&folder, &["add", "."]).ends(0);
    git(&folder, &["commit", "-q", "-m", "second"]).ends(0);
    folder.write("clusters/kub.yaml", &DESCRIPTION.replace("count: 2", "count: 3"));
    assert!(folder.run(&["diff", "clusters/kub.yaml"]).ends(2).out().contains("kub-n-3"));
    let error = folder.run(&["diff", "clusters/kub.yaml", "--against", "HEAD~1"]).ends(1).err();
    assert!(error.contains("clusters/kub.yaml is not in HEAD~1"), "{error}");
    git(&folder, &["mv", "clusters/kub.yaml", "clusters/live.yaml"]).ends(0);
    let error = folder.run(&["diff", "clusters/live.yaml"]).ends(1).err();
    assert!(error.contains("it was kub.yaml then"), "{error}");
}

#[test]
fn what_git_cannot_answer_is_said_in_one_line() {
    let Some(folder) = committed() else { return };
    let error = |arguments: &[&str]| folder.run(arguments).ends(1).err();
    assert!(error(&["diff", "--against", "nothing"]).contains("Git does not know the revision `nothing`"));
    assert!(error(&["diff", "--against", "origin/main"]).contains("`git fetch origin main`"));
    assert!(error(&["diff", "--against=--help"]).contains("is not a revision"));
    assert!(error(&["diff", "-", "--against", "main"]).contains("standard input is in no revision"));
    let shallow = tempfile::tempdir().unwrap();
    let from = format!("file://{}", folder.path().display());
    git(&folder, &["commit", "-q", "--allow-empty", "-m", "second"]).ends(0);
    git(&folder, &["clone", "-q", "--depth=1", &from, shallow.path().join("clone").to_str().unwrap()]).ends(0);
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_vpcgen"))
            .args(arguments)
            .current_dir(shallow.path().join("clone"))
            .output();
        String::from_utf8(output.unwrap().stderr).unwrap()
    };
    let text = run(&["diff", "--against", "HEAD~1"]);
    assert!(text.contains("shallow clone") && text.contains("fetch-depth: 0"), "{text}");
    // Outside a repository.
    let outside = Folder::with(DESCRIPTION);
    let text = outside.run(&["diff"]).ends(1).err();
    assert!(text.contains("is not in a Git repository"), "{text}");
    // Without Git.
    let program = env!("CARGO_BIN_EXE_vpcgen");
    let text = outside.start(Command::new(program).arg("diff").env("PATH", "")).ends(1).err();
    assert!(text.contains("git is not installed"), "{text}");
}

#[test]
fn a_lock_that_was_deleted_is_noticed() {
    let Some(folder) = committed() else { return };
    std::fs::remove_file(folder.path().join("cluster.lock.json")).unwrap();
    folder.write("cluster.yaml", &DESCRIPTION.replace("pools: {", "pools: { a: { count: 1 },"));
    let run = folder.run(&["diff"]).ends(2);
    assert!(run.err().contains("cluster.lock.json does not exist"), "{}", run.err());
    assert!(run.out().contains("pods of 2 machines are cut off"), "{}", run.out());
}

#[test]
fn a_plan_of_terraform_is_explained() {
    let folder = Folder::with(DESCRIPTION);
    folder.write("new.yaml", &DESCRIPTION.replace("count: 2", "count: 3"));
    let change = |address: &str, actions: &[&str], before: serde_json::Value, after: serde_json::Value| {
        serde_json::json!({
            "address": address, "mode": "managed", "type": address.split('.').find(|part| part.starts_with("google_")),
            "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}},
        })
    };
    let machine = |kind: &str| serde_json::json!({"name": "kub-n-1", "machine_type": kind, "label_fingerprint": kind});
    let plan = serde_json::json!({"format_version": "1.2", "resource_changes": [
        change("module.kub.google_compute_instance.n[\"kub-n-3\"]", &["create"], serde_json::Value::Null, serde_json::json!({})),
        change("google_compute_instance.n[\"kub-n-1\"]", &["update"], machine("e2-standard-4"), machine("e2-standard-2")),
        change("google_compute_disk.state[\"kub-m\"]", &["delete", "create"], serde_json::json!({}), serde_json::json!({})),
        change("google_compute_network.vpc", &["no-op"], serde_json::json!({}), serde_json::json!({})),
    ]});
    folder.write("plan.json", &plan.to_string());
    let text = folder.run(&["diff", "cluster.yaml", "new.yaml", "--plan", "plan.json"]).ends(2).out();
    assert!(text.contains("danger: Terraform's plan: google_compute_disk.state[\"kub-m\"] is replaced"), "{text}");
    assert!(
        text.contains("google_compute_instance.n[\"kub-n-1\"] restarts") && text.contains("`machine_type`"),
        "{text}"
    );
    assert!(!text.contains("kub-n-3\"] is created") && !text.contains("should change"), "{text}");
    folder.write("plan.json", "{\"format_version\": \"1.2\", \"resource_changes\": []}");
    let text = folder.run(&["diff", "cluster.yaml", "new.yaml", "--plan", "plan.json"]).ends(2).out();
    assert!(
        text.contains("1 resource that should change is not in it: google_compute_instance.n[\"kub-n-3\"]"),
        "{text}"
    );
    for wrong in ["{}", "no JSON"] {
        folder.write("plan.json", wrong);
        assert!(
            folder
                .run(&["diff", "cluster.yaml", "new.yaml", "--plan", "plan.json"])
                .ends(1)
                .err()
                .contains("show -json PLANFILE")
        );
    }
}

/// Escapes in a description would reach the terminal, and mentions the people on the pull request.
#[test]
fn nothing_of_a_description_reaches_the_reader_as_it_is() {
    let folder = Folder::with(DESCRIPTION);
    let backend = "terraform: { backend: { gcs: { bucket: my-bucket, prefix: \"a|`@octocat`|\" } } }\n";
    let file = "new\u{1b}[31m.yaml";
    folder.write(file, &format!("{DESCRIPTION}{backend}"));
    for format in ["text", "markdown", "json"] {
        let out = folder.run(&["diff", "cluster.yaml", file, "--format", format]).ends(2).out();
        assert!(!out.contains('\u{1b}') && out.contains("octocat"), "{out}");
        if format == "markdown" {
            let row = out.lines().find(|line| line.starts_with("| 🟠")).unwrap();
            assert_eq!(row.matches('|').count(), 4, "{row}");
            assert!(!row.contains('`') && !row.contains("@octocat"), "{row}");
        }
    }
}
