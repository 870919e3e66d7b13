//! Passthrough load balancers: probes from Google's range through the firewall to the load balancer's address on each backend;
//! packets to a healthy backend, their destination unchanged; a connection always to the same one; all backends when none is healthy.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use super::{PROBES, Port, Ports, Vpc, rules::set};
use crate::google::state::Ports as Forwarded;
use crate::google::state::{HealthCheck, LoadBalancer, State};

/// Probes are this far apart at most, so that nobody waits; Google keeps to the interval.
const FASTEST: u64 = 1;

/// What is probed: an address, how, and on which port of the router.
type Key = (Ipv4Addr, String, u8);

/// The running probes and the current rules.
#[derive(Default)]
pub(crate) struct Balancers {
    probes: BTreeMap<Key, Probe>,
    addresses: Vec<Ipv4Addr>,
    rules: String,
}

impl Balancers {
    /// Makes probes and rules follow the state and what the probes have seen.
    pub(crate) fn follow(&mut self, vpc: &Vpc, state: &State, ports: &Ports) {
        let mut wanted = BTreeMap::new();
        for balancer in &state.load_balancers {
            for port in backends(balancer, ports) {
                if let Some(check) = &balancer.health_check {
                    wanted.insert((balancer.address, format!("{check:?}"), port.0), check.clone());
                }
            }
        }
        self.probes.retain(|key, _| wanted.contains_key(key));
        for (key, check) in wanted {
            self.probes.entry(key.clone()).or_insert_with(|| Probe::start(key.0, check, Port(key.2)));
        }
        let addresses: Vec<Ipv4Addr> = state.load_balancers.iter().map(|balancer| balancer.address).collect();
        // Without a backend there is no other way.
        for address in addresses.iter().filter(|address| !self.addresses.contains(address)) {
            vpc.run(&format!("ip route replace blackhole {address}"));
        }
        for address in self.addresses.iter().filter(|address| !addresses.contains(address)) {
            vpc.run(&format!("ip route delete blackhole {address}"));
        }
        self.addresses = addresses;
        let rules = self.rules(state, ports);
        if rules != self.rules {
            vpc.load(&rules);
            self.rules = rules;
        }
    }

    /// The backends that answer their probes.
    fn healthy(&self, balancer: &LoadBalancer, ports: &Ports) -> Vec<Port> {
        let healthy = |port: &Port| {
            balancer.health_check.as_ref().is_none_or(|check| {
                self.probes.get(&(balancer.address, format!("{check:?}"), port.0)).is_some_and(Probe::healthy)
            })
        };
        backends(balancer, ports).into_iter().filter(healthy).collect()
    }

    /// The load balancer at that address: the instances behind it that answer their probes.
    pub(crate) fn healthy_at(&self, address: Ipv4Addr, state: &State, ports: &Ports) -> Vec<String> {
        let balancer = state.load_balancers.iter().find(|balancer| balancer.address == address);
        let healthy = balancer.map(|balancer| self.healthy(balancer, ports)).unwrap_or_default();
        ports.iter().filter(|(_, port)| healthy.contains(port)).map(|(path, _)| path.clone()).collect()
    }

