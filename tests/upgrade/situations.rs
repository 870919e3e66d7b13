//! Situations in which the script goes through.

use serde_json::json;

use crate::world::{OLD_VERSION, VERSION, World};

const ALL: [&str; 6] = ["prod-m", "prod-m-2", "prod-m-3", "prod-web-1", "prod-web-2", "prod-batch-1"];

#[test]
fn brings_one_machine_after_the_other_up_to_date() {
    let mut world = World::behind("ha", "all");
    world
        .run(&["--list"])
        .expect(2, "prod-m-3                 behind: boot file, kubelet 1.35.4, API server 1.35.4")
        .untouched();
    let run = world.run(&[]);
    run.expect(0, "done: every machine is up to date");
    assert_eq!(run.replaced(), ALL);
    // The metadata change at once; every machine is drained, and the Nodes of nodes go before their machines.
    assert!(run.at("terraform update google_compute_instance.batch") < run.at("drain prod-m "));
    for name in ALL {
        let (drained, replaced) = (
            run.at(&format!("drain {name} ")),
            run.calls
                .iter()
                .position(|call| call.starts_with("terraform delete+create") && call.contains(&format!("\"{name}\""))),
        );
        assert!(drained < replaced.unwrap(), "{name}: {:?}", run.calls);
        assert!(
            run.at(&format!("label {name} node.kubernetes.io/exclude-from-external-load-balancers=true")) < drained
        );
        let deleted = run.calls.iter().position(|call| *call == format!("delete node {name}"));
        assert_eq!(
            deleted.is_some_and(|deleted| drained < deleted && deleted < replaced.unwrap()),
            !name.starts_with("prod-m"),
            "{name}: {:?}",
            run.calls
        );
    }
    assert!(run.calls[run.at("drain prod-web-1 ")].contains("--timeout=600s"), "{:?}", run.calls);
    for name in ALL {
        assert_eq!(world.state["nodes"][name]["kubelet"], VERSION, "{name}");
        assert_eq!(world.state["nodes"][name]["cordoned"], false, "{name}");
    }
    // Nothing is left, and nothing happens.
    world.run(&[]).expect(0, "Nothing is behind.").untouched();
    world.run(&["--list"]).expect(0, "Nothing is behind.").untouched();
}

/// The API is away while its only server is replaced.
#[test]
fn waits_for_a_single_control_plane() {
    let mut world = World::behind("minimal", "single");
    let run = world.run(&[]);
    run.expect(0, "done: every machine is up to date");
    assert_eq!(run.replaced(), ["kub-m", "kub-n-1", "kub-n-2"]);
}

#[test]
fn replaces_several_nodes_of_a_pool_at_once_if_told_so() {
    let mut world = World::behind("ha", "unavailable");
    let run = world.run(&["--max-unavailable", "2"]);
    run.expect(0, "replacing prod-web-1 prod-web-2");
    run.expect(0, "replacing prod-batch-1");
    assert!(run.at("drain prod-web-2") < run.at("terraform delete+create google_compute_instance.web[\"prod-web-1\"]"));
    assert_eq!(run.replaced(), ALL);
}

