//! The checks see what they should: with one thing wrong, the check that rests on it fails, and when it is put right all hold again.

use std::time::Duration;

use serde_json::json;

use crate::{LEVEL, checks, cluster::Cluster, edit, proof::examples, tools, world};

/// How long the checks wait for what will not come.
const PATIENCE: Duration = Duration::from_secs(40);

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
        &["nft", "flush", "chain", "ip", "pod_egress", "postrouting"],
        "pod on kub-n-1 → internet",
        &["nft", "-f", "/etc/kubernetes/pod-egress.nft"],
    ),
    (
        "the metadata server open to pods",
        &["nft", "flush", "chain", "ip", "pod_egress", "forward"],
        "pod on kub-n-1 → metadata",
        &["nft", "-f", "/etc/kubernetes/pod-egress.nft"],
    ),
    (
        "a secret on the console",
        &["sh", "-c", "echo abcde1.0123456789abcdef >/dev/console"],
        "kub-n-1: a secret on the console",
        &["true"],
    ),
];

#[test]
fn what_is_wrong_on_a_node_is_seen() {
    world::enter("sabotage::what_is_wrong_on_a_node_is_seen", || {
        let Some(mut cluster) = boot(|_| {}) else { return };
        checks::hold(&cluster, "before anything is wrong");
        cluster.patience = PATIENCE;
        for (what, wrong, seen, right) in WRONG {
            cluster.since_now();
            cluster.on("kub-n-1", wrong).unwrap_or_else(|error| panic!("{what}: {error}"));
            see(&checks::faults(&cluster), what, seen);
            cluster.on("kub-n-1", right).unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        // Network tags say which firewall rules are a machine's.
        let tags = cluster.state().instance("kub-n-1").expect("a node").tags.clone();
        tag(&mut cluster, &["another".to_owned()]);
        see(&checks::faults(&cluster), "a wrong node tag", "→ pod on kub-n-1");
        tag(&mut cluster, &tags);
        tools::ok(LEVEL, "minimal", &format!("{} faults on a node, each seen", WRONG.len() + 1));
    });
}

#[test]
fn pod_ranges_by_order_of_arrival_are_seen() {
    world::enter("sabotage::pod_ranges_by_order_of_arrival_are_seen", || {
        // kubeadm's own default: the controller-manager hands out ranges as nodes come.
        let Some(mut cluster) = boot(|tree| {
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
        see(&checks::faults(&cluster), "pod ranges by order of arrival", "kub-m: podCIDR is");
        tools::ok(LEVEL, "minimal", "pod ranges by order of arrival are seen");
    });
}

/// The minimal example, changed before it is applied.
fn boot(change: impl Fn(&std::path::Path)) -> Option<Cluster> {
    edit::boot(&edit::example("minimal", "machines-sabotage"), change)
}

fn tag(cluster: &mut Cluster, tags: &[String]) {
    let fingerprint = cluster.fingerprint("kub-n-1", "tags");
    cluster.act("kub-n-1", "setTags", &json!({"items": tags, "fingerprint": fingerprint}));
}

fn see(faults: &[String], what: &str, wanted: &str) {
    assert!(
        faults.iter().any(|fault| fault.contains(wanted)),
        "{what} is not seen as {wanted:?}:\n{}",
        faults.join("\n")
    );
}
