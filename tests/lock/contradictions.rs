//! What cannot change while a cluster lives: each contradiction is one diagnostic, points at both files however the lock is
//! laid out, and goes away with its patch.

use serde_json::Value;
use vpcgen::compile::{Document, LockPolicy};
use vpcgen::diag::Severity;

use crate::compiled::{compile, lock, only, shown};
use crate::support::outcome;

/// Every value is written out.
const FULL: &str = "\
name: kub
project: some-project
region: europe-west1
zones: [europe-west1-b, europe-west1-c]
kubernetes: {version: \"1.36.3\", max_pods_per_node: 110}
network:
  name: the-vpc
  subnet: the-subnet
  nodes: 10.0.0.0/20
  pods: 10.64.0.0/20
  services: 10.8.0.0/20
control_plane: {names: [kub-m], state_disk: {size: 20, type: pd-ssd}}
pools:
  n: {count: 2}
  db: {count: 2, disk: {type: pd-ssd, keep: true}}
";
/// Three control planes.
const THREE: &str = "name: kub\nproject: some-project\nregion: europe-west1\ncontrol_plane: {count: 3}\n";
/// As little as possible is written.
const SHORT: &str = "name: kub\nproject: some-project\nregion: europe-west1\n";

/// The same lock in other layouts: keys in ascending and descending order, on one line, on many, with CRLF.
fn layouts(text: &str) -> Vec<String> {
    fn sorted(value: &Value, backwards: bool, blank: &str) -> String {
        match value {
            Value::Object(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_by_key(|(key, _)| key.as_str());
                if backwards {
                    entries.reverse();
                }
                let entry = |(key, value): &(&String, &Value)| {
                    format!("\"{key}\"{blank}:{blank}{}", sorted(value, backwards, blank))
                };
                format!(
                    "{{{blank}{}{blank}}}",
                    entries.iter().map(entry).collect::<Vec<_>>().join(&format!("{blank},{blank}"))
                )
            }
            other => other.to_string(),
        }
    }
    let value: Value = serde_json::from_str(text).unwrap();
    let mut all = vec![text.to_owned(), text.replace('\n', "\r\n"), value.to_string()];
    for backwards in [false, true] {
        all.extend(["", " ", "\n\t"].map(|blank| sorted(&value, backwards, blank)));
    }
    all
}

struct Case {
    before: &'static str,
    /// A change of the description.
    from: &'static str,
    to: &'static str,
    code: &'static str,
    /// What the message says.
    says: &'static [&'static str],
    /// The text in the lock that is pointed at.
    locked: &'static str,
    patched: bool,
}

const fn case(
    before: &'static str,
    (from, to): (&'static str, &'static str),
    code: &'static str,
    says: &'static [&'static str],
    (locked, patched): (&'static str, bool),
) -> Case {
    Case { before, from, to, code, says, locked, patched }
}

