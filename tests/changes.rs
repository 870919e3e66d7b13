//! Level 3, on a running cluster: a changed description is applied in place, and nothing is replaced.

mod google;
mod proof;
#[path = "support/tools.rs"]
mod tools;

use proof::{examples, provider, terraform::Workspace};

/// Text in the guide's example, and what is put in its place.
const CHANGES: [(&str, &str); 7] = [
    ("= 1500", "= 1460"),
    ("10.122.16.0/21", "10.122.16.0/20"),
    ("[\"22\", \"80\", \"3389\"]", "[\"22\", \"80\"]"),
    ("n2-standard-4", "n2-standard-8"),
    ("192.168.18.0/24", "192.168.20.0/24"),
    ("\"kub-node\"", "\"kub-worker\""),
    ("can_ip_forward = true", "can_ip_forward = false"),
];

/// What a description cannot do to a state disk that exists (the diagnostic `state-disk`).
const OF_STATE_DISKS: [(&str, &str); 4] = [
    ("\"pd-ssd\"", "\"pd-standard\""),
    ("size   = 20", "size   = 15"),
    ("\"kub-m\", zone = \"asia-southeast1-b\"", "\"kub-m\", zone = \"asia-southeast1-c\""),
    ("\"kub-m\", zone", "\"kub-x\", zone"),
];

/// A bucket that exists cannot become another one: the snapshots in it are the cluster's last resort.
const OF_THE_BUCKET: (&str, &str) = ("\"youzhi-lab-kub-etcd\"", "\"youzhi-lab-other\"");

/// Nor can the secret with the CA: the new one would be empty.
const OF_THE_CA: (&str, &str) = ("\"kub-pki\"", "\"kub-other\"");

/// An example, applied; nothing where Terraform or the provider is missing, as a line has then said.
fn applied(example: &str, what: &str) -> Option<Workspace> {
    let workspace = Workspace::new(&examples::named(example), &provider::find(3, what)?);
    for step in [Workspace::init, Workspace::plan, Workspace::apply] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    Some(workspace)
}

/// Changes a text of the applied tree.
fn change(workspace: &Workspace, find: &str, put: &str) {
    let found = examples::replace(&workspace.tree(), find, put).expect("the copy can be changed");
    assert!(found, "no file of the example says {find:?} any more: find another change");
}

#[test]
fn terraform_refuses_to_replace_or_destroy_state() {
    let Some(workspace) = applied("vpc-native", "state disks") else { return };
    for (find, put) in OF_STATE_DISKS.into_iter().chain([OF_THE_BUCKET, OF_THE_CA]) {
        change(&workspace, find, put);
        let failure = workspace.plan().expect_err(put).to_string();
        assert!(failure.contains("prevent_destroy"), "{put}: {failure}");
        change(&workspace, put, find);
    }
    // Growing is a change in place.
    change(&workspace, "size   = 20", "size   = 30");
    for step in [Workspace::plan, Workspace::apply, Workspace::plan_is_empty] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    tools::ok(
        3,
        "vpc-native",
        &format!("{} changes of a state disk and another bucket refused, growing applies", OF_STATE_DISKS.len()),
    );
}

/// The last control plane of a zone moves to another, with a new state disk: its group goes, and the load balancer lets go of it first.
#[test]
fn a_zone_loses_its_last_control_plane() {
    let Some(workspace) = applied("ha", "a control plane that moves") else { return };
    for kind in ["instances/prod-m-2", "disks/prod-m-2-state"] {
        let path = format!("/compute/v1/projects/my-project/zones/europe-west1-c/{kind}");
        let (status, answer) = workspace.google.send("DELETE", &path, &serde_json::Value::Null);
        assert_eq!(status, 200, "{kind}: {answer}");
    }
    change(&workspace, "\"prod-m-2\", zone = \"europe-west1-c\"", "\"prod-m-2\", zone = \"europe-west1-d\"");
    change(&workspace, "\"europe-west1-c\", \"europe-west1-d\"])", "\"europe-west1-d\"])");
    let group = |zone| {
        format!(
            "  backend {{\n    group          = google_compute_instance_group.control_plane[\"europe-west1-{zone}\"].id\n    \
             balancing_mode = \"CONNECTION\"\n  }}\n"
        )
    };
    change(&workspace, &group("c"), "");
    for step in [Workspace::plan, Workspace::apply, Workspace::plan_is_empty] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    tools::ok(3, "ha", "a control plane moves to another zone");
}

/// The disk driver attaches disks to machines while they run. Without `ignore_changes`, the next apply would detach them from under their
/// pods.
#[test]
fn disks_that_kubernetes_attached_stay_attached() {
    let Some(workspace) = applied("vpc-native", "attached volumes") else { return };
    let zone = "/compute/v1/projects/youzhi-lab/zones/asia-southeast1-b";
    let send = |path: &str, body: serde_json::Value| {
        let (status, answer) = workspace.google.send("POST", &format!("{zone}/{path}"), &body);
        assert_eq!(status, 200, "{path}: {answer}");
    };
    let attached = |machine: &str| {
        let state = workspace.google.state();
        let disks = &state.instance(machine).expect("a machine").disks;
        disks.iter().any(|disk| disk.device_name == format!("pvc-{machine}"))
    };
    let machines = ["kub-m", "kub-n-1", "kub-n-2"];
    for machine in machines {
        let volume = format!("pvc-{machine}");
        let kind = "projects/youzhi-lab/zones/asia-southeast1-b/diskTypes/pd-balanced";
        send("disks", serde_json::json!({"name": volume, "sizeGb": "10", "type": kind}));
        let source = format!("projects/youzhi-lab/zones/asia-southeast1-b/disks/{volume}");
        send(&format!("instances/{machine}/attachDisk"), serde_json::json!({"source": source, "deviceName": volume}));
    }
    workspace.plan_is_empty().unwrap_or_else(|failure| panic!("{failure}"));
    // Another change of the machines leaves the disks alone too.
    change(&workspace, "can_ip_forward = true", "can_ip_forward = false");
    for step in [Workspace::plan, Workspace::apply, Workspace::plan_is_empty] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    assert!(machines.into_iter().all(attached), "a disk was detached");
    change(&workspace, "[attached_disk, ", "[");
    let planned = workspace.plan_is_empty().expect_err("a tree that does not ignore attached disks");
    assert!(planned.to_string().contains("attached_disk"), "{planned}");
    tools::ok(3, "vpc-native", "disks attached by Kubernetes stay, and would not without ignore_changes");
}

#[test]
fn a_change_applies_in_place() {
    let Some(workspace) = applied("vpc-native", "a change of a running cluster") else { return };
    let before = workspace.google.requests().len();
    for (find, put) in CHANGES {
        change(&workspace, find, put);
    }
    assert!(workspace.plan_is_empty().is_err(), "a plan with seven changes in it passes for empty");
    for step in [Workspace::plan, Workspace::apply, Workspace::plan_is_empty] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    let requests = workspace.google.requests();
    let replaced: Vec<_> =
        requests[before..].iter().filter(|request| request.method == "DELETE").map(|request| &request.path).collect();
    assert!(replaced.is_empty(), "replaced instead of changed: {replaced:?}");
    let changed = requests[before..].iter().filter(|request| request.writes()).count();
    let what = format!("{} changes: {changed} requests, nothing replaced, second plan empty", CHANGES.len());
    tools::ok(3, "vpc-native", &what);
}
