//! Changes that a running cluster allows, and that hit many machines at the same time: each is a warning, and said once.

use vpcgen::compile::{Document, LockPolicy, Outcome};
use vpcgen::diag::{Diagnostic, Severity};
use vpcgen::lock::Lock;

use crate::compiled::{compile, lock, only, shown};
use crate::support::{cluster, outcome};

const TEXT: &str = "\
name: kub
project: some-project
region: europe-west1
control_plane: {count: 1}
pools:
  n: {count: 2}
  web: {count: 3}
";

/// The lock as it was before it recorded machine types and boot disks.
fn without_settings(lock: &str) -> String {
    let (head, rest) = lock.split_once("  \"machines\": {").unwrap();
    let (_, rest) = rest.split_once("  },\n").unwrap();
    format!("{head}{rest}").replace("\"version\": 3", "\"version\": 2")
}

/// A description, an edit of it, what the message says of it, and the help.
const DISRUPTIVE: &[(&str, &str, &str, &str)] = &[
    (
        "n: {count: 2}",
        "n: {count: 2, machine_type: e2-standard-4}",
        "pool `n` changes `machine_type` from e2-standard-2 to e2-standard-4: Terraform would stop kub-n-1, kub-n-2 and start \
         them again at the same time, without draining them",
        "terraform apply -target='google_compute_instance.n[\"kub-n-1\"]'",
    ),
    (
        "n: {count: 2}",
        "n: {count: 2, disk: {type: pd-ssd}}",
        "pool `n` changes `disk.type` from pd-balanced to pd-ssd: Terraform would destroy kub-n-1, kub-n-2 and create them again \
         at the same time",
        "kubectl drain kub-n-1 ",
    ),
    ("n: {count: 2}", "n: {count: 2, spot: true}", "pool `n` turns `spot` on: Terraform would destroy", "add a pool"),
    // Recreated machines have new disks and new images, so both may be what they like.
    (
        "n: {count: 2}",
        "n: {count: 2, disk: {type: pd-ssd, size: 20}}",
        "from pd-balanced to pd-ssd: Terraform would destroy",
        "-target",
    ),
    (
        "n: {count: 2}",
        "n: {count: 2, spot: true, machine_type: t2a-standard-2, \
         image: projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-arm64}",
        "from e2-standard-2 to t2a-standard-2 and turns `spot` on: Terraform would destroy",
        "-target",
    ),
    // Only those that exist.
    ("n: {count: 2}", "n: {count: 4, machine_type: e2-standard-4}", "stop kub-n-1, kub-n-2 and start them", "-target"),
    (
        "control_plane: {count: 1}",
        "control_plane: {count: 1, machine_type: e2-standard-4}",
        "the control plane changes `machine_type` from e2-standard-2 to e2-standard-4: Terraform would stop kub-m and start it \
         again, and the API is unavailable meanwhile",
        "apply when that is acceptable",
    ),
];

#[test]
fn what_stops_all_machines_of_a_pool_is_said_once() {
    for (from, to, says, help) in DISRUPTIVE {
        let text = TEXT.replacen(from, to, 1);
        assert_ne!(text, TEXT);
        let outcome = compile(&text, &lock(TEXT), LockPolicy::Update);
        let diagnostic = only(&outcome);
        assert_eq!((diagnostic.code.as_str(), diagnostic.severity), ("disruptive-change", Severity::Warning));
        assert!(diagnostic.message.contains(says), "{}", diagnostic.message);
        assert!(diagnostic.help.as_ref().unwrap().contains(help), "{:?}", diagnostic.help);
        let compiled = outcome.compiled.unwrap();
        let group = if from.starts_with('n') { "pool `n`" } else { "the control plane" };
        let says = format!("update the machine settings of {group}");
        assert!(compiled.out_of_date.unwrap().to_string().contains(&says));
        assert!(shown(&compile(&text, &compiled.lock.text(), LockPolicy::Frozen)).is_empty());
        // An older lock cannot know.
        let older = without_settings(&lock(TEXT));
        let grows = to.contains("count: 4");
        assert!(grows || shown(&compile(&text, &older, LockPolicy::Frozen)).is_empty());
    }
}

#[test]
fn several_control_planes_lose_their_majority() {
    let three = TEXT.replace("count: 1}", "count: 3}");
    for (to, says, help) in [
        (
            "count: 3, machine_type: e2-standard-4}",
            "stop kub-m, kub-m-2, kub-m-3 and start them",
            "each when the last one is ready",
        ),
        ("count: 3, disk: {type: pd-ssd}}", "destroy kub-m, kub-m-2, kub-m-3 and create them", "instance group"),
    ] {
        let diagnostic = only(&compile(
            &three.replace("count: 3}\npools", &format!("{to}\npools")),
            &lock(&three),
            LockPolicy::Update,
        ));
        assert!(diagnostic.message.contains(says), "{}", diagnostic.message);
        assert!(
            diagnostic.message.ends_with("at the same time, and etcd would lose its majority"),
            "{}",
            diagnostic.message
        );
        assert!(diagnostic.help.unwrap().contains(help));
    }
}

