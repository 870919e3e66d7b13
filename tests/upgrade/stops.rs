//! Situations in which the script stops, before it touches anything or in the middle, and goes on when it is run again.

use serde_json::json;

use crate::{tools, world::World};

#[test]
fn stops_at_the_first_node_that_does_not_come_back_and_goes_on_there() {
    let mut world = World::behind("ha", "node");
    world.state["broken"] = json!(["prod-web-1"]);
    let run = world.run(&[]);
    run.expect(1, "STOPPED: not back after 3 s: prod-web-1 (behind: no Node)");
    run.expect(
        1,
        "gcloud compute instances get-serial-port-output prod-web-1 --project=my-project --zone=europe-west1-b",
    );
    run.expect(1, "run this again: it goes on where it stopped");
    assert_eq!(run.replaced(), ["prod-m", "prod-m-2", "prod-m-3", "prod-web-1"]);
    // Still broken, and old enough to be replaced again.
    let run = world.run(&[]);
    run.expect(1, "STOPPED: not back after 3 s: prod-web-1");
    assert_eq!(run.replaced(), ["prod-web-1"]);
    // It came back late.
    world.state["broken"] = json!([]);
    let run = world.run(&[]);
    run.expect(0, "done: every machine is up to date");
    assert_eq!(run.replaced(), ["prod-web-2", "prod-batch-1"]);
}

#[test]
fn stops_at_the_first_control_plane_that_does_not_come_back() {
    let mut world = World::behind("ha", "control-plane");
    world.state["broken"] = json!(["prod-m-2"]);
    let run = world.run(&[]);
    run.expect(1, "STOPPED: not back after 3 s: prod-m-2");
    assert_eq!(run.replaced(), ["prod-m", "prod-m-2"]);
    world.state["broken"] = json!([]);
    let (first, run) = (world.id("prod-m"), world.run(&[]));
    run.expect(0, "done: every machine is up to date");
    assert_eq!(run.replaced(), ["prod-m-3", "prod-web-1", "prod-web-2", "prod-batch-1"]);
    assert_eq!(world.id("prod-m"), first);
}

/// Google had no such machine left: the next plan creates it.
#[test]
fn goes_on_after_a_machine_could_not_be_created() {
    let mut world = World::behind("ha", "created");
    world.state["not_created"] = json!(["prod-web-1"]);
    world.run(&[]).expect(1, "ZONE_RESOURCE_POOL_EXHAUSTED").expect(1, "STOPPED: terraform apply failed");
    assert!(world.state["machines"]["prod-web-1"]["id"].is_null());
    world.state["not_created"] = json!([]);
    let run = world.run(&[]);
    run.expect(0, "prod-web-1               absent");
    run.at("terraform create google_compute_instance.web[\"prod-web-1\"]");
    assert_eq!(run.replaced(), ["prod-web-2", "prod-batch-1"]);
}

/// Interrupted after the Node was deleted: the machine is an old one, so it is not waited for.
#[test]
fn goes_on_between_the_deletion_of_a_node_and_its_replacement() {
    let mut world = World::behind("ha", "between");
    world.state["drain_hangs"] = json!(["prod-web-2"]);
    world.run(&[]).expect(1, "STOPPED: prod-web-2 is not drained");
    world.state["drain_hangs"] = json!([]);
    world.state["nodes"].as_object_mut().unwrap().remove("prod-web-2");
    let run = world.run(&[]);
    run.expect(0, "prod-web-2               behind: no Node");
    assert_eq!(run.replaced(), ["prod-web-2", "prod-batch-1"]);
}

/// Interrupted while a machine boots: it is waited for, not replaced again.
#[test]
fn waits_for_a_machine_that_still_boots() {
    let mut world = World::behind("ha", "boots");
    world.state["broken"] = json!(["prod-web-1"]);
    world.run(&[]).expect(1, "STOPPED");
    world.state["broken"] = json!([]);
    world.state["machines"]["prod-web-1"]["created"] = json!("2100-01-01T00:00:00Z");
    world.state["machines"]["prod-web-1"]["boots"] = json!(5);
    let run = world.run(&[]);
    run.expect(0, "waiting for prod-web-1 (booting)");
    assert_eq!(run.replaced(), ["prod-web-2", "prod-batch-1"]);
}

#[test]
fn stops_if_a_machine_is_not_drained_in_time() {
    let mut world = World::behind("ha", "drain");
    world.state["drain_hangs"] = json!(["prod-web-1"]);
    let run = world.run(&["--drain-timeout", "90"]);
    run.expect(1, "global timeout reached: 90s").expect(1, "STOPPED: prod-web-1 is not drained");
    run.expect(1, "kubectl uncordon prod-web-1");
    assert_eq!(run.replaced(), ["prod-m", "prod-m-2", "prod-m-3"]);
    assert!(!run.calls.iter().any(|call| call.starts_with("delete node")), "{:?}", run.calls);
    assert!(!run.calls[run.at("drain prod-web-1")].contains("--force"), "{:?}", run.calls);
    world.state["drain_hangs"] = json!([]);
    let run = world.run(&["--force"]);
    assert!(run.calls[run.at("drain prod-web-1")].contains("--force"), "{:?}", run.calls);
}

