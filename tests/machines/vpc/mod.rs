//! The VPC: a router of its own between the instances and the outside. It knows each instance's address and alias ranges, and
//! nothing else; its rules are those of the state (rules.rs), its load balancers too (balance.rs).

mod balance;
mod rules;

use std::{net::Ipv4Addr, process::Command};

use ipnet::Ipv4Net;

pub(crate) use balance::Balancers;

use crate::{
    google::state::{Interface, State, Subnetwork},
    machine::Machine,
    tools,
};

/// Where Google's health checks come from; the other range, 130.211.0.0/22, is for older load balancers.
const PROBES: &str = "35.191.0.0/16";

/// The router. Its link to the outside is called `out`, its links to instances `vm0`, `vm1` …
pub(crate) struct Vpc {
    router: Machine,
    rules: String,
}

impl Vpc {
    /// A router that knows the outside and no instance.
    pub(crate) fn new() -> Vpc {
        let router = Machine::network();
        command(&format!("ip link add vpc type veth peer name out netns {}", router.pid()));
        command("ip address add 100.64.0.2/30 dev vpc");
        command("ip link set vpc mtu 9000 up");
        command("ip route add default via 100.64.0.1");
        // Probes and clients of load balancers come from addresses that are not on this link.
        command(&format!("ip route add local {PROBES} dev lo"));
        let vpc = Vpc { router, rules: String::new() };
        vpc.run("ip address add 100.64.0.1/30 dev out");
        vpc.run("ip link set out mtu 9000 up");
        vpc.run("ip route add default via 100.64.0.2");
        vpc.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 \
                 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.out.rp_filter=0");
        for interface in ["all", "default", "vpc", "lo"] {
            command(&format!("sysctl -qw net.ipv4.conf.{interface}.rp_filter=0"));
        }
        vpc
    }

    /// Makes the firewall, NAT and the sources that may send follow the state.
    pub(crate) fn follow(&mut self, state: &State, ports: &Ports) {
        let rules = rules::of(state, ports);
        if rules != self.rules {
            self.load(&rules);
            self.rules = rules;
        }
    }

    /// Loads nft rules into the router.
    fn load(&self, rules: &str) {
        use std::io::Write as _;
        let mut nft = self.router.command("nft");
        let nft = nft.args(["-f", "-"]).stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut nft = nft.spawn().expect("nft starts");
        nft.stdin.take().expect("a pipe").write_all(rules.as_bytes()).expect("nft reads");
        let done = nft.wait_with_output().expect("nft ends");
        assert!(done.status.success(), "{}\n{rules}", String::from_utf8_lossy(&done.stderr));
    }

    /// Plugs an instance's network in, as Google's DHCP server would configure it: its own address and nothing beside it, the gateway
    /// on link, every route of the VPC to that link.
    pub(crate) fn plug(&self, port: Port, wire: &Machine, interface: &Interface, state: &State) {
        let (address, mtu) = (interface.address, mtu(state, interface));
        let gateway = subnetwork(state, interface).map(gateway).expect("an interface has a subnetwork");
        wire.run(&[
            "ip",
            "link",
            "add",
            "ens4",
            "address",
            &mac(address),
            "mtu",
            &mtu.to_string(),
            "type",
            "veth",
            "peer",
            "name",
            &port.name(),
            "netns",
            &self.router.pid(),
        ]);
        for line in [
            format!("ip address add {address}/32 dev ens4"),
            "ip link set ens4 up".to_owned(),
            format!("ip route add {gateway} dev ens4 scope link"),
            format!("ip route add default via {gateway} dev ens4 mtu {mtu}"),
        ] {
            wire.run(&line.split(' ').collect::<Vec<_>>());
        }
        let (name, mark) = (port.name(), port.mark());
        self.run(&format!("ip link set {name} mtu {mtu} up"));
        if !self.run("ip address show dev lo").contains(&format!("inet {gateway}/")) {
            self.run(&format!("ip address add {gateway}/32 dev lo"));
        }
        self.run(&format!("ip route add {address} dev {name}"));
        // A load balancer sends to an instance whatever the destination.
        self.run(&format!("ip route add default via {address} dev {name} onlink table {mark}"));
        self.run(&format!("ip rule add fwmark {mark} lookup {mark}"));
    }

    /// The wire is gone, and with it the routes over it; what named the port goes too.
    pub(crate) fn unplug(&self, port: Port) {
        let mark = port.mark();
        let _ = tools::run(self.router.command("ip").args(["link", "delete", &port.name()]));
        self.run(&format!("ip rule delete fwmark {mark} lookup {mark}"));
    }

    /// Routes to an instance's alias ranges, and no longer to those that it had before.
    pub(crate) fn route(&self, port: Port, address: Ipv4Addr, before: &[Ipv4Net], now: &[Ipv4Net]) {
        for range in before.iter().filter(|range| !now.contains(range)) {
            self.run(&format!("ip route delete {range} dev {}", port.name()));
        }
        for range in now.iter().filter(|range| !before.contains(range)) {
            self.run(&format!("ip route replace {range} via {address} dev {}", port.name()));
        }
    }

    fn run(&self, line: &str) -> String {
        self.router.run(&line.split_whitespace().collect::<Vec<_>>())
    }
}

/// Where an instance is plugged in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Port(pub(crate) u8);

impl Port {
    /// The router's interface.
    fn name(self) -> String {
        format!("vm{}", self.0)
    }

    /// Packets with this mark go to the instance; the routing table has the same number.
    fn mark(self) -> u32 {
        1000 + u32::from(self.0)
    }

    /// Where the probes of this instance come from, so that each goes where it should.
    fn probe(self) -> Ipv4Addr {
        Ipv4Addr::new(35, 191, 0, self.0 + 1)
    }
}

/// The ports of the instances that are plugged in, by path.
pub(crate) type Ports = std::collections::BTreeMap<String, Port>;

/// Google's gateway: the first address of the subnetwork.
pub(crate) fn gateway(subnetwork: &Subnetwork) -> Ipv4Addr {
    Ipv4Addr::from_bits(subnetwork.range.network().to_bits() + 1)
}

/// Google derives it from the address: 42:01 and its four bytes.
pub(crate) fn mac(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("42:01:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
}

fn subnetwork<'a>(state: &'a State, interface: &Interface) -> Option<&'a Subnetwork> {
    state.subnetworks.iter().find(|subnetwork| subnetwork.path == interface.subnetwork)
}

fn mtu(state: &State, interface: &Interface) -> u16 {
    state.networks.iter().find(|network| network.path == interface.network).map_or(1460, |network| network.mtu)
}

/// A command in the outside's own network.
pub(crate) fn command(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    tools::run(Command::new(words[0]).args(&words[1..])).unwrap_or_else(|error| panic!("{line}: {error}"))
}