/// What does not touch existing machines is no matter.
#[test]
fn new_machines_and_larger_disks_are_not_disruptive() {
    for (from, to) in [
        ("n: {count: 2}", "n: {count: 9}"),
        ("n: {count: 2}", "n: {count: 2, disk: {size: 200}}"),
        ("n: {count: 2}", "n: {count: 2, image: projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts}"),
        ("n: {count: 2}", "n: {count: 2}\n  new: {count: 2, machine_type: n2-standard-8, spot: true}"),
        ("n: {count: 2}", "n: {count: 0, machine_type: n2-standard-8}"),
    ] {
        let outcome = compile(&TEXT.replacen(from, to, 1), &lock(TEXT), LockPolicy::Update);
        assert!(shown(&outcome).is_empty(), "{to}\n{}", shown(&outcome));
    }
}

/// An older lock is completed without a word, also where it must not change: nothing of the cluster does.
#[test]
fn older_locks_are_completed_silently() {
    let full = lock(TEXT);
    let older = without_settings(&full);
    for policy in [LockPolicy::Update, LockPolicy::Keep, LockPolicy::Frozen] {
        let outcome = compile(TEXT, &older, policy);
        assert!(shown(&outcome).is_empty(), "{}", shown(&outcome));
        assert_eq!(outcome.compiled.unwrap().lock.text(), full);
    }
    // Together with something else, only that is said.
    let grown = compile(&TEXT.replace("count: 3", "count: 4"), &older, LockPolicy::Frozen);
    assert!(shown(&grown).contains("it would add kub-web-4"), "{}", shown(&grown));
}

#[test]
fn a_pool_that_vanishes_is_reported() {
    let before = lock(TEXT);
    let outcome = compile(&TEXT.replace("  web: {count: 3}\n", ""), &before, LockPolicy::Update);
    let diagnostic = only(&outcome);
    assert_eq!((diagnostic.code.as_str(), diagnostic.severity), ("pool-removed", Severity::Warning));
    assert_eq!(
        diagnostic.message,
        "the pool `web` is no longer in the description: Terraform would plan to destroy its 3 machines: kub-web-1, kub-web-2, \
         kub-web-3"
    );
    assert!(diagnostic.help.unwrap().contains("put it back under `pools`"));
    let after = outcome.compiled.unwrap().lock.text();
    let without = TEXT.replace("  web: {count: 3}\n", "");
    assert!(shown(&compile(&without, &after, LockPolicy::Frozen)).is_empty());
    // Misspelled, with the way back.
    let typo = TEXT.replace("web:", "wbe:");
    let diagnostic = only(&compile(&typo, &before, LockPolicy::Update));
    assert!(diagnostic.help.as_ref().unwrap().starts_with("did you mean `web` instead of `wbe`?"));
    let patch = diagnostic.patch.unwrap();
    let mut fixed = typo.clone();
    fixed.replace_range(patch.span, &patch.text);
    assert!(shown(&compile(&fixed, &before, LockPolicy::Frozen)).is_empty());
    // A pool that existed before is no misspelling of another, and a pool without machines takes none away.
    let near = TEXT.replace("  web: {count: 3}", "  m2: {count: 3}\n  m3: {count: 0}");
    let diagnostic = only(&compile(&near.replace("  m2: {count: 3}\n", ""), &lock(&near), LockPolicy::Update));
    assert!(diagnostic.patch.is_none() && diagnostic.message.contains("`m2`"), "{diagnostic:?}");
    assert!(shown(&compile(&near.replace("  m3: {count: 0}\n", ""), &lock(&near), LockPolicy::Update)).is_empty());
}