#[test]
fn replaces_everything_for_a_newer_image() {
    let mut world = World::up_to_date("ha", "image");
    // Terraform does not say when they were created to the second that counts.
    for machine in world.state["machines"].as_object_mut().unwrap().values_mut() {
        machine["created"] = json!("2026-01-01T00:00:00.123-08:00");
    }
    world.state["broken"] = json!(["prod-web-1"]);
    let run = world.run(&["--all"]);
    run.expect(1, "run this again with --created-before 20");
    assert_eq!(run.replaced(), &ALL[..4]);
    let before = run.said.split("--created-before ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    world.state["broken"] = json!([]);
    let run = world.run(&["--created-before", &before]);
    run.expect(0, "done: every machine is up to date");
    assert!(!run.replaced().contains(&"prod-m"), "{:?}", run.calls);
    assert_eq!(run.replaced().last(), Some(&"prod-batch-1"));
}

/// Terraform would stop all machines of the group at once.
#[test]
fn takes_one_by_one_what_terraform_would_stop_at_once() {
    let mut world = World::up_to_date("ha", "type");
    world.change_tree("machine_type: n2-standard-4", "machine_type: n2-standard-8");
    world.print_again();
    world.state["types"]["web"] = json!("n2-standard-8");
    world.state["extra"] = json!([{"address": "google_compute_firewall.office", "actions": ["create"]}]);
    world.run(&["--list"]).expect(2, "Terraform has to stop it").untouched();
    let run = world.run(&[]);
    run.expect(0, "done: every machine is up to date");
    assert_eq!(run.replaced(), ["prod-web-1", "prod-web-2"]);
    assert!(run.at("terraform create google_compute_firewall.office") < run.at("drain prod-web-1"));
    assert!(!run.calls.iter().any(|call| call.starts_with("STOPPED")), "{:?}", run.calls);
}

/// A machine that was replaced while the API servers were older has the older kubelet.
#[test]
fn replaces_a_node_that_joined_before_the_control_planes_were_upgraded() {
    let mut world = World::up_to_date("ha", "early");
    world.state["nodes"]["prod-web-2"]["kubelet"] = OLD_VERSION.into();
    let run = world.run(&[]);
    run.expect(0, "prod-web-2               behind: kubelet 1.35.4");
    assert_eq!(run.replaced(), ["prod-web-2"]);
}

#[test]
fn starts_a_spot_machine_that_was_preempted() {
    let mut world = World::behind("ha", "spot");
    world.state["machines"]["prod-batch-1"]["status"] = json!("TERMINATED");
    world.state["nodes"]["prod-batch-1"]["ready"] = json!(false);
    let run = world.run(&[]);
    run.expect(0, "start    google_compute_instance.batch");
    assert_eq!(run.replaced(), ALL);
}

/// A node that fails anyway is the first one.
#[test]
fn begins_with_what_is_broken() {
    let mut world = World::behind("ha", "broken");
    world.state["nodes"]["prod-web-2"]["ready"] = json!(false);
    world.state["nodes"]["prod-m-3"]["ready"] = json!(false);
    let run = world.run(&[]);
    run.expect(0, "prod-web-2 is not ready: its pods cannot be evicted");
    assert_eq!(run.replaced(), ["prod-m-3", "prod-m", "prod-m-2", "prod-web-2", "prod-web-1", "prod-batch-1"]);
}

#[test]
fn drains_nodes_that_the_description_no_longer_has() {
    let mut world = World::up_to_date("ha", "removed");
    world.state["removed"] = json!(["prod-web-2"]);
    // As after a count that was lowered.
    world.script =
        world.script.replace(",\n  {\"name\": \"prod-web-2\", \"group\": \"web\", \"zone\": \"europe-west1-c\"}", "");
    let refused = world.run(&[]);
    refused.expect(1, "google_compute_instance.web[\"prod-web-2\"]");
    refused.untouched();
    let run = world.run(&["--allow-deletions"]);
    run.expect(0, "done: every machine is up to date");
    assert!(run.at("drain prod-web-2") < run.at("delete node prod-web-2"), "{:?}", run.calls);
    assert!(run.at("delete node prod-web-2") < run.at("terraform delete google_compute_instance.web[\"prod-web-2\"]"));
}

/// A worker's kubelet can create a pod that looks like an API server's, on its own Node.
#[test]
fn what_nodes_say_of_api_servers_does_not_count() {
    for image in ["1.30.0", "99.0.0", "no version"] {
        let mut world = World::behind("minimal", "mirror");
        world.state["nodes"]["kub-n-1"]["mirror"] = json!(image);
        let run = world.run(&[]);
        run.expect(0, "done: every machine is up to date");
        assert!(!run.said.contains(image), "{}", run.said);
    }
}
