use std::fs;

use crate::repository::{RIGHT, Repository};

const MARKER: &str = "<!-- vpcgen-diff: cluster.yaml -->";
const CHANGES: &str = "<!-- vpcgen-diff: cluster.yaml -->\n**vpcgen: 1 machine created** (kub)\n";

#[test]
fn findings_are_annotations() {
    let mut repository = Repository::new();
    repository.run("validate").expect(0, "");
    repository.write("checkout/cluster.yaml", &format!("{RIGHT}kubernetes: {{pod_security: privileged}}\n"));
    repository.run("validate").expect(0, "::warning file=cluster.yaml,line=4,");
    repository.set("VPCGEN_DENY", "warnings");
    repository.run("validate").expect(1, "::error file=cluster.yaml,line=4,");
    repository.set("VPCGEN_ALLOW", "privileged-pods");
    assert!(!repository.run("validate").expect(0, "").said.contains("::"));
    // The lock would change.
    repository.write("checkout/cluster.yaml", &format!("{RIGHT}pools: {{n: {{count: 3}}}}\n"));
    repository.run("validate").expect(1, "title=vpcgen lock-behind::");
}

#[test]
fn files_that_are_out_of_date_fail() {
    let repository = Repository::new();
    repository.run("render").expect(0, ". is up to date");
    repository.write("checkout/pools.tf", &repository.read("checkout/pools.tf").replace("pool", "::add-mask::pool"));
    let said = repository
        .run("render")
        .expect(
            1,
            "::error title=vpcgen render::The files in . are out of date: run vpcgen render cluster.yaml --out .,",
        )
        .said;
    // What the difference quotes stands between these two, where commands have no effect.
    let (before, rest) = said.split_once("::stop-commands::").unwrap();
    let (stop, rest) = rest.split_once('\n').unwrap();
    let (quoted, after) = rest.split_once(&format!("::{stop}::")).unwrap();
    assert!(
        stop.len() == 32 && quoted.contains("::add-mask::") && !(before.to_owned() + after).contains("::add-mask::"),
        "{said}"
    );
    repository.write("checkout/cluster.yaml", "name: KUB\n");
    assert!(!repository.run("render").expect(1, "error[").said.contains("::error"));
}

#[test]
fn the_tree_is_beside_its_description() {
    let mut repository = Repository::new();
    fs::create_dir(repository.path("checkout/prod")).unwrap();
    repository.write("checkout/prod/cluster.yaml", RIGHT);
    repository.set("VPCGEN_FILE", "prod/cluster.yaml");
    repository.run("render").expect(1, "The files in prod are out of date");
    repository.set("VPCGEN_DIR", "prod/terraform");
    repository.run("render").expect(1, "The files in prod/terraform are out of date");
    // It is not on the base branch.
    repository.run("diff").expect(0, "");
    assert_eq!(repository.read("summary"), "`prod/cluster.yaml` is new: nothing runs yet that a change could touch.\n");
    assert_eq!(repository.read("fake/calls"), "");
}

#[test]
fn a_change_is_in_the_summary_and_in_one_comment() {
    let repository = Repository::new();
    repository.diff(2, CHANGES, "");
    repository.run("diff").expect(0, "");
    assert_eq!(repository.read("summary"), CHANGES);
    assert_eq!(repository.read("fake/comment"), CHANGES);
    let calls = repository.read("fake/calls");
    assert!(calls.starts_with("vpcgen diff --against origin/main --format markdown -- cluster.yaml\n"), "{calls}");
    assert!(calls.contains("\napi --method POST repos/some/repository/issues/7/comments --field body=@"), "{calls}");
    // The comment exists, among others, one of which quotes it.
    let comments = format!(
        r#"[{{"id": 1, "body": "hello"}}, {{"id": 2, "body": "{MARKER}\nold"}}, {{"id": 3, "body": "> {MARKER}"}}]"#
    );
    repository.write("fake/comments", &comments);
    repository.write("fake/calls", "");
    repository.run("diff").expect(0, "");
    let calls = repository.read("fake/calls");
    assert!(calls.contains("\napi --method PATCH repos/some/repository/issues/comments/2 --field body=@"), "{calls}");
    assert!(!calls.contains("POST"), "{calls}");
    // Nothing changes any more.
    repository.diff(0, "", "nothing changes\n");
    repository.run("diff").expect(0, "");
    let nothing = format!("{MARKER}\n**vpcgen: nothing changes** (`cluster.yaml` against `origin/main`)\n");
    assert_eq!(repository.read("fake/comment"), nothing);
    assert!(repository.read("summary").ends_with(&nothing));
}