    fn rules(&self, state: &State, ports: &Ports) -> String {
        let mut chains = String::new();
        let mut entry = Vec::new();
        for port in ports.values() {
            entry.push(format!("iifname \"out\" ip saddr {} meta mark set {} accept", port.probe(), port.mark()));
        }
        // An instance that forwards and has no local route yet would pass a probe on to a healthy one.
        entry.push(format!("ip saddr {PROBES} drop"));
        for (number, balancer) in state.load_balancers.iter().enumerate() {
            let address = balancer.address;
            let protocol = balancer.protocol.to_lowercase();
            let which = match &balancer.ports {
                Forwarded::All => format!("meta l4proto {protocol}"),
                Forwarded::These(ports) => {
                    let ports = ports.iter().map(|range| format!("{}-{}", range.start(), range.end()));
                    format!("{protocol} dport {}", set(ports))
                }
            };
            entry.push(format!("ip daddr {address} ct state related meta mark set ct mark accept"));
            entry.push(format!("ip daddr {address} {which} goto balancer{number}"));
            let all = backends(balancer, ports);
            let healthy = self.healthy(balancer, ports);
            let _ = write!(chains, "  chain balancer{number} {{\n{}  }}\n", chain(&all, &healthy, &protocol));
        }
        format!(
            "table ip balance\ndelete table ip balance\ntable ip balance {{\n{chains}  chain entry {{ type filter hook prerouting priority -150;\n    {}\n  }}\n}}\n",
            entry.join("\n    ")
        )
    }
}

/// Steers a load balancer's packets: a connection keeps its backend for as long as that is one.
fn chain(all: &[Port], healthy: &[Port], protocol: &str) -> String {
    let used = if healthy.is_empty() { all } else { healthy };
    if used.is_empty() {
        return "    drop\n".to_owned();
    }
    let known = set(all.iter().map(|port| port.mark()));
    let choice = set(used.iter().enumerate().map(|(index, port)| format!("{index} : {}", port.mark())));
    let count = used.len();
    format!(
        "    ct mark {known} meta mark set ct mark accept\n    ct mark set jhash ip saddr . ip daddr . {protocol} sport . {protocol} dport mod {count} map {choice}\n    meta mark set ct mark accept\n"
    )
}

fn backends(balancer: &LoadBalancer, ports: &Ports) -> Vec<Port> {
    balancer.backends.iter().filter_map(|path| ports.get(path).copied()).collect()
}

/// One backend's health at one address. It counts as unhealthy until it has answered.
struct Probe {
    healthy: Arc<AtomicBool>,
    stopped: Arc<AtomicBool>,
}

impl Probe {
    fn start(address: Ipv4Addr, check: HealthCheck, port: Port) -> Probe {
        let probe = Probe { healthy: Arc::default(), stopped: Arc::default() };
        let (healthy, stopped) = (Arc::clone(&probe.healthy), Arc::clone(&probe.stopped));
        thread::spawn(move || {
            let mut row = 0;
            while !stopped.load(Ordering::Relaxed) {
                let good = ask(address, &check, port);
                row = if good == healthy.load(Ordering::Relaxed) { 0 } else { row + 1 };
                if row >= if good { check.healthy_threshold } else { check.unhealthy_threshold }.max(1) {
                    healthy.store(good, Ordering::Relaxed);
                    row = 0;
                }
                thread::sleep(Duration::from_secs(check.interval_seconds.clamp(1, FASTEST)));
            }
        });
        probe
    }

    fn healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// One probe, by curl, which can choose its source address: a connection, and the status 200 where the check asks for HTTP.
fn ask(address: Ipv4Addr, check: &HealthCheck, port: Port) -> bool {
    let to = SocketAddr::from((address, check.port));
    let (scheme, path) = match check.kind.as_str() {
        "HTTP" | "HTTP2" => ("http", check.request_path.as_str()),
        "HTTPS" | "SSL" => ("https", check.request_path.as_str()),
        _ => ("telnet", ""),
    };
    let mut curl = Command::new("curl");
    curl.args(["-sko", "/dev/null", "-w", "%{http_code} %{time_connect}", "--max-time"])
        .arg(check.timeout_seconds.clamp(1, 5).to_string());
    curl.args(["--interface", &port.probe().to_string()]).arg(format!("{scheme}://{to}{path}"));
    let said = curl
        .stdin(std::process::Stdio::null())
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let said = said.unwrap_or_default();
    let (status, connected) = said.split_once(' ').unwrap_or_default();
    if scheme == "telnet" { connected.trim().parse().is_ok_and(|seconds: f64| seconds > 0.0) } else { status == "200" }
}