/// A patch that is valid by itself must not take machines away, whether the description is in block or in flow style.
#[test]
fn no_patch_removes_machines() {
    let named = TEXT.replace("n: {count: 2}", "n: {names: [a, b, c]}");
    let lock = lock(&named);
    for (wrong, other) in [
        ("n: {count: 3, names: [a]}", ""),
        ("n:\n    count: 3\n    names: [a]", ""),
        ("n: {count: 3, names: [a]}", "network: {mtu: 1}\n"),
    ] {
        let text = TEXT.replace("n: {count: 2}", wrong) + other;
        let alone = outcome(Document::new("cluster.yaml", text.as_str()), None);
        let count = |outcome: &Outcome| {
            let all = outcome.description.report.sorted();
            all.into_iter().find(|d| d.code.as_str() == "invalid-count").unwrap().clone()
        };
        assert!(count(&alone).patch.is_some() || !other.is_empty(), "{}", shown(&alone));
        let diagnostic = count(&compile(&text, &lock, LockPolicy::Update));
        assert!(diagnostic.patch.is_none(), "{diagnostic:?}");
        // As many names as there are machines: the patch is right.
        let right = text.replace("count: 3", "count: 4").replace("[a]", "[c, b, a]");
        let patch = count(&compile(&right, &lock, LockPolicy::Update)).patch;
        assert_eq!(patch.unwrap().text, "3");
    }
    // A misspelled key of the whole description: what it says takes the place of the default pool.
    let default = TEXT.split_once("pools:").unwrap().0;
    let typo = format!("{default}pool:\n  web: {{count: 3}}\n");
    let alone = only(&outcome(Document::new("cluster.yaml", typo.as_str()), None));
    assert_eq!((alone.code.as_str(), alone.patch.unwrap().text.as_str()), ("unknown-key", "pools"));
    assert!(only(&compile(&typo, &self::lock(default), LockPolicy::Update)).patch.is_none());
    let web = format!("{default}pools:\n  web: {{count: 3}}\n");
    assert!(only(&compile(&typo, &self::lock(&web), LockPolicy::Update)).patch.is_some());
    // Fewer control planes.
    let three = TEXT.replace("count: 1}", "count: 3}");
    let two = TEXT.replace("count: 1}", "count: 2}");
    assert!(only(&outcome(Document::new("cluster.yaml", two.as_str()), None)).patch.is_some());
    let before = Lock::assign(&cluster(&three), None).text();
    let diagnostic = only(&compile(&two, &before, LockPolicy::Update));
    assert!(diagnostic.code.as_str() == "invalid-count" && diagnostic.patch.is_none(), "{diagnostic:?}");
}

/// Another image would not change boot disks that exist.
#[test]
fn no_advice_is_to_boot_another_architecture_from_the_same_disk() {
    let arm = TEXT.replace("n: {count: 2}", "n: {count: 2, machine_type: t2a-standard-2}");
    let help = |lock: Option<&str>| {
        let outcome = match lock {
            Some(lock) => compile(&arm, lock, LockPolicy::Update),
            None => outcome(Document::new("cluster.yaml", arm.as_str()), None),
        };
        let diagnostic = only(&outcome);
        assert_eq!(diagnostic.code.as_str(), "architecture-mismatch");
        (diagnostic.help.unwrap(), diagnostic.patch.map(|patch| patch.text))
    };
    assert!(help(None).0.starts_with("add `image:"));
    let (words, patch) = help(Some(&lock(TEXT)));
    assert_eq!(
        words,
        "existing machines have boot disks for x86: change it back to `e2-standard-2`; for Arm machines, add a pool"
    );
    assert_eq!(patch.as_deref(), Some("e2-standard-2"));
    // A pool without machines has no disks.
    assert!(help(Some(&lock(&TEXT.replace("n: {count: 2}", "n: {count: 0}")))).0.starts_with("add `image:"));
}