const ALL: &[Case] = &[
    case(
        FULL,
        ("name: kub\n", "name: prod\n"),
        "lock-contradiction",
        &["belongs to the cluster `kub`", "its 5 machines"],
        ("kub", true),
    ),
    case(
        SHORT,
        ("name: kub", "name: kube"),
        "lock-contradiction",
        &["`name` is `kube`", "destroy its 3 machines"],
        ("kub", true),
    ),
    case(
        FULL,
        ("some-project", "other-project"),
        "lock-contradiction",
        &["its 5 machines would stay there"],
        ("some-project", true),
    ),
    case(
        SHORT,
        ("region: europe-west1", "region: europe-west4"),
        "lock-contradiction",
        &["destroy its 3 machines"],
        ("europe-west1", false),
    ),
    case(
        FULL,
        ("name: the-vpc", "name: a-vpc"),
        "lock-contradiction",
        &["the VPC", "`the-vpc`", "5 machines"],
        ("the-vpc", true),
    ),
    case(FULL, ("  name: the-vpc\n", ""), "lock-contradiction", &["named `kub-vpc`"], ("the-vpc", false)),
    case(FULL, ("subnet: the-subnet", "subnet: a-subnet"), "lock-contradiction", &["the subnet"], ("the-subnet", true)),
    case(
        SHORT,
        ("region: europe-west1\n", "region: europe-west1\nnetwork: {subnet: a-subnet}\n"),
        "lock-contradiction",
        &["3 machines"],
        ("kub-europe-west1", true),
    ),
    case(
        FULL,
        ("10.0.0.0/20", "10.0.0.0/21"),
        "lock-contradiction",
        &["have addresses in 10.0.0.0/20"],
        ("10.0.0.0/20", true),
    ),
    case(FULL, ("10.0.0.0/20", "10.16.0.0/16"), "lock-contradiction", &["5 machines"], ("10.0.0.0/20", true)),
    case(
        FULL,
        ("10.8.0.0/20", "10.9.0.0/20"),
        "lock-contradiction",
        &["API server was started with 10.8.0.0/20"],
        ("10.8.0.0/20", true),
    ),
    case(
        FULL,
        ("  services: 10.8.0.0/20\n", "  services: 10.8.0.0/21\n"),
        "lock-contradiction",
        &["10.8.0.0/21"],
        ("10.8.0.0/20", true),
    ),
    case(
        FULL,
        ("10.64.0.0/20", "10.96.0.0/20"),
        "lock-contradiction",
        &["kub-m, kub-n-1, kub-n-2 and 2 more would lose"],
        ("10.64.0.0/20", true),
    ),
    case(
        FULL,
        ("max_pods_per_node: 110", "max_pods_per_node: 30"),
        "lock-contradiction",
        &["needs a /26", "blocks of /24"],
        ("24", true),
    ),
    case(
        FULL,
        ("names: [kub-m]", "names: [kub-cp]"),
        "lock-contradiction",
        &["destroy kub-m and its state disk"],
        ("kub-m", true),
    ),
    case(
        THREE,
        ("{count: 3}", "{names: [kub-m-2, kub-m, kub-m-3]}"),
        "lock-contradiction",
        &["begins with kub-m-2, but the cluster was founded by kub-m"],
        ("kub-m", false),
    ),
    case(
        SHORT,
        ("region: europe-west1\n", "region: europe-west1\ncontrol_plane: {names: [first]}\n"),
        "lock-contradiction",
        &["`first`"],
        ("kub-m", true),
    ),
    case(FULL, ("1.36.3", "1.35.4"), "upgrade-path", &["1.35.4 is older than 1.36.3"], ("1.36.3", true)),
    case(FULL, ("1.36.3", "1.36.2"), "upgrade-path", &["cannot be downgraded"], ("1.36.3", true)),
    case(
        FULL,
        ("{type: pd-ssd, keep", "{type: pd-standard, keep"),
        "kept-disk",
        &["would delete 2 machines (kub-db-1, kub-db-2) and then fail"],
        ("pd-ssd", true),
    ),
    case(
        FULL,
        ("{type: pd-ssd, keep: true}", "{type: pd-balanced, keep: false}"),
        "kept-disk",
        &["kub-db-1"],
        ("pd-ssd", true),
    ),
    case(
        FULL,
        ("size: 20, type: pd-ssd", "size: 20, type: pd-balanced"),
        "state-disk",
        &["the state disk's type is pd-balanced, but that of kub-m exists as pd-ssd"],
        ("pd-ssd", true),
    ),
    case(
        SHORT,
        ("name: kub\n", "name: kub\ncontrol_plane: {machine_type: c4-standard-2, disk: {type: hyperdisk-balanced}}\n"),
        "state-disk",
        &["type is hyperdisk-balanced"],
        ("pd-ssd", false),
    ),
    case(FULL, ("size: 20", "size: 10"), "state-disk", &["a disk cannot shrink"], ("20", true)),
    case(
        THREE,
        ("count: 3", "count: 1"),
        "state-disk",
        &["kub-m-2, kub-m-3 are no longer control planes"],
        ("kub-m-2", true),
    ),
    case(THREE, ("control_plane: {count: 3}\n", ""), "state-disk", &["kub-m-2, kub-m-3"], ("kub-m-2", false)),
    case(
        THREE,
        ("{count: 3}", "{names: [kub-m, kub-m-2, kub-m-4]}"),
        "state-disk",
        &["kub-m-3 is no longer a control plane"],
        ("kub-m-3", false),
    ),
    case(FULL, ("{type: pd-ssd, keep", "{keep"), "kept-disk", &["type is pd-balanced"], ("pd-ssd", false)),
    case(
        FULL,
        ("db: {count: 2", "data: {names: [kub-db-1, kub-db-2]"),
        "pool-changed",
        &["kub-db-1, kub-db-2 have moved from pool `db` to pool `data`", "delete 2 machines and then fail"],
        ("kub-db-1", false),
    ),
    // Another disk type as well: still one mistake.
    case(
        FULL,
        ("db: {count: 2, disk: {type: pd-ssd", "data: {names: [kub-db-1, kub-db-2], disk: {type: pd-balanced"),
        "pool-changed",
        &["from pool `db`"],
        ("kub-db-1", false),
    ),
    case(
        FULL,
        ("n: {count: 2}", "n: {count: 2, disk: {size: 50}}"),
        "lock-contradiction",
        &["size of pool `n` is 50 GB, but those of kub-n-1, kub-n-2 have 100 GB", "refuses to shrink"],
        ("100", true),
    ),
    case(
        FULL,
        ("state_disk: {size: 20, type: pd-ssd}", "disk: {size: 50}, state_disk: {size: 20, type: pd-ssd}"),
        "lock-contradiction",
        &["size of the control plane is 50 GB, but that of kub-m has 100 GB"],
        ("100", true),
    ),
    case(
        FULL,
        (
            "n: {count: 2}",
            "n: {count: 2, machine_type: t2a-standard-2, \
             image: projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-arm64}",
        ),
        "architecture-mismatch",
        &[
            "from e2-standard-2 to t2a-standard-2",
            "of kub-n-1, kub-n-2 were made from an x86 image",
            "has stopped the machines",
        ],
        ("e2-standard-2", false),
    ),
    case(FULL, ("db: {count: 2", "db: {count: 2, spot: true"), "kept-disk", &["`spot` is on"], ("kub-db-1", false)),
];

