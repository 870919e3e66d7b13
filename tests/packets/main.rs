//! Level 6: packets. Each machine of an example is a network namespace to which its rendered boot files were applied: sysctls,
//! egress rules, and the CNI template with the real plugins. A simulated VPC connects them. It only knows the machines' addresses
//! and the alias ranges from the rendered Terraform. Further tests break things and check that the failure is detected.

mod echo;
mod guarantees;
mod node;
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

/// Checks the prerequisites, and reports a skipped level if they are missing.
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
        let violations = guarantees::violations(&vpc);
        assert!(violations.is_empty(), "{}:\n{}", example.name, violations.join("\n"));
        tools::ok(6, &example.name, &format!("packets between {} machines", vpc.nodes.len()));
    }
}
