//! Level 6: packets. Each machine of an example is a network namespace that has run its own rendered boot files: sysctls,
//! egress rules, and the CNI template through the real plugins. Between them stands a VPC that knows the machines' addresses
//! and the alias ranges of the rendered Terraform, and nothing else. What fails when something is broken is shown too.

mod echo;
mod node;
mod promises;
mod sabotage;
mod vpc;

#[path = "../support/machine.rs"]
mod machine;
#[path = "../support/rendered.rs"]
mod rendered;
#[path = "../support/vpc.rs"]
mod terraform;
#[path = "../support/tools.rs"]
mod tools;
#[path = "../support/user_data.rs"]
mod user_data;

const WHAT: &str = "packets";

/// What has to be there, or one line that says so.
fn ready() -> bool {
    let tools =
        [("nft", "nftables"), ("ip", "iproute2"), ("iptables", "iptables"), ("ptp", "containernetworking-plugins")];
    let found =
        tools.iter().all(|(tool, package)| tools::find(6, WHAT, tool, &format!("apt-get install {package}")).is_some());
    found && tools::namespaces(6, WHAT)
}

#[test]
fn pods_are_first_class_in_the_vpc() {
    if !ready() {
        return;
    }
    for example in rendered::examples(WHAT) {
        let vpc = vpc::Vpc::apply(&example);
        let faults = promises::faults(&vpc);
        assert!(faults.is_empty(), "{}:\n{}", example.name, faults.join("\n"));
        tools::ok(6, &example.name, &format!("packets between {} machines", vpc.nodes.len()));
    }
}
