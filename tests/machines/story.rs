//! A cluster's life: it is applied and boots, a node is added, one is replaced, one loses its power, the control plane is replaced, and
//! in the end nothing is left.

use serde_json::json;

use crate::{
    LEVEL, checks,
    client::Client,
    control_planes,
    edit::{begin, change},
    tools, world,
};

#[test]
fn a_cluster_lives() {
    world::enter("story::a_cluster_lives", story);
}

fn story() {
    let Some((example, mut cluster, ready)) = begin("minimal", "story") else { return };
    let first = cluster.state().instance("kub-n-1").expect("the first node").id;

    // A node more: everybody else goes on. Its power fails while it installs its packages, and comes back.
    change(
        &example,
        "# Everything else has a default.",
        "pools: { n: { count: 3 } }\n# Everything else has a default.",
    );
    let before: Vec<u64> = cluster.instances().iter().map(|instance| instance.id).collect();
    cluster.apply_again(&example.dir, &[]);
    let after: Vec<u64> = cluster.instances().iter().map(|instance| instance.id).collect();
    assert!(after.len() == 4 && before.iter().all(|id| after.contains(id)), "{before:?} became {after:?}");
    cluster.cut_when("kub-n-3", "installing containerd");
    cluster.restore("kub-n-3");
    checks::assert_healthy(&cluster, "a node added, without power in the middle");

    // A node is replaced: same name, same alias range, another machine with an empty disk.
    cluster.apply_again(&example.dir, &["-replace=google_compute_instance.n[\"kub-n-1\"]"]);
    assert_ne!(cluster.state().instance("kub-n-1").expect("the new one").id, first);
    checks::assert_healthy(&cluster, "a node replaced");

    // It goes again, and its Node with it.
    change(&example, "count: 3", "count: 2");
    cluster.apply_again(&example.dir, &[]);
    assert!(cluster.state().instance("kub-n-3").is_none() && !cluster.machines().contains(&"kub-n-3".to_owned()));
    checks::assert_healthy(&cluster, "a node removed");

    // Changed metadata are there at once, without a new boot.
    let before = cluster.state().instance("kub-n-1").cloned().expect("a node");
    let items: Vec<_> = before
        .metadata
        .iter()
        .chain([(&"color".to_owned(), &"blue".to_owned())])
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect();
    cluster.act(
        "kub-n-1",
        "setMetadata",
        &json!({"items": items, "fingerprint": cluster.fingerprint("kub-n-1", "metadata")}),
    );
    let color =
        "curl -s -H 'Metadata-Flavor: Google' http://169.254.169.254/computeMetadata/v1/instance/attributes/color";
    assert_eq!(cluster.on("kub-n-1", &["sh", "-c", color]).as_deref().map(str::trim), Ok("blue"));
    assert_eq!(cluster.state().instance("kub-n-1").map(|now| now.boots), Some(before.boots));

    // Its operating system restarts; the instance is stopped and started again.
    cluster.reboot("kub-n-1");
    checks::assert_healthy(&cluster, "a node rebooted");
    cluster.act("kub-n-1", "stop", &json!({}));
    assert!(!cluster.machines().contains(&"kub-n-1".to_owned()), "a stopped instance is on");
    cluster.act("kub-n-1", "start", &json!({}));
    checks::assert_healthy(&cluster, "a node stopped and started");

    // A host dies, and its machine comes back on another.
    cluster.cut("kub-n-2");
    cluster.restore("kub-n-2");
    checks::assert_healthy(&cluster, "a node without power, and with it again");

    // The only control plane is replaced: it resumes the cluster from its state disk, also when its power fails in the middle of that. Pods
    // run on, and Services answer.
    let members = control_planes::members(&cluster).expect("etcd answers");
    cluster
        .kubectl(&["expose", "pod", "check-kub-n-2", "--name", "kept", "--port", "8080"])
        .unwrap_or_else(|error| panic!("{error}"));
    let address =
        cluster.kubectl(&["get", "service", "kept", "-o", "jsonpath={.spec.clusterIP}"]).expect("the Service");
    let url = format!("http://{address}:8080/");
    // kube-proxy hears of a new Service a moment later.
    cluster.since_now();
    let answers = cluster.wait_for(|| cluster.on("kub-n-1", &["curl", "-sf", "--max-time", "2", &url]).map(drop));
    answers.unwrap_or_else(|error| panic!("a Service does not answer: {error}"));
    let client = Client::start(cluster.api(), "kub-n-1", url);
    cluster.apply_again(&example.dir, &["-replace=google_compute_instance.control_plane[\"kub-m\"]"]);
    cluster.cut_when("kub-m", "RESUME: ");
    cluster.restore("kub-m");
    checks::assert_booted(&cluster);
    let seen = client.stop();
    assert_eq!(seen.failed, 0, "a Service was away while the control plane was replaced: {seen}");
    checks::assert_healthy(&cluster, "the control plane replaced");
    assert_eq!(control_planes::members(&cluster).as_ref(), Ok(&members), "etcd's member is another");
    cluster.has_kept_its_data();

    cluster.destroy();
    tools::ok(
        LEVEL,
        &example.name,
        &format!(
            "nodes ready after {ready} s; one added, replaced, removed, rebooted, stopped, without power; the control plane replaced: {seen}; destroyed"
        ),
    );
}