#[test]
fn touches_nothing_while_something_else_is_not_ready() {
    // A node that is up to date; a second control plane.
    let mut world = World::up_to_date("ha", "unhealthy");
    world.state["nodes"]["prod-web-2"]["ready"] = json!(false);
    world.run(&[]).expect(1, "STOPPED: nothing is behind, but not ready: prod-web-2 (not-ready)").untouched();
    world.state["nodes"]["prod-web-1"]["kubelet"] = json!("1.35.4");
    world.run(&[]).expect(1, "STOPPED: not ready: prod-web-2 (not-ready)").untouched();
    let mut world = World::behind("ha", "unhealthy");
    for name in ["prod-m-2", "prod-m-3"] {
        world.state["nodes"][name]["ready"] = json!(false);
    }
    world.run(&[]).expect(1, "STOPPED: not ready: prod-m-3 (not-ready)").untouched();
    for name in world.names() {
        world.state["nodes"][name]["ready"] = json!(false);
    }
    world.run(&[]).expect(1, "STOPPED: the Kubernetes API does not answer").untouched();
}

#[test]
fn refuses_to_delete_what_machines_depend_on() {
    for (address, actions) in [
        ("google_compute_disk.state[\"prod-m\"]", json!(["delete"])),
        ("google_compute_subnetwork.nodes", json!(["delete", "create"])),
        ("module.cluster.google_secret_manager_secret.pki", json!(["create", "delete"])),
    ] {
        let mut world = World::behind("ha", "state");
        world.state["extra"] = json!([{"address": address, "actions": actions}]);
        world.run(&["--allow-deletions"]).expect(1, address).untouched();
    }
    let mut world = World::behind("ha", "state");
    world.state["removed"] = json!(["prod-m-3"]);
    world.run(&["--allow-deletions"]).expect(1, "Terraform would delete control planes").untouched();
    let mut world = World::behind("ha", "state");
    world.state["extra"] = json!([{"address": "google_compute_firewall.office", "actions": ["delete"]}]);
    world.run(&[]).expect(1, "google_compute_firewall.office").untouched();
    world.run(&["--allow-deletions"]).expect(0, "done: every machine is up to date");
}

#[test]
fn refuses_another_cluster_another_tree_and_a_wrong_version() {
    let mut world = World::behind("ha", "other");
    world.state["cluster"] = json!("staging");
    world.run(&[]).expect(1, "KUBECONFIG leads to another cluster: staging instead of prod").untouched();
    world.state["cluster"] = json!("prod");
    world.state["nodes"]["prod-m"]["api"] = json!("1.36.4");
    world.run(&[]).expect(1, "an API server already runs 1.36.4").untouched();
    world.state["nodes"]["prod-m"]["api"] = json!("1.34.9");
    world.run(&[]).expect(1, "an API server still runs 1.34.9, and no minor version can be skipped").untouched();
    world.state["nodes"]["prod-m"]["api"] = json!("1.35.4");
    world.change_tree("web:", "web:\n    labels: { workload: web }");
    world.run(&[]).expect(1, "are not those that this script was printed for").untouched();
    world.print_again();
    world.run(&[]).expect(0, "done: every machine is up to date");
}

#[test]
fn wants_a_recent_backup_where_there_are_backups() {
    let mut world = World::behind("ha", "backup");
    let refusal = "STOPPED: etcd has not been backed up in the last two hours";
    for name in ["prod-m", "prod-m-2", "prod-m-3"] {
        world.state["nodes"][name]["annotations"] = json!({});
    }
    world.run(&[]).expect(1, refusal).expect(1, "--without-backup").untouched();
    world.state["nodes"]["prod-m-2"]["annotations"] = json!({"etcd-backup": "2026-01-01T00:00:00Z"});
    let run = world.run(&[]);
    run.expect(1, refusal).untouched();
    assert!(!run.said.contains("--without-backup"), "{}", run.said);
    // What a node says of itself does not count, and does not reach the terminal as it is.
    let now = tools::run(std::process::Command::new("date").args(["--utc", "+%FT%TZ"])).unwrap();
    world.state["nodes"]["prod-web-1"]["annotations"] = json!({"etcd-backup": now.trim()});
    world.state["nodes"]["prod-web-1"]["kubelet"] = json!("1.35.4\u{1b}]0;owned\u{7}");
    let run = world.run(&[]);
    run.expect(1, refusal).expect(1, "kubelet 1.35.4]0;owned").untouched();
    assert!(!run.said.contains('\u{1b}'), "{}", run.said);
    world.state["nodes"]["prod-m"]["annotations"] = json!({"etcd-backup": "2100-01-01T00:00:00Z"});
    world.run(&[]).expect(1, "STOPPED: the last backup of etcd is from the future").untouched();
    world.state["nodes"]["prod-m"]["annotations"] = json!({"etcd-backup": now.trim()});
    world.run(&[]).expect(0, "done: every machine is up to date");
    // A cluster that was created before there were backups.
    let mut old = World::behind("minimal", "no-backup");
    old.state["nodes"]["kub-m"]["annotations"] = json!({});
    old.run(&["--without-backup"]).expect(0, "done: every machine is up to date");
}

#[test]
fn leaves_machines_whose_boot_disks_are_kept() {
    let mut world = World::behind("vpc-native", "kept");
    let run = world.run(&[]);
    run.expect(1, "STOPPED: these keep their boot disks").expect(1, "Set disk.keep to false");
    assert_eq!(run.replaced(), ["kub-m"]);
    assert!(!run.calls.iter().any(|call| call.starts_with("drain kub-n")), "{:?}", run.calls);
}

#[test]
fn explains_wrong_options() {
    let mut world = World::behind("ha", "options");
    for (options, says) in [
        (&["--nothing"][..], "usage: upgrade.sh"),
        (&["--max-unavailable", "0"], "0 is not a valid number"),
        (&["--max-unavailable"], "--max-unavailable needs a value"),
        (&["--created-before", "yesterday"], "yesterday is not a valid time"),
    ] {
        world.run(options).expect(1, says).untouched();
    }
    world.run(&["--help"]).expect(0, "usage: upgrade.sh").untouched();
}