#[test]
fn each_is_one_diagnostic_at_both_places_in_any_layout() {
    for Case { before, from, to, code, says, locked, patched } in ALL {
        let text = before.replacen(from, to, 1);
        assert_ne!(text, *before, "{from}");
        for lock in layouts(&lock(before)) {
            let outcome = compile(&text, &lock, LockPolicy::Update);
            let diagnostic = only(&outcome);
            assert_eq!(diagnostic.code.as_str(), *code, "{}", shown(&outcome));
            for words in *says {
                assert!(diagnostic.message.contains(words), "{words}: {}", diagnostic.message);
            }
            let place = diagnostic.elsewhere.as_ref().unwrap();
            assert_eq!(&place.source.text[place.label.span.clone()], *locked, "{lock}");
            // Exactly this one of all the same texts.
            let around = &place.source.text[..place.label.span.start];
            let found = if locked.starts_with("kub-") && *code != "lock-contradiction" {
                around.ends_with('"')
            } else {
                around.trim_end_matches([' ', '\t', '\n', '"']).ends_with(':')
            };
            assert!(found, "{around}");
            assert_eq!(diagnostic.patch.is_some(), *patched, "{}", shown(&outcome));
            assert!(diagnostic.help.is_some());
            let Some(patch) = diagnostic.patch else { continue };
            let mut fixed = text.clone();
            fixed.replace_range(patch.span.clone(), &patch.text);
            // What else was changed may still change the lock.
            let policy = if to.contains("keep: false") { LockPolicy::Update } else { LockPolicy::Frozen };
            let after = compile(&fixed, &lock, policy);
            assert!(after.compiled.is_some() && shown(&after).is_empty(), "{fixed}\n{}", shown(&after));
        }
    }
}

