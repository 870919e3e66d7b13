//! Each example boots unchanged, and all checks pass.

use std::time::Duration;

use crate::{
    LEVEL, WHAT,
    applied::Applied,
    checks,
    cluster::Cluster,
    edit, prepare,
    proof::{provider, terraform::Workspace},
    rendered, tools, world,
};

#[test]
fn minimal() {
    world::enter("examples::minimal", || {
        let mut cluster = boots("minimal");
        // Each has another guest agent.
        cluster.reboot("kub-n-1");
        cluster.reboot("kub-n-2");
        checks::assert_healthy(&cluster, "both nodes rebooted");
    });
}

#[test]
fn vpc_native() {
    world::enter("examples::vpc_native", || drop(boots("vpc-native")));
}

#[test]
fn three_zones() {
    world::enter("examples::three_zones", || drop(boots("three-zones")));
}

#[test]
fn ha() {
    world::enter("examples::ha", || drop(boots("ha")));
}

fn boots(example: &str) -> Cluster {
    let examples = rendered::examples(example);
    let tree = &examples.iter().find(|one| one.name == example).expect("an example of that name").dir;
    let provider = provider::find(LEVEL, WHAT);
    let cluster = match &provider {
        Some(provider) => Cluster::apply(Workspace::new(tree, provider)).unwrap_or_else(|failure| panic!("{failure}")),
        None => Cluster::boot(Applied::read(tree)),
    };
    let ready = checks::assert_healthy(&cluster, example);
    report(&cluster, ready, example, if provider.is_some() { "applied" } else { "read back" });
    cluster
}

/// The control plane loses its power while it founds the cluster, and the nodes have booted before there is one.
#[test]
fn power_fails_while_the_cluster_is_founded() {
    world::enter("examples::power_fails_while_the_cluster_is_founded", || {
        let example = edit::example("minimal", "machines-founding");
        let mut cluster = Cluster::boot(Applied::read(&example.dir));
        cluster.cut_when("kub-m", "INIT: ");
        std::thread::sleep(Duration::from_secs(20));
        cluster.restore("kub-m");
        let ready = checks::assert_healthy(&cluster, "founded at the second attempt");
        report(&cluster, ready, &example.name, "power failed while founding");
    });
}

/// The minor release before the default one is served beside it.
#[test]
fn an_older_minor() {
    world::enter("examples::an_older_minor", || {
        let example = edit::example("minimal", "machines-minor");
        // A cluster of its own: the example's lock and tree are of a newer one.
        edit::forget(&example);
        edit::change(
            &example,
            "# Everything else has a default.",
            "kubernetes: { version: \"1.35\" }\n# Everything else has a default.",
        );
        let cluster = Cluster::boot(Applied::read(&example.dir));
        let ready = checks::assert_healthy(&cluster, "an older minor");
        let nodes = cluster.get(&["nodes"]).expect("the API answers");
        for node in nodes {
            let version = node["status"]["nodeInfo"]["kubeletVersion"].as_str().unwrap_or_default();
            assert!(version.starts_with("v1.35."), "the kubelet is {version}");
        }
        report(&cluster, ready, &format!("{} 1.35", example.name), "read back");
    });
}

/// Without the provider the same cluster comes from the rendered tree. Where it is missing, that is what the others are.
#[test]
fn read_back() {
    world::enter("examples::read_back", || {
        if provider::find(LEVEL, WHAT).is_none() {
            return;
        }
        let examples = rendered::examples("read-back");
        let example = examples.iter().find(|one| one.name == "minimal").expect("an example of that name");
        let cluster = Cluster::boot(Applied::read(&example.dir));
        let ready = checks::assert_healthy(&cluster, "read back");
        report(&cluster, ready, &example.name, "read back");
    });
}

fn report(cluster: &Cluster, ready: u64, example: &str, how: &str) {
    let controller = if prepare::controller().is_some() { "the real" } else { "a stand-in" };
    let (machines, seconds) = (cluster.instances().len(), cluster.seconds());
    let what = format!(
        "{machines} machines {how}, {controller} CCM, ready after {ready} s, all checks pass after {seconds} s"
    );
    tools::ok(LEVEL, example, &what);
}