/// Neither patches nor words propose to move a range that machines use.
#[test]
fn advice_keeps_to_the_ranges_in_use() {
    let own = "network: {nodes: 10.0.0.0/20, pods: 10.64.0.0/20, services: 10.8.0.0/20}\n";
    let before = lock(&format!("{TEXT}{own}"));
    let said = |network: &str| {
        let outcome = compile(&format!("{TEXT}network: {network}\n"), &before, LockPolicy::Update);
        let all = outcome.description.report.sorted();
        let overlaps: Vec<&Diagnostic> = all.into_iter().filter(|d| d.code.as_str() != "lock-contradiction").collect();
        assert_eq!(overlaps.len(), 1, "{}", shown(&outcome));
        (overlaps[0].help.clone().unwrap(), overlaps[0].patch.as_ref().map(|patch| patch.text.clone()))
    };
    let stays = |range: &str| {
        format!(
            "the cluster uses {range}, which cannot move: renumber the other network, or list only ranges outside {range}"
        )
    };
    let back = |range: &str| format!("the cluster uses {range}, which cannot move: change it back");
    let rest = |network: &str| format!("{{{network}, services: 10.8.0.0/20}}");
    // A new peer.
    let peer = "nodes: 10.0.0.0/20, pods: 10.64.0.0/20, peers: [10.64.0.0/16]";
    assert_eq!(said(&rest(peer)), (stays("10.64.0.0/20"), None));
    let peer = "nodes: 10.0.0.0/20, pods: 10.64.0.0/20, peers: [10.0.8.0/24]";
    assert_eq!(said(&rest(peer)), (stays("10.0.0.0/20"), None));
    // A range that was changed and overlaps one in use: the changed one goes back, wherever it is written.
    let changed = "nodes: 10.64.0.0/22, pods: 10.64.0.0/20";
    assert_eq!(said(&rest(changed)), (back("10.0.0.0/20"), Some("10.0.0.0/20".to_owned())));
    let changed = "pods: 10.0.0.0/20, nodes: 10.0.0.0/20";
    assert_eq!(said(&rest(changed)), (back("10.64.0.0/20"), Some("10.64.0.0/20".to_owned())));
    // One that Google refuses.
    let changed = "nodes: 10.0.0.0/20, pods: 127.0.0.0/20";
    assert_eq!(said(&rest(changed)), (back("10.64.0.0/20"), Some("10.64.0.0/20".to_owned())));
    // One that is malformed.
    let changed = "nodes: 10.0.0.0/20, pods: 10.70.0.1/20";
    let (help, patch) = said(&rest(changed));
    assert!(help.ends_with("; the cluster uses 10.64.0.0/20") && patch.unwrap() == "10.64.0.0/20", "{help}");
    // One that is full: only nodes can grow.
    let full =
        compile(&format!("{TEXT}{own}").replace("web: {count: 3}", "web: {count: 20}"), &before, LockPolicy::Update);
    let diagnostic = only(&full);
    assert_eq!(diagnostic.code.as_str(), "range-full");
    assert_eq!(
        diagnostic.help.as_deref(),
        Some("the cluster uses 10.64.0.0/20, which cannot change: use fewer machines")
    );
    assert!(diagnostic.patch.is_none());
    let small = "network: {nodes: 10.0.0.0/28, pods: 10.64.0.0/16, services: 10.8.0.0/20}\n";
    let before = lock(&format!("{TEXT}{small}"));
    let grown = format!("{TEXT}{small}").replace("web: {count: 3}", "web: {count: 20}");
    let diagnostic = only(&compile(&grown, &before, LockPolicy::Update));
    assert_eq!(diagnostic.patch.unwrap().text, "10.0.0.0/27");
}

/// `access` is reached over a VPN only where the VPN's range is not the cluster's own.
#[test]
fn advice_does_not_make_the_own_range_a_peer() {
    let text = |api: &str| format!("{TEXT}network: {{pods: 51.16.0.0/16}}\naccess: {{api: [{api}]}}\n");
    let help = |api: &str| {
        let outcome = outcome(Document::new("cluster.yaml", text(api)), None);
        let all = outcome.description.report.sorted();
        all.into_iter().find(|d| d.code.as_str() == "unreachable").unwrap().help.clone().unwrap()
    };
    assert!(!help("51.16.7.0/24").contains("peers"));
    assert!(help("198.51.100.0/24").contains("peers"));
}

/// A newer vpcgen has a newer default. The cluster does not follow it.
#[test]
fn a_version_that_is_not_written_does_not_rise() {
    let older = lock(&TEXT.replace("control_plane", "kubernetes: {version: \"1.35.4\"}\ncontrol_plane"));
    let outcome = compile(TEXT, &older, LockPolicy::Frozen);
    let diagnostic = only(&outcome);
    assert_eq!((diagnostic.code.as_str(), diagnostic.severity), ("version-kept", Severity::Warning));
    assert!(diagnostic.help.unwrap().contains("to upgrade, set `kubernetes.version: \"1.36\"`"));
    let cluster = outcome.compiled.unwrap().cluster;
    assert_eq!((cluster.kubernetes.version.as_str(), cluster.kubernetes.release.minor), ("1.35.4", "1.35"));
    let newer = older.replace("1.35.4", "1.35.19");
    assert_eq!(compile(TEXT, &newer, LockPolicy::Frozen).compiled.unwrap().cluster.kubernetes.version, "1.35.19");
    for version in ["1.35", "1.36"] {
        let written = TEXT.replace("control_plane", &format!("kubernetes: {{version: \"{version}\"}}\ncontrol_plane"));
        assert!(shown(&compile(&written, &older, LockPolicy::Update)).is_empty());
    }
    // A minor that this vpcgen does not have: the default would be an upgrade, or skip one.
    for (version, says) in [("1.34.1", "more than one minor version above"), ("1.37.0", "is older than 1.37.0")] {
        let diagnostic = only(&compile(TEXT, &older.replace("1.35.4", version), LockPolicy::Update));
        assert_eq!((diagnostic.code.as_str(), diagnostic.severity), ("upgrade-path", Severity::Error));
        assert!(diagnostic.message.contains(says), "{}", diagnostic.message);
    }
    assert!(shown(&compile(TEXT, &lock(TEXT), LockPolicy::Frozen)).is_empty());
}