/// Values are located by path, not by text: machines, networks and keys may have equal names.
#[test]
fn equal_texts_do_not_confuse_it() {
    let odd = "name: pods\nproject: cluster\nregion: europe-west1\nnetwork: {name: nodes, subnet: services}\n\
               control_plane: {names: [zone]}\npools: {n: {names: [pods, name, region]}}\n";
    for (from, to, key) in [
        ("name: pods", "name: other", "\"name\""),
        ("name: nodes", "name: other", "\"network\""),
        ("subnet: services", "subnet: other", "\"subnet\""),
        ("[zone]", "[other]", "\"control_plane\""),
    ] {
        for lock in layouts(&lock(odd)) {
            let diagnostic = only(&compile(&odd.replacen(from, to, 1), &lock, LockPolicy::Update));
            let place = diagnostic.elsewhere.unwrap();
            let before = place.source.text[..place.label.span.start].trim_end_matches(['"', ' ', '\n', '\t', ':']);
            assert!(format!("{before}\"").ends_with(key), "{key}: {before}");
        }
    }
}

#[test]
fn several_mistakes_are_several_diagnostics() {
    let text = FULL
        .replace("some-project", "other-project")
        .replace("10.8.0.0/20", "10.9.0.0/20")
        .replace("names: [kub-m]", "names: [cp]");
    let outcome = compile(&text, &lock(FULL), LockPolicy::Update);
    assert_eq!(outcome.description.report.sorted().len(), 3, "{}", shown(&outcome));
}

/// A copied folder with a new description and the old lock: one diagnostic, which says so.
#[test]
fn a_copied_folder_is_recognised() {
    let text =
        "name: prod\nproject: other-project\nregion: us-east1\nnetwork: {pods: 10.32.0.0/16, services: 10.9.0.0/20}\n";
    let diagnostic = only(&compile(text, &lock(FULL), LockPolicy::Update));
    let help = diagnostic.help.unwrap();
    assert!(help.contains("`project`, `region`, `network.pods`, `network.services` differ as well"), "{help}");
    assert!(help.contains("copied folder") && help.contains("delete its copy of cluster.lock.json"), "{help}");
}

#[test]
fn what_may_change_does() {
    for (from, to) in [
        ("10.0.0.0/20", "10.0.0.0/19"),
        ("{type: pd-ssd, keep: true}", "{type: pd-ssd}"),
        ("size: 20", "size: 200"),
        ("n: {count: 2}", "n: {count: 4}"),
        ("max_pods_per_node: 110", "max_pods_per_node: 100"),
    ] {
        let outcome = compile(&FULL.replacen(from, to, 1), &lock(FULL), LockPolicy::Update);
        assert!(outcome.compiled.is_some() && shown(&outcome).is_empty(), "{}", shown(&outcome));
    }
    let old = lock(&FULL.replace("1.36.3", "1.35.4"));
    let compiled = compile(FULL, &old, LockPolicy::Update).compiled.unwrap();
    assert!(compiled.lock.text().contains("\"kubernetes\": \"1.36.3\""));
    assert!(compiled.out_of_date.unwrap().to_string().contains("update Kubernetes from 1.35.4 to 1.36.3"));
}

#[test]
fn kubernetes_skips_no_minor_and_a_newer_vpcgens_lock_is_recognised() {
    let at = |version: &str| lock(FULL).replace("1.36.3", version);
    let skip = only(&compile(FULL, &at("1.34.9"), LockPolicy::Update));
    assert!(skip.message.contains("must not skip 1.35"), "{}", skip.message);
    assert_eq!(skip.patch.unwrap().text, "\"1.35\"");
    // Two steps: the patch of the first leads to where the second is possible.
    assert!(compile(&FULL.replace("1.36.3", "1.35"), &at("1.34.9"), LockPolicy::Update).compiled.is_some());
    let far = only(&compile(FULL, &at("1.30.0"), LockPolicy::Update));
    assert!(far.patch.is_none() && far.help.unwrap().contains("does not know 1.31"));
    let newer = only(&compile(FULL, &at("1.37.0"), LockPolicy::Update));
    assert!(newer.patch.is_none() && newer.help.unwrap().contains("a newer vpcgen wrote"));
    // The default is no way around it.
    let default = only(&compile(SHORT, &lock(SHORT).replace("1.36.3", "1.34.9"), LockPolicy::Update));
    assert!(default.message.contains("the default,") && default.primary.is_none(), "{}", default.message);
}

