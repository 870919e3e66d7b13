//! Proves that this level can fail: breaking one thing on one machine violates the guarantee that depends on it.

use crate::node::{Node, guest_agent, prepare};
use crate::vpc::Vpc;
use crate::{guarantees, ready, rendered, tools};

/// What is wrong with the machine, how to break it, the guarantee that this violates, and how to repair it.
type Wrong = (&'static str, fn(&Node), &'static str, fn(&Node));

const WRONG: &[Wrong] = &[
    (
        "forwarding off, as Google's images have it",
        |node| drop(node.machine.run(&["sysctl", "-qw", "net.ipv4.ip_forward=0"])),
        "pod → pod:",
        |node| prepare(&node.machine),
    ),
    (
        // Without any rule, the kernel keeps local and main routes in one table, and the pod's route takes precedence.
        "the guest agent's local route for the alias range",
        |node| {
            guest_agent(&node.machine, &node.pods);
            node.machine.run(&["ip", "rule", "add", "priority", "100", "to", "192.0.2.0/24", "lookup", "main"]);
        },
        "pod → pod:",
        |node| prepare(&node.machine),
    ),
    (
        "no masquerading",
        |node| drop(node.machine.run(&["nft", "flush", "chain", "inet", "pod_egress", "postrouting"])),
        "pod → internet:",
        |node| drop(node.machine.run(&["nft", "-f", "/etc/kubernetes/pod-egress.nft"])),
    ),
    (
        "pods masqueraded everywhere",
        |node| drop(node.machine.run(&["nft", "flush", "set", "inet", "pod_egress", "routed"])),
        "pod → pod:",
        |node| drop(node.machine.run(&["nft", "-f", "/etc/kubernetes/pod-egress.nft"])),
    ),
    (
        "the metadata server open to pods",
        |node| drop(node.machine.run(&["nft", "flush", "chain", "inet", "pod_egress", "forward"])),
        "pod → metadata:",
        |node| drop(node.machine.run(&["nft", "-f", "/etc/kubernetes/pod-egress.nft"])),
    ),
    (
        "pods' source addresses unchecked",
        |node| drop(node.machine.run(&["nft", "flush", "chain", "inet", "pod_egress", "prerouting"])),
        "pod → another machine, from a forged address:",
        |node| drop(node.machine.run(&["nft", "-f", "/etc/kubernetes/pod-egress.nft"])),
    ),
    (
        "etcd open to the pods of its node",
        |node| drop(node.machine.run(&["nft", "flush", "chain", "inet", "pod_egress", "input"])),
        "pod → etcd of its own node:",
        |node| drop(node.machine.run(&["nft", "-f", "/etc/kubernetes/pod-egress.nft"])),
    ),
    (
        "a pod's interface with a smaller MTU than the VPC",
        |node| drop(node.pod.run(&["ip", "link", "set", "eth0", "mtu", "1300"])),
        "pod → pod, the largest packet:",
        |node| drop(node.pod.run(&["ip", "link", "set", "eth0", "mtu", "1460"])),
    ),
];

#[test]
fn detects_sabotage() {
    if !ready() {
        return;
    }
    let examples = rendered::examples("sabotage");
    let example = examples.iter().find(|example| example.name == "minimal").unwrap();
    let vpc = Vpc::apply(example);
    // Sabotages only one machine. It takes part in every guarantee on both sides, because each machine is also another one's peer.
    let node = &vpc.nodes[1];
    for (what, sabotage, guarantee, repair) in WRONG {
        sabotage(node);
        let violations = guarantees::violations(&vpc);
        assert!(
            violations.iter().any(|violation| violation.contains(guarantee)),
            "{what}: {guarantee} {violations:#?}"
        );
        repair(node);
        assert_eq!(guarantees::violations(&vpc), Vec::<String>::new(), "{what}: repaired");
        tools::ok(6, &example.name, &format!("seen: {what}"));
    }
}
