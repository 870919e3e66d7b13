//! The checks can fail: each change here must make a particular check fail, and all checks pass again once it is undone.

use std::time::Duration;

use serde_json::json;

use crate::{
    LEVEL, checks,
    cluster::{self, Cluster},
    edit, guest_agent, prepare,
    proof::examples,
    tools, world,
};

/// How long the checks wait for what will not come.
const SABOTAGED: Duration = Duration::from_secs(40);

/// What is done on a node, the words of the check that must fail, how it is put right.
type Wrong = (&'static str, &'static [&'static str], &'static str, &'static [&'static str]);

const WRONG: &[Wrong] = &[
    (
        // Of the interface: the CNI plugin turns that of the machine on again with each new pod.
        "forwarding off, as Google's images have it",
        &["sysctl", "-qw", "net.ipv4.conf.ens4.forwarding=0"],
        "pod on kub-m → pod on kub-n-1",
        &["sysctl", "-qw", "net.ipv4.conf.ens4.forwarding=1"],
    ),
    (
        "no masquerading",
        &["nft", "flush", "chain", "inet", "pod_egress", "postrouting"],
        "pod on kub-n-1 → internet",
        &["nft", "-f", "/etc/kubernetes/pod-egress.nft"],
    ),
    (
        "the metadata server open to pods",
        &["nft", "flush", "chain", "inet", "pod_egress", "forward"],
        "pod on kub-n-1 → metadata",
        &["nft", "-f", "/etc/kubernetes/pod-egress.nft"],
    ),
];

#[test]
fn what_is_wrong_on_a_node_is_seen() {
    world::enter("sabotage::what_is_wrong_on_a_node_is_seen", || {
        // Its machines have external addresses: where Cloud NAT is, it translates pods' addresses too.
        let Some(mut cluster) = boot("vpc-native", |_| {}) else { return };
        checks::assert_healthy(&cluster, "before anything is wrong");
        cluster.patience = SABOTAGED;
        for (what, wrong, seen, right) in WRONG {
            cluster.since_now();
            cluster.on("kub-n-1", wrong).unwrap_or_else(|error| panic!("{what}: {error}"));
            see(&checks::failures(&cluster), what, seen);
            cluster.on("kub-n-1", right).unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        guest_agents(&mut cluster);
        cluster.patience = cluster::PATIENCE;
        cluster.since_now();
        checks::assert_healthy(&cluster, "put right again");

        // What a console has said, it has said.
        let said = cluster.on("kub-n-1", &["sh", "-c", "echo abcde1.0123456789abcdef >/dev/console"]);
        said.unwrap_or_else(|error| panic!("{error}"));
        see(&checks::failures(&cluster), "a secret on the console", "kub-n-1: a secret on the console");
        tools::ok(
            LEVEL,
            "vpc-native",
            &format!(
                "{} failures on a node, a route of the guest agent on two, and a secret on a console: each seen",
                WRONG.len()
            ),
        );
    });
}

/// Each node has another guest agent. Without its setting, the route of the boot files refuses the agent's; without both, the check fails.
fn guest_agents(cluster: &mut Cluster) {
    for node in ["kub-n-1", "kub-n-2"] {
        let mut after = |script: &str| {
            cluster.since_now();
            let done = cluster.on(node, &["sh", "-ec", &format!("{script}\n{}", guest_agent::RESTART)]);
            done.unwrap_or_else(|error| panic!("{node}: {error}"));
            guest_agent::failures(cluster)
        };
        assert_eq!(after("mv /etc/default/instance_configs.cfg.template /root/"), [""; 0]);
        let wanted = format!("{node}: local routes");
        see(&after("ip route flush table local type throw"), "a route of the alias range", &wanted);
        let right = "mv /root/instance_configs.cfg.template /etc/default/ && /usr/local/sbin/pod-route";
        assert_eq!(after(right), [""; 0]);
    }
}

/// Firewall rules for load balancers apply to machines with the tag of nodes.
#[test]
fn wrong_network_tags_are_seen() {
    world::enter("sabotage::wrong_network_tags_are_seen", || {
        // The stand-in for the cloud-controller-manager creates no load balancers.
        if prepare::controller().is_none() {
            return;
        }
        // The guide's cluster opens its ports to every machine, so another one.
        let Some(mut cluster) = boot("minimal", |_| {}) else { return };
        checks::assert_healthy(&cluster, "before the tags change");
        let tags = cluster.state().instance("kub-n-1").expect("a node").tags.clone();
        tag(&mut cluster, &["another".to_owned()]);
        cluster.patience = SABOTAGED;
        see(&checks::failures(&cluster), "wrong network tags", "internet → load balancer");
        tag(&mut cluster, &tags);
        cluster.patience = cluster::PATIENCE;
        checks::assert_healthy(&cluster, "with their tags again");
        tools::ok(LEVEL, "minimal", "wrong network tags are seen");
    });
}

#[test]
fn pod_ranges_by_order_of_arrival_are_seen() {
    world::enter("sabotage::pod_ranges_by_order_of_arrival_are_seen", || {
        // kubeadm's own default: the controller-manager hands out ranges as nodes come.
        let Some(mut cluster) = boot("minimal", |tree| {
            let allocate = "name: allocate-node-cidrs\n            value: \"false\"";
            // The first to come gets the first range, so that must not be the control plane's by luck.
            let own = "pods = \"10.4.0.0/24\"";
            for (find, put) in [(allocate, allocate.replace("false", "true")), (own, own.replace(".0.0", ".9.0"))] {
                let found = examples::replace(tree, find, &put).expect("the copy can be changed");
                assert!(found, "no file of the example says {find:?} any more");
            }
        }) else {
            return;
        };
        cluster.patience = Duration::from_secs(180);
        see(&checks::failures(&cluster), "pod ranges by order of arrival", "kub-m: podCIDR is");
        tools::ok(LEVEL, "minimal", "pod ranges by order of arrival are seen");
    });
}

/// An example, changed before it is applied.
fn boot(example: &str, change: impl Fn(&std::path::Path)) -> Option<Cluster> {
    edit::boot(&edit::example(example, "machines-sabotage"), change)
}

/// Gives both nodes these network tags.
fn tag(cluster: &mut Cluster, tags: &[String]) {
    for node in ["kub-n-1", "kub-n-2"] {
        let fingerprint = cluster.fingerprint(node, "tags");
        cluster.act(node, "setTags", &json!({"items": tags, "fingerprint": fingerprint}));
    }
}

fn see(failures: &[String], what: &str, wanted: &str) {
    assert!(
        failures.iter().any(|failure| failure.contains(wanted)),
        "{what} is not seen as {wanted:?}:\n{}",
        failures.join("\n")
    );
}