/// A change of `zones` moves no machine. An edit of the lock would, and a control plane would leave its state disk behind.
#[test]
fn a_control_plane_stays_with_its_state_disk() {
    let before = lock(THREE);
    for lock in layouts(&before.replace(
        "\"pods\": \"10.4.1.0/24\", \"zone\": \"europe-west1-c\"",
        "\"pods\": \"10.4.1.0/24\", \"zone\": \"europe-west1-b\"",
    )) {
        let diagnostic = only(&compile(THREE, &lock, LockPolicy::Update));
        assert_eq!(diagnostic.code.as_str(), "state-disk");
        assert!(
            diagnostic.message.starts_with("kub-m-2 is in europe-west1-b, but its state disk is in europe-west1-c"),
            "{}",
            diagnostic.message
        );
        let place = diagnostic.elsewhere.unwrap();
        assert_eq!(&place.source.text[place.label.span.clone()], "europe-west1-c");
    }
    // On purpose: without the disk's line. It is recorded again where the machine goes.
    let line = |name: &str| before.lines().find(|line| line.contains(name) && line.contains("pd-ssd")).unwrap();
    let moved = before.replace(&format!("{}\n", line("kub-m-2")), "").replace(
        "\"pods\": \"10.4.1.0/24\", \"zone\": \"europe-west1-c\"",
        "\"pods\": \"10.4.1.0/24\", \"zone\": \"europe-west1-b\"",
    );
    let outcome = compile(THREE, &moved, LockPolicy::Update);
    assert!(shown(&outcome).is_empty(), "{}", shown(&outcome));
    let compiled = outcome.compiled.unwrap();
    assert_eq!(compiled.lock.state_disks["kub-m-2"].zone, "europe-west1-b");
    assert!(compiled.out_of_date.unwrap().to_string().contains("record the state disk of kub-m-2"));
    // A machine whose line was lost comes back where its disk is, not where the fewest are.
    let machine = before.lines().find(|line| line.contains("kub-m-3") && line.contains("pods")).unwrap();
    let lost = before.replace(&format!("{machine}\n"), "").replace("europe-west1-d", "europe-west1-b");
    let outcome =
        compile(&THREE.replace("{count: 3}", "{count: 3}\nzones: [europe-west1-c]"), &lost, LockPolicy::Update);
    assert_eq!(outcome.compiled.unwrap().lock.nodes["kub-m-3"].zone, "europe-west1-b");
}

#[test]
fn a_control_plane_leaves_once_its_disk_is_no_longer_recorded() {
    let before = lock(THREE);
    let without: Vec<&str> = before
        .lines()
        .filter(|line| !(line.contains("pd-ssd") && (line.contains("kub-m-2") || line.contains("kub-m-3"))))
        .collect();
    let edited = without.join("\n").replace("\"size\": 20 },\n  },", "\"size\": 20 }\n  },");
    let outcome = compile(&THREE.replace("count: 3", "count: 1"), &edited, LockPolicy::Update);
    assert!(shown(&outcome).is_empty(), "{}", shown(&outcome));
    let after = outcome.compiled.unwrap().lock;
    assert_eq!(after.state_disks.keys().collect::<Vec<_>>(), ["kub-m"]);
    assert_eq!(after.released.len(), 2);
}

/// Growing, and larger disks: what the lock records follows.
#[test]
fn a_control_plane_grows() {
    let grown = SHORT.replace("europe-west1\n", "europe-west1\ncontrol_plane: {count: 3, state_disk: {size: 40}}\n");
    let outcome = compile(&grown, &lock(SHORT), LockPolicy::Update);
    assert!(shown(&outcome).is_empty(), "{}", shown(&outcome));
    let compiled = outcome.compiled.unwrap();
    let said = compiled.out_of_date.unwrap().to_string();
    assert!(said.contains("add kub-m-2") && said.contains("update the state disks to 40 GB pd-ssd"), "{said}");
    assert!(compiled.lock.state_disks.values().all(|disk| disk.size == 40));
    assert_eq!(compiled.lock.state_disks.len(), 3);
}