#[test]
fn the_real_program_is_called_as_it_wants_to_be() {
    let mut repository = Repository::new();
    fs::remove_file(repository.path("fake/diff")).unwrap();
    repository.run("diff").expect(0, "");
    assert!(
        repository.read("summary").ends_with("**vpcgen: nothing changes** (`cluster.yaml` against `origin/main`)\n")
    );
    assert!(!repository.read("fake/calls").contains("--method"));
    repository.write("checkout/cluster.yaml", &format!("{RIGHT}control_plane: {{machine_type: n2-standard-4}}\n"));
    repository.run("diff").expect(0, "");
    let comment = repository.read("fake/comment");
    assert!(comment.starts_with(&format!("{MARKER}\n**vpcgen: 1 machine restarts** · ")), "{comment}");
    assert!(repository.read("summary").ends_with(&comment));
    repository.set("VPCGEN_FAIL_ON", "caution");
    repository.run("diff").expect(1, "::error title=vpcgen diff::cluster.yaml: a change is as severe as caution");
    // What cannot be compared is in the summary.
    repository.write("checkout/cluster.yaml", "name: KUB\n");
    repository.run("diff").expect(1, "::error title=vpcgen diff::cluster.yaml cannot be compared with origin/main");
    assert!(repository.read("summary").contains("    error["), "{}", repository.read("summary"));
}

#[test]
fn nothing_is_said_where_nothing_changes() {
    let repository = Repository::new();
    repository.run("diff").expect(0, "");
    assert!(repository.read("summary").contains("nothing changes"));
    assert!(!repository.read("fake/calls").contains("--method"), "{}", repository.read("fake/calls"));
}

#[test]
fn forks_get_the_summary_alone() {
    let mut repository = Repository::new();
    repository.diff(2, CHANGES, "");
    let event = repository.read("event.json").replacen("some/repository", "fork/repository", 1);
    repository.write("event.json", &event);
    repository.run("diff").expect(0, "::notice title=vpcgen diff::A pull request from a fork gets no comment");
    assert_eq!(repository.read("summary"), CHANGES);
    // No permission, although it is no fork.
    repository.write("event.json", &event.replace("fork/", "some/"));
    repository.write("fake/read-only", "");
    repository.run("diff").expect(0, "::warning title=vpcgen diff::The comment could not be written");
    repository.write("fake/comments", "no JSON");
    repository.run("diff").expect(0, "::warning title=vpcgen diff::The comment could not be written");
    // Not asked for.
    repository.write("fake/calls", "");
    repository.set("VPCGEN_COMMENT", "false");
    repository.run("diff").expect(0, "");
    repository.set("VPCGEN_COMMENT", "true");
    repository.set("GH_TOKEN", "");
    repository.run("diff").expect(0, "");
    assert!(!repository.read("fake/calls").contains("api "), "{}", repository.read("fake/calls"));
}

#[test]
fn severe_changes_and_errors_fail() {
    let mut repository = Repository::new();
    repository.set("VPCGEN_FAIL_ON", "danger");
    repository.diff(1, CHANGES, "");
    repository.run("diff").expect(1, "::error title=vpcgen diff::cluster.yaml: a change is as severe as danger");
    assert_eq!(repository.read("summary"), CHANGES);
    assert_eq!(repository.read("fake/comment"), CHANGES);
    assert!(repository.read("fake/calls").contains("--fail-on=danger -- cluster.yaml\n"));
    repository.diff(1, "", "error: no such revision\n");
    repository.write("fake/calls", "");
    repository.run("diff").expect(1, "::error title=vpcgen diff::cluster.yaml cannot be compared with origin/main");
    assert!(repository.read("summary").ends_with("`origin/main`:\n\n    error: no such revision\n"));
    assert!(!repository.read("fake/calls").contains("api "));
}

#[test]
fn other_events_have_nothing_to_compare_with() {
    let mut repository = Repository::new();
    repository.diff(2, CHANGES, "");
    repository.set("GITHUB_BASE_REF", "");
    repository.write("event.json", "{}");
    repository.run("diff").expect(0, "This is no pull request");
    assert_eq!(repository.read("summary"), "");
    repository.set("VPCGEN_BASE", "HEAD");
    repository.run("diff").expect(0, "");
    assert_eq!(repository.read("summary"), CHANGES);
    assert!(!repository.read("fake/calls").contains("api "), "{}", repository.read("fake/calls"));
}
