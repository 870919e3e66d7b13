//! The guarantees of a VPC-native cluster.

use crate::echo::{ask, ask_packet};
use crate::node::Node;
use crate::vpc::{ETCD, INTERNET, METADATA, PORT, Vpc};

type Answer = Result<String, String>;

/// All violated guarantees, between each machine and the next.
pub(crate) fn violations(vpc: &Vpc) -> Vec<String> {
    let next = vpc.nodes.iter().cycle().skip(1);
    vpc.nodes.iter().zip(next).flat_map(|(node, other)| guarantees(vpc, node, other)).collect()
}

fn guarantees(vpc: &Vpc, node: &Node, other: &Node) -> Vec<String> {
    let mut violations = Vec::new();
    let mut seen_as = |what: &str, answer: Answer, address: &str| {
        if answer.as_deref() != Ok(address) {
            violations.push(format!("{} → {}: {what}: {answer:?}, and not {address}", node.name, other.name));
        }
    };
    // A pod keeps its address everywhere in the VPC, and beyond it where replies can be routed back.
    seen_as("pod → pod", ask(&node.pod, &other.pod_address, PORT), &node.pod_address);
    seen_as("pod → node", ask(&node.pod, &other.address, PORT), &node.pod_address);
    seen_as("pod → its own node", ask(&node.pod, &node.address, PORT), &node.pod_address);
    seen_as("node → pod", ask(&node.machine, &other.pod_address, PORT), &node.address);
    seen_as("pod → host port of another node", ask(&node.pod, &other.address, 18080), &node.pod_address);
    for peer in &vpc.peers {
        seen_as("pod → peer", ask(&node.pod, peer, PORT), &node.pod_address);
        seen_as("node → peer", ask(&node.machine, peer, PORT), &node.address);
    }
    // The internet only sees the addresses of machines.
    seen_as("pod → internet", ask(&node.pod, INTERNET, PORT), &node.address);
    seen_as("node → internet", ask(&node.machine, INTERNET, PORT), &node.address);
    // The pod's interface has exactly the MTU of the VPC.
    let largest = |size| ask_packet(&node.pod, &other.pod_address, PORT, size);
    seen_as("pod → pod, the largest packet", largest(vpc.mtu), &node.pod_address);
    seen_as(
        "pod → pod, one byte more",
        Ok(largest(vpc.mtu + 1).unwrap_err_or("passed")),
        "[Errno 90] Message too long",
    );
    // Only the node can get its credentials, but everyone can resolve names.
    seen_as("node → metadata", ask(&node.machine, METADATA, 80), &node.address);
    seen_as(
        "pod → metadata",
        Ok(ask(&node.pod, METADATA, 80).unwrap_err_or("answered")),
        "[Errno 111] Connection refused",
    );
    // Neither another source address nor the node's own etcd are a pod's.
    seen_as("pod → another machine, from a forged address", Ok(forged(node, other)), "0 packets");
    seen_as(
        "pod → etcd of its own node",
        Ok(ask(&node.pod, &node.address, ETCD).unwrap_err_or("answered")),
        "[Errno 111] Connection refused",
    );
    seen_as("node → its own etcd", ask(&node.machine, &node.address, ETCD), &node.address);
    seen_as("pod → resolver", ask(&node.pod, METADATA, 53), &node.pod_address);
    seen_as("pod → resolver, UDP", ask_packet(&node.pod, METADATA, 53, 100), &node.pod_address);
    violations
}

/// Sends from an address that is not the pod's.
const FORGE: &str = "import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
s.sendto(b'x', (sys.argv[2], 8080))";
/// TEST-NET-1 (RFC 5737).
const FORGED: &str = "192.0.2.66";

/// How many packets from a forged address leave the node.
fn forged(node: &Node, other: &Node) -> String {
    let rules = format!(
        "table ip probe {{ chain out {{ type filter hook postrouting priority 300; oifname ens4 ip saddr {FORGED} counter; }}; }}"
    );
    node.machine.run(&["nft", &rules]);
    node.pod.run(&["ip", "address", "add", &format!("{FORGED}/32"), "dev", "eth0"]);
    node.pod.run(&["/usr/bin/python3", "-c", FORGE, FORGED, &other.address]);
    let counted = node.machine.run(&["nft", "list", "table", "ip", "probe"]);
    node.pod.run(&["ip", "address", "del", &format!("{FORGED}/32"), "dev", "eth0"]);
    node.machine.run(&["nft", "delete", "table", "ip", "probe"]);
    let count =
        counted.split("counter packets ").nth(1).and_then(|after| after.split(' ').next()).unwrap_or("no counter:");
    format!("{count} packets")
}

/// For requests that must fail.
trait Fails {
    fn unwrap_err_or(self, passed: &str) -> String;
}

impl Fails for Answer {
    fn unwrap_err_or(self, passed: &str) -> String {
        self.map_or_else(|error| error, |_| passed.to_owned())
    }
}
