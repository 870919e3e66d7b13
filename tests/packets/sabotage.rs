//! The level can fail: with one thing wrong on one machine, the promise that depends on it does not hold.

use crate::node::{Node, guest_agent, prepare};
use crate::vpc::Vpc;
use crate::{promises, ready, rendered, tools};

/// What is done to the machine, the promise that it breaks, how it is made good again.
type Wrong = (&'static str, fn(&Node), &'static str, fn(&Node));

const WRONG: &[Wrong] = &[
    (
        "forwarding off, as Google's images have it",
        |node| drop(node.machine.run(&["sysctl", "-qw", "net.ipv4.ip_forward=0"])),
        "pod → pod:",
        |node| prepare(&node.machine),
    ),
    (
        // Until somebody adds a rule, the kernel keeps local and main routes in one table, and the pod's own route wins.
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
        |node| drop(node.machine.run(&["nft", "flush", "chain", "ip", "pod_egress", "postrouting"])),
        "pod → internet:",
        |node| drop(node.machine.run(&["nft", "-f", "/etc/kubernetes/pod-egress.nft"])),
    ),
    (
        "pods masqueraded everywhere",
        |node| drop(node.machine.run(&["nft", "flush", "set", "ip", "pod_egress", "routed"])),
        "pod → pod:",
        |node| drop(node.machine.run(&["nft", "-f", "/etc/kubernetes/pod-egress.nft"])),
    ),
    (
        "the metadata server open to pods",
        |node| drop(node.machine.run(&["nft", "flush", "chain", "ip", "pod_egress", "forward"])),
        "pod → metadata:",
        |node| drop(node.machine.run(&["nft", "-f", "/etc/kubernetes/pod-egress.nft"])),
    ),
    (
        "a pod's interface narrower than the VPC",
        |node| drop(node.pod.run(&["ip", "link", "set", "eth0", "mtu", "1300"])),
        "pod → pod, the largest packet:",
        |node| drop(node.pod.run(&["ip", "link", "set", "eth0", "mtu", "1460"])),
    ),
];

#[test]
fn sabotage_is_detected() {
    if !ready() {
        return;
    }
    let examples = rendered::examples("sabotage");
    let example = examples.iter().find(|example| example.name == "minimal").unwrap();
    let vpc = Vpc::apply(example);
    // Both sides of every promise are met: each machine is the other of one, and all but one are left alone.
    let node = &vpc.nodes[1];
    for (what, sabotage, promise, repair) in WRONG {
        sabotage(node);
        let faults = promises::faults(&vpc);
        assert!(faults.iter().any(|fault| fault.contains(promise)), "{what}: {promise} {faults:#?}");
        repair(node);
        assert_eq!(promises::faults(&vpc), Vec::<String>::new(), "{what}: made good again");
        tools::ok(6, &example.name, &format!("seen: {what}"));
    }
}
