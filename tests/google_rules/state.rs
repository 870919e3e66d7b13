//! The state snapshots that the machine tests use.

use std::time::Duration;

use serde_json::json;

use crate::{
    client::Client,
    google::state::{Instance, Status},
    requests::{MACHINES, delete, machine, post},
};

fn a(client: &Client) -> Instance {
    client.google.state().instance("a").expect("the fixture contains it").clone()
}

#[test]
fn an_instance_reads_back_as_requested() {
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
fn tracks_the_power_state_of_an_instance() {
    let client = Client::new();
    let (power, first) = (|action: &str| client.grant(&post(&format!("{MACHINES}/a/{action}"), json!({}))), a(&client));
    power("stop");
    assert_eq!((a(&client).status, a(&client).boots), (Status::Terminated, 1));
    power("start");
    power("start"); // Has no effect on a running instance.
    assert_eq!((a(&client).status, a(&client).boots), (Status::Running, 2));
    power("reset");
    assert_eq!((a(&client).boots, a(&client).id), (3, first.id));
    client.google.guest_powered_off(first.id);
    assert_eq!(a(&client).status, Status::Terminated);
    // A replacement is a new instance, so a shutdown of the old one is ignored.
    client.grant(&delete(&format!("{MACHINES}/a")));
    client.grant(&post(MACHINES, machine("a", "10.4.0.0/24")));
    client.google.guest_powered_off(first.id);
    assert_eq!((a(&client).status, a(&client).boots), (Status::Running, 1));
    assert_ne!(a(&client).id, first.id);
}

#[test]
fn a_change_wakes_waiting_requests() {
    let client = Client::new();
    let seen = client.google.wait_for_change(0, Duration::ZERO);
    assert_eq!(client.google.wait_for_change(seen, Duration::ZERO), seen, "nothing has changed since");
    client.grant(&post(&format!("{MACHINES}/a/stop"), json!({})));
    assert_eq!(client.google.wait_for_change(seen, Duration::from_secs(60)), seen + 1);
}

/// Deleting an instance deletes its boot disk, but not an attached disk. A snapshot outlives its disk.
#[test]
fn auto_delete_determines_whether_a_disk_outlives_its_instance() {
    let client = Client::new();
    let disks = || client.google.state().disks.into_iter().map(|disk| disk.path).collect::<Vec<_>>();
    client.grant(&post("zones/us-east1-b/disks", json!({"name": "state", "sizeGb": "20"})));
    let attached = json!({"source": "zones/us-east1-b/disks/state", "deviceName": "state"});
    client.grant(&post(&format!("{MACHINES}/a/attachDisk"), attached));
    let disk = a(&client).disks[1].clone();
    assert_eq!((disk.device_name.as_str(), disk.size_gb, disk.auto_delete), ("state", 20, false));
    client.grant(&post("zones/us-east1-b/disks/state/resize", json!({"sizeGb": "30"})));
    assert_eq!(a(&client).disks[1].size_gb, 30);
    client.grant(&post("zones/us-east1-b/disks/state/createSnapshot", json!({"name": "s"})));
    client.grant(&delete(&format!("{MACHINES}/a")));
    assert_eq!(disks(), ["projects/test-project/zones/us-east1-b/disks/state"]);
    client.grant(&delete("zones/us-east1-b/disks/state"));
    assert_eq!(disks(), [""; 0]);
    client.grant(&post("zones/us-east1-b/disks", json!({"name": "again", "sourceSnapshot": "global/snapshots/s"})));
    let again = client.google.state().disks[0].clone();
    assert_eq!((again.size_gb, again.snapshot.as_deref()), (30, Some("projects/test-project/global/snapshots/s")));
    // A kept boot disk is reused by the next instance with the same name.
    client.grant(&post(
        MACHINES,
        crate::requests::with(machine("b", "10.4.1.0/24"), "/disks/0/autoDelete", json!(false)),
    ));
    client.grant(&delete(&format!("{MACHINES}/b")));
    let disk = json!([{"boot": true, "source": "zones/us-east1-b/disks/b"}]);
    client.grant(&post(MACHINES, crate::requests::with(machine("b", "10.4.1.0/24"), "/disks", disk)));
}
