//! `vpcgen expand`: what it prints is a description of the same cluster, and it leaves nothing out.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use vpcgen::compile::{Compiled, Document, LockFile, LockPolicy};
use vpcgen::diag::Code;
use vpcgen::render::{File, Origin};

#[path = "support/random.rs"]
mod random;
mod support;
#[path = "support/toggles.rs"]
mod toggles;
use support::folder::Folder;
use support::{examples, outcome};

fn compiled(text: &str, lock: Option<&str>) -> Option<Compiled> {
    let (name, policy) = ("cluster.lock.json".to_owned(), LockPolicy::Update);
    let lock = lock.map(|text| LockFile { name, bytes: Some(text.into()), policy });
    outcome(Document::new("cluster.yaml", text), lock).compiled
}

fn tree(compiled: &Compiled) -> Vec<File> {
    compiled.tree(&Origin::single("cluster.yaml".into()))
}

/// The expansion, which must be the same cluster with the same lock, and all that a second expansion can print.
fn expanded(text: &str, lock: Option<&str>) -> Option<String> {
    let before = compiled(text, lock)?;
    let printed = before.expand("cluster.lock.json");
    let after = compiled(&printed, lock).unwrap_or_else(|| panic!("{text}\n=>\n{printed}\nis not valid"));
    assert_eq!(tree(&before), tree(&after), "{text}\n=>\n{printed}");
    assert_eq!(before.lock.text(), after.lock.text(), "{text}\n=>\n{printed}");
    let values =
        |text: &str| text.lines().map(|line| line.split("  # ").next().unwrap().to_owned()).collect::<Vec<_>>();
    let again = after.expand("cluster.lock.json");
    assert_eq!(values(&printed), values(&again));
    let left = again.lines().find(|line| line.contains("  # default"));
    assert!(left.is_none(), "a default is not written out: {left:?}");
    Some(printed)
}

#[test]
fn every_example_is_the_same_cluster() {
    for folder in examples() {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        let description = read("cluster.yaml").unwrap();
        assert!(
            expanded(&description, None).is_some()
                && expanded(&description, read("cluster.lock.json").as_deref()).is_some()
        );
    }
}

/// The examples of the pages of `explain`: those that are right, and those that are only warnings.
#[test]
fn the_examples_of_diagnostics_are_the_same_clusters() {
    let mut valid = 0;
    for code in Code::ALL {
        for which in ["Right", "Wrong"] {
            let Some(example) = code.explanation().example(which) else { continue };
            valid += usize::from(expanded(&example.description, example.lock.as_deref()).is_some());
        }
    }
    assert!(valid > 90, "{valid}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_random_description_is_the_same_cluster(text in random::description()) {
        prop_assert!(expanded(&text, None).is_some(), "{text}");
    }

    #[test]
    fn with_any_keys_turned_on(on in prop::collection::vec(any::<bool>(), toggles::TOGGLES.len())) {
        let at = |toggle: &toggles::Toggle| toggles::TOGGLES.iter().position(|other| other == toggle).unwrap();
        let text = toggles::description(|toggle| on[at(toggle)]);
        prop_assert!(expanded(&text, None).is_some(), "{text}");
    }
}

/// Every key that a description can have, as the paths of the schema: `pools.*.disk.size`.
fn keys(schema: &Value, node: &Value, path: &str, found: &mut BTreeSet<String>) {
    let node = match node["$ref"].as_str() {
        Some(name) => &schema["$defs"][name.rsplit('/').next().unwrap()],
        None => node,
    };
    for inner in node["anyOf"].as_array().into_iter().flatten() {
        keys(schema, inner, path, found);
    }
    for (key, value) in node["properties"].as_object().into_iter().flatten() {
        found.insert(format!("{path}{key}"));
        keys(schema, value, &format!("{path}{key}."), found);
    }
    if node["additionalProperties"].is_object() {
        keys(schema, &node["additionalProperties"], &format!("{path}*."), found);
    }
}

/// A key that is added to the description must be added here too.
#[test]
fn every_key_of_the_schema_is_written_out() {
    let mut found = BTreeSet::new();
    let schema = vpcgen::spec::schema();
    keys(&schema, &schema, "", &mut found);
    assert!(found.len() > 60 && found.contains("pools.*.disk.size"), "{found:?}");
    let text = "name: kub\nproject: some-project\nregion: europe-west1\n\
        firewall: {kub-extra: {allow: [tcp:443, tcp:80, icmp], from: [\"::/0\"], to: nodes}}\n\
        terraform: {backend: {gcs: {bucket: some-bucket}}}\n\
        control_plane: {names: [m-1, m-2, m-3], service_account: a@some-project.iam.gserviceaccount.com}\n\
        pools: {\"true\": {names: [w-1], service_account: b@some-project.iam.gserviceaccount.com}}\n";
    let printed = expanded(text, None).unwrap();
    let mut path: Vec<String> = Vec::new();
    let mut written = BTreeSet::new();
    for line in printed.lines() {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let key = line.trim().split(": ").next().unwrap().trim_end_matches(':').trim_matches('"').to_owned();
        path.truncate(depth);
        let any = matches!(path.as_slice(), [parent] if parent == "pools" || parent == "firewall");
        path.push(if any { "*".to_owned() } else { key });
        written.insert(path.join("."));
    }
    let missing: Vec<_> = found.difference(&written).filter(|key| !key.contains("taints.")).collect();
    assert!(missing.is_empty(), "{missing:?}\n{printed}");
}

#[test]
fn comments_say_where_a_value_comes_from() {
    let folder =
        Folder::with("name: kub\nproject: some-project\nregion: europe-west1\nkubernetes: {version: \"1.35\"}\n");
    folder.run(&["lock"]).ends(0);
    let printed = folder.run(&["expand"]).ends(0).out();
    assert!(printed.starts_with("# Printed by: vpcgen expand\nname: kub\n"), "{printed}");
    assert!(printed.contains("  # the newest known 1.35\n"), "{printed}");
    folder.write("cluster.yaml", "name: kub\nproject: some-project\nregion: europe-west1\npools: {n: {count: 3}}\n");
    let printed = folder.run(&["expand"]).ends(0).out();
    for line in [
        "  version: 1.35.",
        "  # from cluster.lock.json\n",
        "zones: [europe-west1-b, europe-west1-c, europe-west1-d]  # default: the first zones of the region\n",
        "  name: kub-vpc  # default: <name>-vpc\n",
        "    count: 3  # kub-n-1 to kub-n-3\n",
        "  # service_account: default: kub-control-plane@some-project.iam.gserviceaccount.com, which is created\n",
        "  nat: true  # default: on, because a machine is private\n",
    ] {
        assert!(printed.contains(line), "{line}: {printed}");
    }
    let preset = folder.run(&["expand", "--preset", "minimal"]).ends(0).out();
    assert!(
        preset.starts_with("# Printed by: vpcgen expand --preset minimal\n")
            && preset.contains("  # default: the newest\n")
    );
    folder.write("cluster.yaml", "name: KUB\n");
    assert_eq!(folder.run(&["expand"]).ends(1).out(), "");
}
