//! The simulated VPC: a router that knows each machine's address and alias range from the rendered Terraform, and no other
//! routes to pods. Like a VPC, it drops packets whose source address does not belong to the machine.

use std::fmt::Write as _;

use ipnet::Ipv4Net;

use crate::echo::Server;
use crate::machine::Machine;
use crate::node::Node;
use crate::rendered::Example;
use crate::terraform;
use crate::user_data::{self, Written};

/// The port of the echo server on every machine.
pub(crate) const PORT: u16 = 8080;
/// The port of etcd, on which the echo server stands in for it.
pub(crate) const ETCD: u16 = 2379;
/// A host on the internet (RFC 5737).
pub(crate) const INTERNET: &str = "203.0.113.10";
/// The metadata server, which is also the DNS resolver.
pub(crate) const METADATA: &str = "169.254.169.254";

pub(crate) struct Vpc {
    pub(crate) mtu: usize,
    pub(crate) nodes: Vec<Node>,
    /// An address in each peer range of the description.
    pub(crate) peers: Vec<String>,
    _servers: Vec<Server>,
    _outside: Vec<Machine>,
    _router: Machine,
}

impl Vpc {
    /// Boots the machines of an example, each with a pod.
    pub(crate) fn apply(example: &Example) -> Self {
        let plan = terraform::Vpc::read(&example.terraform());
        let router = Machine::network();
        let range: Ipv4Net = plan.nodes.parse().unwrap();
        let mut addresses = range.hosts().map(|address| address.to_string());
        let gateway = addresses.next().unwrap();
        router.run(&["sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0"]);
        router.run(&["ip", "address", "add", &format!("{gateway}/32"), "dev", "lo"]);
        router.run(&["ip", "address", "add", &format!("{METADATA}/32"), "dev", "lo"]);

        let mut nodes = Vec::new();
        for (at, (vm, address)) in plan.machines.iter().zip(addresses).enumerate() {
            let files: Vec<Written> = user_data::files(&example.dir.join(format!("cloud-init/{}.yaml", vm.group)));
            let link = format!("vm{at}");
            nodes.push(Node::boot(vm, &files, address, |machine, address| {
                connect(&router, &link, machine, "ens4", plan.mtu);
                // As configured by Google's DHCP server: a /32 address, with everything else behind the gateway.
                machine.run(&["ip", "address", "add", &format!("{address}/32"), "dev", "ens4"]);
                machine.run(&["ip", "route", "add", &gateway, "dev", "ens4", "scope", "link"]);
                machine.run(&["ip", "route", "add", "default", "via", &gateway, "dev", "ens4"]);
                router.run(&["ip", "route", "add", address, "dev", &link]);
                router.run(&["ip", "route", "add", &vm.pods, "via", address, "dev", &link]);
            }));
        }
        router.run(&["nft", &rules(&nodes)]);

        let mut servers = vec![Server::start(&router, METADATA, 80), Server::start(&router, METADATA, 53)];
        servers.extend(
            nodes
                .iter()
                .flat_map(|node| [&node.machine, &node.pod])
                .map(|machine| Server::start(machine, "0.0.0.0", PORT)),
        );
        servers.extend(nodes.iter().map(|node| Server::start(&node.machine, "0.0.0.0", ETCD)));
        let mut outside = vec![beyond(&router, 0, INTERNET, "0.0.0.0/0", &[&plan.nodes], plan.mtu)];
        let peers: Vec<String> = peers(example).into_iter().collect();
        let mut answering = Vec::new();
        for (at, range) in peers.iter().enumerate() {
            let address = range.parse::<Ipv4Net>().unwrap().hosts().next().unwrap().to_string();
            outside.push(beyond(&router, at + 1, &address, range, &[&plan.nodes, &plan.pods], plan.mtu));
            answering.push(address);
        }
        servers.extend(outside.iter().map(|machine| Server::start(machine, "0.0.0.0", PORT)));
        Self { mtu: plan.mtu, nodes, peers: answering, _servers: servers, _outside: outside, _router: router }
    }
}

/// Connects two machines with a veth pair.
fn connect(one: &Machine, name: &str, other: &Machine, other_name: &str, mtu: usize) {
    let (one_pid, other_pid, mtu) = (one.pid(), other.pid(), mtu.to_string());
    let cable = [
        "link", "add", "name", name, "mtu", &mtu, "netns", &one_pid, "type", "veth", "peer", "name", other_name, "mtu",
        &mtu,
    ];
    crate::tools::run(std::process::Command::new("ip").args(cable).args(["netns", &other_pid])).unwrap();
    one.run(&["ip", "link", "set", name, "up"]);
    other.run(&["ip", "link", "set", other_name, "up"]);
}

/// A machine outside the VPC with one address. The router reaches `range` through it, and it has routes back to `known`.
fn beyond(router: &Machine, at: usize, address: &str, range: &str, known: &[&str], mtu: usize) -> Machine {
    let (machine, link) = (Machine::network(), format!("out{at}"));
    connect(router, &link, &machine, "eth0", mtu);
    let (near, far) = (format!("100.64.{at}.1"), format!("100.64.{at}.2"));
    router.run(&["ip", "address", "add", &format!("{near}/30"), "dev", &link]);
    router.run(&["ip", "route", "add", range, "via", &far]);
    machine.run(&["ip", "address", "add", &format!("{far}/30"), "dev", "eth0"]);
    machine.run(&["ip", "address", "add", &format!("{address}/32"), "dev", "lo"]);
    known.iter().for_each(|range| drop(machine.run(&["ip", "route", "add", range, "via", &near])));
    machine
}

/// A machine can send from its own address and its alias range. Towards the internet, its external address only replaces its
/// own address.
fn rules(nodes: &[Node]) -> String {
    let mut rules = String::from("table ip vpc {\nchain sources { type filter hook prerouting priority filter;\n");
    for (at, node) in nodes.iter().enumerate() {
        writeln!(rules, "iifname vm{at} ip saddr != {{ {}, {} }} drop", node.address, node.pods).unwrap();
    }
    let own: Vec<&str> = nodes.iter().map(|node| node.address.as_str()).collect();
    writeln!(rules, "}}\nchain external {{ type filter hook forward priority filter;").unwrap();
    writeln!(rules, "oifname out0 ip saddr != {{ {} }} drop\n}}\n}}", own.join(", ")).unwrap();
    rules
}

/// `network.peers` from the description, not from the rendered files, because these are under test.
fn peers(example: &Example) -> Vec<String> {
    let text = std::fs::read_to_string(example.dir.join("cluster.yaml")).unwrap();
    let description: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    let peers = description["network"]["peers"].as_array().cloned().unwrap_or_default();
    peers.iter().map(|range| range.as_str().unwrap().to_owned()).collect()
}