#[test]
fn the_boot_disk_of_a_control_plane_that_is_kept_is_in_the_way_too() {
    let kept =
        SHORT.replace("europe-west1\n", "europe-west1\ncontrol_plane: {disk: {type: pd-balanced, keep: true}}\n");
    let outcome = compile(&kept.replace("pd-balanced", "pd-ssd"), &lock(&kept), LockPolicy::Update);
    let codes: Vec<&str> = outcome.description.report.sorted().iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["kept-disk", "irreplaceable"], "{}", shown(&outcome));
}

#[test]
fn in_module_mode_a_changed_project_destroys() {
    let module = format!("{SHORT}terraform: {{module: true}}\n");
    let diagnostic =
        only(&compile(&module.replace("some-project", "other-project"), &lock(&module), LockPolicy::Update));
    assert!(diagnostic.message.contains("Terraform would plan to destroy its 3 machines"), "{}", diagnostic.message);
}

#[test]
fn orphaned_disks_are_reported_once_and_recorded() {
    let before = lock(FULL);
    let renamed = FULL.replace("  db:", "  data:");
    let outcome = compile(&renamed, &before, LockPolicy::Update);
    // The machines go, their disks stay.
    let all = outcome.description.report.sorted();
    assert_eq!(all.iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["pool-removed", "orphaned-disk"]);
    let diagnostic = all[1].clone();
    assert!(
        diagnostic.message.starts_with("kub-db-1, kub-db-2 are no longer in the description"),
        "{}",
        diagnostic.message
    );
    let help = diagnostic.help.unwrap();
    for command in [
        "kub-db-1 --project some-project --zone europe-west1-b",
        "kub-db-2 --project some-project --zone europe-west1-c",
    ] {
        assert!(help.contains(&format!("`gcloud compute disks delete {command}`")), "{help}");
    }
    let after = outcome.compiled.unwrap().lock.text();
    assert!(after.contains(r#"{ "name": "kub-db-1", "zone": "europe-west1-b", "type": "pd-ssd" },"#), "{after}");
    // Said once: the lock knows it now.
    assert!(shown(&compile(&renamed, &after, LockPolicy::Frozen)).is_empty());
    // And renamed back, the disks are in the way, and the machines' own once more.
    let outcome = compile(FULL, &after, LockPolicy::Update);
    let all: Vec<String> = outcome.description.report.sorted().iter().map(|d| d.message.clone()).collect();
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all.iter().any(|message| message.contains("kub-db-1, kub-db-2 are created again")), "{all:?}");
    let back = outcome.compiled.unwrap().lock.text();
    assert!(!back.contains(r#""name": "kub-db-1""#) && back.contains(r#""name": "kub-data-1""#), "{back}");
    // What is not kept leaves nothing.
    let removed = only(&compile(&FULL.replace("  n:", "  workers:"), &before, LockPolicy::Update));
    assert_eq!(removed.code.as_str(), "pool-removed");
}

#[test]
fn a_machine_that_changes_its_pool_would_be_created_again() {
    let before = lock(FULL);
    // The name says the pool, so that the lock need not.
    assert!(!before.contains("\"pool\""), "{before}");
    let moved = FULL.replace("  n: {count: 2}", "  apps: {names: [kub-n-2, kub-n-1]}");
    let outcome = compile(&moved, &before, LockPolicy::Update);
    let diagnostic = only(&outcome);
    assert_eq!((diagnostic.code.as_str(), diagnostic.severity), ("pool-changed", Severity::Warning));
    assert!(diagnostic.message.contains("would plan to destroy them and create them again"), "{}", diagnostic.message);
    let help = diagnostic.help.unwrap();
    let command =
        r#"`terraform state mv 'google_compute_instance.n["kub-n-2"]' 'google_compute_instance.apps["kub-n-2"]'`"#;
    assert!(help.contains(command) && help.contains("kub-n-1"), "{help}");
    // Said once: now the lock records the pool, and moving it back is another change.
    let compiled = outcome.compiled.unwrap();
    assert!(compiled.out_of_date.unwrap().to_string().contains("update the pool of kub-n-2, kub-n-1"));
    let after = compiled.lock.text();
    assert!(after.contains(r#""zone": "europe-west1-b", "pool": "apps" }"#), "{after}");
    assert!(shown(&compile(&moved, &after, LockPolicy::Frozen)).is_empty());
    let back = only(&compile(FULL, &after, LockPolicy::Update));
    assert!(back.message.contains("from pool `apps` to pool `n`"), "{}", back.message);
    let place = back.elsewhere.unwrap();
    assert_eq!(&place.source.text[place.label.span], "apps");
}

/// With a kept disk, the way that the help describes leads through.
#[test]
fn a_kept_machine_changes_its_pool_once_the_lock_says_so() {
    let moved = FULL.replace("db: {count: 2", "data: {names: [kub-db-1, kub-db-2]");
    let diagnostic = only(&compile(&moved, &lock(FULL), LockPolicy::Update));
    assert!(diagnostic.help.unwrap().contains("then write `\"pool\": \"data\"` on their lines in cluster.lock.json"));
    let edited = lock(FULL).replace("\"kept_disk\"", "\"pool\": \"data\", \"kept_disk\"");
    assert!(shown(&compile(&moved, &edited, LockPolicy::Update)).is_empty());
    let promoted = SHORT.replace(
        "europe-west1\n",
        "europe-west1\ncontrol_plane: {names: [kub-m, kub-n-1, kub-n-2]}\npools: {x: {count: 1}}\n",
    );
    let diagnostic = only(&compile(&promoted, &lock(SHORT), LockPolicy::Update));
    assert!(diagnostic.message.contains("to the control plane") && !diagnostic.help.unwrap().contains("state mv"));
}

/// A lock that was written before pools were recorded is completed where names do not say them.
#[test]
fn unknown_pools_are_completed() {
    let named = FULL.replace("n: {count: 2}", "n: {names: [one, kub-m-7]}");
    let full = lock(&named);
    let older = full.replace(", \"pool\": \"n\"", "");
    assert_eq!(full.len() - older.len(), 2 * ", \"pool\": \"n\"".len(), "{full}");
    let outcome = compile(&named, &older, LockPolicy::Update);
    assert!(shown(&outcome).is_empty(), "{}", shown(&outcome));
    assert_eq!(outcome.compiled.unwrap().lock.text(), full);
}

/// A new peer overlaps a range that machines use: the lock refuses to move that one, so no patch does.
#[test]
fn no_patch_moves_what_the_lock_fixes() {
    let peer = FULL.replace("  services: 10.8.0.0/20\n", "  services: 10.8.0.0/20\n  peers: [10.64.0.0/16]\n");
    let without = outcome(Document::new("cluster.yaml", peer.as_str()), None);
    assert!(without.description.report.sorted()[0].patch.is_some(), "{}", shown(&without));
    let diagnostic = only(&compile(&peer, &lock(FULL), LockPolicy::Update));
    assert_eq!(diagnostic.code.as_str(), "overlap");
    assert!(diagnostic.patch.is_none(), "{:?}", diagnostic.patch);
}

#[test]
fn machines_in_old_zones_are_one_warning() {
    let text = FULL.replace("[europe-west1-b, europe-west1-c]", "[europe-west1-d]");
    for lock in layouts(&lock(FULL)) {
        let diagnostic = only(&compile(&text, &lock, LockPolicy::Update));
        assert_eq!(
            diagnostic.message,
            "5 machines stay in zones that `zones` no longer lists: kub-m, kub-n-1, kub-db-1 in europe-west1-b; kub-n-2, \
             kub-db-2 in europe-west1-c"
        );
        let place = diagnostic.elsewhere.unwrap();
        assert_eq!(&place.source.text[place.label.span], "europe-west1-b");
        assert!(text[diagnostic.primary.unwrap().span.start..].starts_with("[europe-west1-d]"));
    }
}
