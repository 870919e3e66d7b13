//! Locks of format version 1 knew blocks and zones only: they are read, completed, and written as version 3. Version 2 lacks
//! the settings of machines, which are added without a word.

use vpcgen::compile::{Document, LockFile, LockPolicy, Outcome};
use vpcgen::diag::draw;
use vpcgen::lock::Lock;

use crate::support::folder::Folder;
use crate::support::{cluster, outcome};

const TEXT: &str = "name: kub\nproject: some-project\nregion: europe-west1\n";
const LOCK: &str = "cluster.lock.json";
const ONE: &str = r#"{
  "version": 1,
  "pods": "10.4.0.0/14",
  "node_prefix": 24,
  "released": ["10.4.9.0/24"],
  "nodes": {
    "kub-m": { "pods": "10.4.0.0/24", "zone": "europe-west1-b" },
    "kub-n-1": { "pods": "10.4.7.0/24", "zone": "europe-west1-d" },
    "kub-n-2": { "pods": "10.4.2.0/24", "zone": "europe-west1-c" }
  }
}
"#;

fn compile(text: &str, lock: &str, policy: LockPolicy) -> Outcome {
    let lock = LockFile { name: LOCK.to_owned(), bytes: Some(lock.as_bytes().to_vec()), policy };
    outcome(Document::new("cluster.yaml", text), Some(lock))
}

fn shown(outcome: &Outcome) -> String {
    outcome.reports().iter().map(|(report, source)| draw(report, source)).collect()
}

#[test]
fn it_is_completed_and_no_machine_moves() {
    let outcome = compile(TEXT, ONE, LockPolicy::Update);
    assert!(shown(&outcome).is_empty(), "{}", shown(&outcome));
    let compiled = outcome.compiled.unwrap();
    let text = compiled.lock.text();
    let fresh = Lock::assign(&cluster(TEXT), None);
    assert_eq!(compiled.lock.identity, fresh.identity);
    for line in
        ["\"version\": 3,", "\"name\": \"kub\",", r#""kub-n-1": { "pods": "10.4.7.0/24", "zone": "europe-west1-d" },"#]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.contains("\"10.4.9.0/24\""), "{text}");
    // All that was there is there; only the version's line is another, and that of `released`, which is laid out anew.
    let lost: Vec<&str> = ONE.lines().filter(|line| !text.contains(line.trim())).collect();
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert!(shown(&compile(TEXT, &text, LockPolicy::Frozen)).is_empty());
}

#[test]
fn frozen_says_what_is_missing_and_a_check_shows_it() {
    let said = shown(&compile(TEXT, ONE, LockPolicy::Frozen));
    assert!(
        said.contains("cluster.lock.json is out of date: it would add the cluster's identity (format version 3)"),
        "{said}"
    );
    let folder = Folder::with(TEXT);
    folder.write(LOCK, ONE);
    let run = |arguments: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vpcgen"));
        folder.start(command.args(arguments.split(' ')))
    };
    let check = run("lock --check");
    assert_eq!(check.status(), Some(2));
    for line in ["-  \"version\": 1,", "+  \"version\": 3,", "+    \"project\": \"some-project\","] {
        assert!(check.out().contains(line), "{line}: {}", check.out());
    }
    assert_eq!(folder.read(LOCK), ONE);
    assert_eq!(run("render --out tree --locked").status(), Some(1));
    assert_eq!(run("render --out tree").status(), Some(0));
    assert!(folder.read(LOCK).contains("\"version\": 3"));
    assert_eq!(run("render --out tree --check --locked").status(), Some(0));
}

/// It does not record the cluster's name, but those of the machines.
#[test]
fn known_contradictions_are_still_refused() {
    for (from, to, says) in [
        ("name: kub", "name: prod", "the control plane is named `prod-m`"),
        ("europe-west1", "europe-west4", "the cluster runs in europe-west1"),
        ("europe-west1\n", "europe-west1\nnetwork: {pods: 10.64.0.0/14}\n", "`network.pods` is 10.64.0.0/14"),
        ("europe-west1\n", "europe-west1\nkubernetes: {max_pods_per_node: 30}\n", "needs a /26"),
    ] {
        let outcome = compile(&TEXT.replacen(from, to, 1), ONE, LockPolicy::Update);
        let all = outcome.description.report.sorted();
        assert_eq!(all.len(), 1, "{}", shown(&outcome));
        assert!(all[0].message.contains(says), "{}", all[0].message);
    }
}

/// One branch rewrote the lock as version 3, the other added a machine: Git's result is a lock.
#[test]
fn the_new_version_merges_with_a_branch_of_the_old_one() {
    let two = compile(TEXT, ONE, LockPolicy::Update).compiled.unwrap().lock.text();
    let line = r#"    "kub-a-1": { "pods": "10.4.3.0/24", "zone": "europe-west1-b" },"#;
    let merged = two.replace("  \"nodes\": {\n    \"kub-m\"", &format!("  \"nodes\": {{\n{line}\n    \"kub-m\""));
    assert_ne!(merged, two);
    let text = format!("{TEXT}pools: {{n: {{count: 2}}, a: {{count: 1}}}}\n");
    assert!(shown(&compile(&text, &merged, LockPolicy::Frozen)).is_empty());
}
