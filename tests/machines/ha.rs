//! The life of three control planes: each can fail, all can fail, and nothing is lost.

use std::time::Duration;

use crate::{
    LEVEL, checks,
    client::Client,
    cluster::Cluster,
    control_planes,
    edit::{begin, change_lock},
    load, tools, world,
};

/// Three missed probes, five seconds apart, and the client's own two seconds.
const MISSED: Duration = Duration::from_secs(20);

#[test]
fn three_control_planes_live() {
    world::enter("ha::three_control_planes_live", story);
}

fn story() {
    let Some((example, mut cluster, booted)) = begin("ha", "machines-ha") else { return };
    let names: Vec<String> = control_planes::of(&cluster).into_iter().map(|instance| instance.name).collect();
    let [founder, second, third] = &names[..] else { panic!("not three: {names:?}") };
    let members = control_planes::members(&cluster).expect("etcd answers");
    // Those that joined have the founder's key, and encrypt too.
    for plane in &names {
        load::store_secret(&cluster, plane, "words");
    }
    cluster.since_now();
    names.iter().for_each(|plane| load::assert_encrypted(&cluster, plane));

    // One fails: the others serve on.
    let client = client(&cluster);
    cluster.cut(founder);
    std::thread::sleep(Duration::from_secs(60));
    let one_failed = client.stop();
    assert!(one_failed.longest < MISSED, "the API was away for {:?} after one of three failed", one_failed.longest);
    cluster.restore(founder);
    checks::assert_healthy(&cluster, "one without power, and with it again");
    let restored = cluster.seconds();

    // Each is replaced, one after the other: they resume as the same members.
    let client = self::client(&cluster);
    let mut replaced = Vec::new();
    for name in &names {
        // The last of them is dead already when it is replaced.
        if name == third {
            cluster.cut(name);
        }
        cluster.apply_again(&example.dir, &[&format!("-replace=google_compute_instance.control_plane[\"{name}\"]")]);
        checks::assert_healthy(&cluster, &format!("{name} replaced"));
        replaced.push(cluster.seconds());
    }
    let while_replaced = client.stop();
    assert!(
        while_replaced.longest < MISSED,
        "the API was away for {:?} while they were replaced",
        while_replaced.longest
    );
    assert_eq!(control_planes::members(&cluster).as_ref(), Ok(&members), "etcd's members are others");

    // The founder loses its disk too: it joins like any other, as a new member.
    lose(&mut cluster, founder);
    cluster.apply_again(&example.dir, &[]);
    checks::assert_healthy(&cluster, "the founder with a blank disk");
    let now = control_planes::members(&cluster).expect("etcd answers");
    assert_ne!(now[founder], members[founder], "a blank disk cannot be the same member");
    assert_eq!((&now[second], &now[third]), (&members[second], &members[third]));

    // Another moves to the zone of the third, as the README says.
    let zone = |cluster: &Cluster, name: &str| cluster.state().instance(name).expect("an instance").zone.clone();
    let (from, to) = (zone(&cluster, second), zone(&cluster, third));
    lose(&mut cluster, second);
    change_lock(&example, |lock| {
        lock["nodes"][second]["zone"] = to.as_str().into();
        lock["state_disks"].as_object_mut().expect("a map").remove(second);
    });
    cluster.apply_again(&example.dir, &[]);
    checks::assert_healthy(&cluster, "one moved to another zone");
    assert_eq!((zone(&cluster, second), from != to), (to, true));
    let moved = control_planes::members(&cluster).expect("etcd answers");
    assert_ne!(moved[second], now[second], "a blank disk cannot be the same member");
    assert_eq!((&moved[founder], &moved[third]), (&now[founder], &now[third]));

    // Two of three fail: no majority, so nobody answers. They come back, and so does the API.
    cluster.cut(second);
    cluster.cut(third);
    std::thread::sleep(Duration::from_secs(30));
    let alone = cluster.kubectl(&["create", "configmap", "alone", "--from-literal", "a=b"]);
    assert!(alone.is_err(), "one of three wrote without a majority: {alone:?}");
    cluster.restore(second);
    cluster.restore(third);
    checks::assert_healthy(&cluster, "two of three without power, and with it again");

    // All of them.
    names.iter().for_each(|name| cluster.cut(name));
    names.iter().for_each(|name| cluster.restore(name));
    checks::assert_healthy(&cluster, "all without power, and with it again");
    assert_eq!(control_planes::members(&cluster), Ok(moved), "etcd's members are others");
    cluster.has_kept_its_data();
    names.iter().for_each(|plane| load::assert_readable(&cluster, plane, "words"));

    // Somebody deletes the firewall rule of the probes: seen, and put back by the next apply.
    let rule = format!("projects/{}/global/firewalls/prod-api-health-checks", cluster.instances()[0].project);
    cluster.delete(&rule);
    let seen = cluster.wait_for(|| match control_planes::healthy(&cluster) {
        Some(healthy) if healthy.is_empty() => Ok(()),
        healthy => Err(format!("probes without a firewall rule: {healthy:?}")),
    });
    seen.unwrap_or_else(|error| panic!("{error}"));
    cluster.apply_again(&example.dir, &[]);
    checks::assert_healthy(&cluster, "the firewall rule of the probes deleted, and put back");

    cluster.destroy();
    let what = format!(
        "ready after {booted} s; one failed: {one_failed}; back after {restored} s; replaced after {replaced:?} s: {while_replaced}; a disk lost, one moved to another zone, two and all without power, a firewall rule deleted; destroyed"
    );
    tools::ok(LEVEL, &example.name, &what);
}

/// A client on the first node.
fn client(cluster: &Cluster) -> Client {
    let planes = control_planes::of(cluster);
    let node = cluster.instances().into_iter().find(|instance| planes.iter().all(|plane| plane.id != instance.id));
    Client::of_api(cluster.api(), &node.expect("a node").name, "api.prod.internal")
}

/// Instance and state disk are deleted by hand.
fn lose(cluster: &mut Cluster, name: &str) {
    let instance = cluster.state().instance(name).cloned().expect("an instance");
    let disk = instance.disks.iter().find(|disk| disk.device_name == "state").and_then(|disk| disk.disk.clone());
    cluster.delete(&instance.path);
    cluster.delete(&disk.expect("a state disk"));
}
