//! Load balancers. All of them are passthrough, so packets keep their destination address.

use std::{net::Ipv4Addr, ops::RangeInclusive};

use serde_json::Value;

use super::firewalls::port_range;
use crate::google::{
    World, compute,
    json::{flag, list, number, text, texts},
    link,
};

/// A forwarding rule and its backends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LoadBalancer {
    /// `projects/P/regions/R/forwardingRules/N`
    pub(crate) path: String,
    pub(crate) region: String,
    pub(crate) address: Ipv4Addr,
    /// Reachable only from its own network.
    pub(crate) internal: bool,
    /// The path of the network of an internal load balancer.
    pub(crate) network: Option<String>,
    /// Whether an internal load balancer is reachable from other regions.
    pub(crate) global_access: bool,
    /// `TCP` or `UDP`
    pub(crate) protocol: String,
    pub(crate) ports: Ports,
    /// The paths of the backend instances.
    pub(crate) backends: Vec<String>,
    pub(crate) health_check: Option<HealthCheck>,
}

/// The ports of a forwarding rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ports {
    All,
    These(Vec<RangeInclusive<u16>>),
}

/// The health check that Google's probers run against an instance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HealthCheck {
    /// `TCP`, `HTTP`, `HTTPS` …
    pub(crate) kind: String,
    pub(crate) port: u16,
    /// `/readyz`; empty for a TCP check.
    pub(crate) request_path: String,
    pub(crate) interval_seconds: u64,
    pub(crate) timeout_seconds: u64,
    pub(crate) healthy_threshold: u64,
    pub(crate) unhealthy_threshold: u64,
}

pub(super) fn all(world: &World) -> Vec<LoadBalancer> {
    world.all("forwardingRules").map(|(path, rule)| read(world, path, rule)).collect()
}

fn read(world: &World, path: &str, rule: &Value) -> LoadBalancer {
    let internal = rule["loadBalancingScheme"] == "INTERNAL";
    let target = link::own(&rule["backendService"]).or_else(|| link::own(&rule["target"]));
    let target = target.and_then(|path| world.resources.get(&path)).unwrap_or(&Value::Null);
    let check = texts(target, "healthChecks").first().and_then(|check| link::path(check, ""));
    LoadBalancer {
        path: path.to_owned(),
        region: link::name(link::scope(path)).to_owned(),
        address: text(rule, "IPAddress").parse().expect("the stand-in chose or checked it"),
        internal,
        network: link::own(&rule["network"]).filter(|_| internal),
        global_access: flag(rule, "allowGlobalAccess"),
        protocol: text(rule, "IPProtocol").to_owned(),
        ports: ports(rule),
        backends: backends(world, target),
        health_check: check.and_then(|path| world.resources.get(&path)).map(health_check),
    }
}

fn ports(rule: &Value) -> Ports {
    let ports: Vec<_> =
        texts(rule, "ports").into_iter().chain([text(rule, "portRange")]).filter_map(port_range).collect();
    if ports.is_empty() { Ports::All } else { Ports::These(ports) }
}

/// The members of a backend service's groups or of a target pool.
fn backends(world: &World, target: &Value) -> Vec<String> {
    let groups = list(target, "backends").iter().filter_map(|backend| link::own(&backend["group"]));
    let members = groups.flat_map(|group| compute::members(world, &group).to_vec());
    members.chain(list(target, "instances").iter().filter_map(link::own)).collect()
}

fn health_check(check: &Value) -> HealthCheck {
    let settings = compute::health_check_block(check);
    let seconds = |key: &str| number(check, key).and_then(|number| number.try_into().ok()).unwrap_or_default();
    let older = check["kind"] == "compute#httpHealthCheck";
    HealthCheck {
        kind: if older { "HTTP".to_owned() } else { text(check, "type").to_owned() },
        port: number(settings, "port").and_then(|port| port.try_into().ok()).unwrap_or_default(),
        request_path: text(settings, "requestPath").to_owned(),
        interval_seconds: seconds("checkIntervalSec"),
        timeout_seconds: seconds("timeoutSec"),
        healthy_threshold: seconds("healthyThreshold"),
        unhealthy_threshold: seconds("unhealthyThreshold"),
    }
}
