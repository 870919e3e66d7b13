//! The snapshot that tests of machines follow.

use std::time::Duration;

use serde_json::json;

use crate::{
    client::Client,
    google::state::{Instance, Status},
    requests::{MACHINES, delete, machine, post},
};

fn a(client: &Client) -> Instance {
    client.google.state().instance("a").expect("the small world has it").clone()
}

#[test]
fn a_machine_is_shown_as_it_was_asked_for() {
    let machine = a(&Client::new());
    assert_eq!(machine.path, "projects/test-project/zones/us-east1-b/instances/a");
    assert_eq!((machine.zone.as_str(), machine.machine_type.as_str()), ("us-east1-b", "n2-standard-2"));
    assert_eq!((machine.status, machine.boots), (Status::Running, 1));
    assert_eq!(machine.interfaces[0].aliases, ["10.4.0.0/24".parse().unwrap()]);
    assert_eq!(machine.interfaces[0].address.to_string(), "10.0.0.2");
    assert_eq!(machine.disks[0].disk.as_deref(), Some("projects/test-project/zones/us-east1-b/disks/a"));
    assert!(machine.disks[0].boot && machine.disks[0].auto_delete);
}

#[test]
fn the_power_of_a_machine_is_followed() {
    let client = Client::new();
    let (power, first) = (|action: &str| client.grant(&post(&format!("{MACHINES}/a/{action}"), json!({}))), a(&client));
    power("stop");
    assert_eq!((a(&client).status, a(&client).boots), (Status::Terminated, 1));
    power("start");
    power("start"); // A machine that runs goes on running.
    assert_eq!((a(&client).status, a(&client).boots), (Status::Running, 2));
    power("reset");
    assert_eq!((a(&client).boots, a(&client).id), (3, first.id));
    client.google.guest_powered_off(first.id);
    assert_eq!(a(&client).status, Status::Terminated);
    // A replaced machine is another one, and what the old one does no longer matters.
    client.grant(&delete(&format!("{MACHINES}/a")));
    client.grant(&post(MACHINES, machine("a", "10.4.0.0/24")));
    client.google.guest_powered_off(first.id);
    assert_eq!((a(&client).status, a(&client).boots), (Status::Running, 1));
    assert_ne!(a(&client).id, first.id);
}

#[test]
fn a_change_wakes_whoever_waits_for_one() {
    let client = Client::new();
    let seen = client.google.wait_for_change(0, Duration::ZERO);
    assert_eq!(client.google.wait_for_change(seen, Duration::ZERO), seen, "nothing has changed since");
    client.grant(&post(&format!("{MACHINES}/a/stop"), json!({})));
    assert_eq!(client.google.wait_for_change(seen, Duration::from_secs(60)), seen + 1);
}
