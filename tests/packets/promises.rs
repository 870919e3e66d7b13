//! What holds in a cluster whose pods are first-class in the VPC.

use crate::echo::{ask, ask_packet};
use crate::node::Node;
use crate::vpc::{INTERNET, METADATA, PORT, Vpc};

type Answer = Result<String, String>;

/// Every promise that does not hold, between each machine and the next.
pub(crate) fn faults(vpc: &Vpc) -> Vec<String> {
    let next = vpc.nodes.iter().cycle().skip(1);
    vpc.nodes.iter().zip(next).flat_map(|(node, other)| promises(vpc, node, other)).collect()
}

fn promises(vpc: &Vpc, node: &Node, other: &Node) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen_as = |what: &str, answer: Answer, address: &str| {
        if answer.as_deref() != Ok(address) {
            faults.push(format!("{} → {}: {what}: {answer:?}, and not {address}", node.name, other.name));
        }
    };
    // A pod's address is its own, everywhere in the VPC and beyond it where the way back is known.
    seen_as("pod → pod", ask(&node.pod, &other.pod_address, PORT), &node.pod_address);
    seen_as("pod → node", ask(&node.pod, &other.address, PORT), &node.pod_address);
    seen_as("pod → its own node", ask(&node.pod, &node.address, PORT), &node.pod_address);
    seen_as("node → pod", ask(&node.machine, &other.pod_address, PORT), &node.address);
    seen_as("pod → port of a node that is a pod's", ask(&node.pod, &other.address, 18080), &node.pod_address);
    for peer in &vpc.peers {
        seen_as("pod → peer", ask(&node.pod, peer, PORT), &node.pod_address);
        seen_as("node → peer", ask(&node.machine, peer, PORT), &node.address);
    }
    // The internet knows machines only.
    seen_as("pod → internet", ask(&node.pod, INTERNET, PORT), &node.address);
    seen_as("node → internet", ask(&node.machine, INTERNET, PORT), &node.address);
    // The pod's interface is as wide as the VPC, neither less nor more.
    let largest = |size| ask_packet(&node.pod, &other.pod_address, PORT, size);
    seen_as("pod → pod, the largest packet", largest(vpc.mtu), &node.pod_address);
    seen_as(
        "pod → pod, one byte more",
        Ok(largest(vpc.mtu + 1).unwrap_err_or("passed")),
        "[Errno 90] Message too long",
    );
    // The node's identity is the node's; names are for all.
    seen_as("node → metadata", ask(&node.machine, METADATA, 80), &node.address);
    seen_as(
        "pod → metadata",
        Ok(ask(&node.pod, METADATA, 80).unwrap_err_or("answered")),
        "[Errno 111] Connection refused",
    );
    seen_as("pod → resolver", ask(&node.pod, METADATA, 53), &node.pod_address);
    seen_as("pod → resolver, UDP", ask_packet(&node.pod, METADATA, 53, 100), &node.pod_address);
    faults
}

/// The error, of what must fail.
trait Fails {
    fn unwrap_err_or(self, passed: &str) -> String;
}

impl Fails for Answer {
    fn unwrap_err_or(self, passed: &str) -> String {
        self.map_or_else(|error| error, |_| passed.to_owned())
    }
}
