//! Load balancers: instance groups and backend services, target pools, forwarding rules.

use serde_json::{Value, json};

use crate::{
    google::rules,
    health_checks::check,
    requests::{Case, Request, case, delete, machine, patch, post, with, with_all},
};

/// Requests that the stand-in must reject.
pub(crate) fn cases() -> Vec<Case> {
    [groups(), backend_services(), target_pools(), forwarding_rules()].into_iter().flatten().collect()
}

const NETWORK: &str = "projects/test-project/global/networks/net";

/// A sequence of requests, the last of which violates the rule.
fn after<const N: usize>(rule: &'static rules::Rule, requests: [Request; N]) -> Case {
    Case { rule, requests: requests.into() }
}

fn group(name: &str) -> Request {
    post("zones/us-east1-b/instanceGroups", json!({"name": name, "network": NETWORK}))
}

fn members(group: &str, action: &str, instance: &str) -> Request {
    let instances = json!({"instances": [{"instance": format!("zones/{instance}")}]});
    post(&format!("zones/us-east1-b/instanceGroups/{group}/{action}"), instances)
}

fn add(group: &str) -> Request {
    members(group, "addInstances", "us-east1-b/instances/a")
}

/// An internal backend service with the health check `h` and these groups.
pub(crate) fn service(name: &str, groups: &[&str], fields: Value) -> Request {
    let backends: Vec<Value> = groups
        .iter()
        .map(
            |group| json!({"group": format!("zones/us-east1-b/instanceGroups/{group}"), "balancingMode": "CONNECTION"}),
        )
        .collect();
    let service = json!({
        "name": name,
        "loadBalancingScheme": "INTERNAL",
        "protocol": "TCP",
        "healthChecks": ["regions/us-east1/healthChecks/h"],
        "backends": backends,
    });
    post("regions/us-east1/backendServices", with_all(service, &fields))
}

fn groups() -> Vec<Case> {
    let h = || check(json!({}));
    let elsewhere = || post("zones/us-east1-c/instances", with_zone(machine("c", "10.4.3.0/24")));
    vec![
        case(
            &rules::REFERENCE,
            post("zones/us-east1-b/instanceGroups", json!({"name": "g", "network": "global/networks/none"})),
        ),
        case(
            &rules::NAMED_PORTS,
            post("zones/us-east1-b/instanceGroups", json!({"name": "g", "namedPorts": [{"name": "api", "port": 0}]})),
        ),
        after(&rules::GROUP_PLACE, [group("g"), elsewhere(), members("g", "addInstances", "us-east1-c/instances/c")]),
        after(&rules::MEMBER_THERE, [group("g"), add("g"), add("g")]),
        after(&rules::MEMBER_GONE, [group("g"), members("g", "removeInstances", "us-east1-b/instances/a")]),
        // Two groups can share an instance as long as only one of them is a backend.
        after(
            &rules::BALANCED_ONCE,
            [group("g"), group("g2"), h(), add("g"), service("s", &["g", "g2"], json!({})), add("g2")],
        ),
        after(
            &rules::BALANCED_ONCE_LATER,
            [
                group("g"),
                group("g2"),
                h(),
                add("g"),
                add("g2"),
                service("s", &["g"], json!({})),
                service("s2", &["g2"], json!({})),
            ],
        ),
        after(
            &rules::IN_USE_BY,
            [group("g"), h(), service("s", &["g"], json!({})), delete("zones/us-east1-b/instanceGroups/g")],
        ),
    ]
}

/// The same machine in another zone.
fn with_zone(machine: Value) -> Value {
    with(machine, "/machineType", "zones/us-east1-c/machineTypes/n2-standard-2".into())
}

fn backend_services() -> Vec<Case> {
    let h = || check(json!({}));
    let of = |rule, fields: Value| after(rule, [group("g"), h(), service("s", &["g"], fields)]);
    let backend =
        |fields: Value| json!({"backends": [with_all(json!({"group": "zones/us-east1-b/instanceGroups/g"}), &fields)]});
    let unplaced = || post("zones/us-east1-b/instanceGroups", json!({"name": "g"}));
    let other = || post("global/networks", json!({"name": "other", "autoCreateSubnetworks": false}));
    vec![
        of(&rules::BALANCING_SCHEME, json!({"loadBalancingScheme": "INTERNAL_MANAGED"})),
        of(&rules::BALANCING_PROTOCOL, json!({"protocol": "HTTP"})),
        of(&rules::BALANCING_PROTOCOL, json!({"portName": "api"})),
        of(&rules::BACKEND_HEALTH_CHECK, json!({"healthChecks": []})),
        after(
            &rules::BACKEND_HEALTH_CHECK,
            [
                group("g"),
                post("regions/us-west1/healthChecks", json!({"name": "h", "type": "TCP"})),
                service("s", &["g"], json!({"healthChecks": ["regions/us-west1/healthChecks/h"]})),
            ],
        ),
        of(&rules::BACKEND_MODE, backend(json!({"balancingMode": "UTILIZATION"}))),
        of(&rules::BACKEND_MODE, backend(json!({"maxConnections": 100}))),
        after(&rules::BACKEND_GROUP, [group("g"), h(), service("s", &["g", "g"], json!({}))]),
        // An empty group has no network unless it was created with one.
        after(&rules::BACKEND_GROUP, [unplaced(), h(), service("s", &["g"], json!({}))]),
        after(
            &rules::BACKEND_GROUP,
            [
                post("zones/us-west1-a/instanceGroups", json!({"name": "w", "network": NETWORK})),
                h(),
                service("s", &[], json!({"backends": [{"group": "zones/us-west1-a/instanceGroups/w"}]})),
            ],
        ),
        after(
            &rules::BACKEND_NETWORK,
            [other(), group("g"), h(), service("s", &["g"], json!({"network": "global/networks/other"}))],
        ),
        after(
            &rules::IN_USE_BY,
            [group("g"), h(), service("s", &["g"], json!({})), delete("regions/us-east1/healthChecks/h")],
        ),
    ]
}

fn target_pools() -> Vec<Case> {
    let pool = |fields: Value| post("regions/us-east1/targetPools", with_all(json!({"name": "p"}), &fields));
    let far =
        || post("regions/us-west1/targetPools", json!({"name": "p", "instances": ["zones/us-east1-b/instances/a"]}));
    let checks = json!({"healthChecks": ["global/httpHealthChecks/a", "global/httpHealthChecks/b"]});
    vec![
        case(&rules::POOL_HEALTH_CHECK, pool(checks)),
        case(&rules::REFERENCE, pool(json!({"healthChecks": ["global/healthChecks/h"]}))),
        case(&rules::POOL_INSTANCE, far()),
    ]
}

/// An internal forwarding rule for the backend service `s`.
pub(crate) fn rule(fields: Value) -> Request {
    let rule = json!({
        "name": "r",
        "loadBalancingScheme": "INTERNAL",
        "backendService": "regions/us-east1/backendServices/s",
        "subnetwork": "regions/us-east1/subnetworks/nodes",
        "ports": ["6443"],
    });
    post("regions/us-east1/forwardingRules", with_all(rule, &fields))
}

fn forwarding_rules() -> Vec<Case> {
    let of = |broken, fields: Value| {
        after(broken, [group("g"), check(json!({})), service("s", &["g"], json!({})), rule(fields)])
    };
    let address = json!({"name": "ip", "addressType": "INTERNAL", "subnetwork": "regions/us-east1/subnetworks/nodes"});
    let reserve = || post("regions/us-east1/addresses", address.clone());
    let pool = || post("regions/us-east1/targetPools", json!({"name": "p"}));
    let external = |fields: Value| {
        let rule = json!({"name": "x", "target": "regions/us-east1/targetPools/p", "portRange": "80"});
        post("regions/us-east1/forwardingRules", with_all(rule, &fields))
    };
    vec![
        of(&rules::RULE_TARGET, json!({"backendService": null})),
        of(&rules::RULE_TARGET, json!({"target": "regions/us-east1/targetPools/p"})),
        after(
            &rules::RULE_TARGET,
            [
                pool(),
                post(
                    "regions/us-west1/forwardingRules",
                    json!({"name": "x", "target": "regions/us-east1/targetPools/p"}),
                ),
            ],
        ),
        of(&rules::BALANCING_SCHEME, json!({"loadBalancingScheme": "EXTERNAL"})),
        after(&rules::BALANCING_SCHEME, [pool(), external(json!({"loadBalancingScheme": "INTERNAL"}))]),
        of(&rules::BALANCING_PROTOCOL, json!({"IPProtocol": "UDP"})),
        of(&rules::RULE_PORTS, json!({"ports": []})),
        of(&rules::RULE_PORTS, json!({"ports": ["1", "2", "3", "4", "5", "6"]})),
        of(&rules::RULE_PORTS, json!({"ports": ["https"]})),
        of(&rules::RULE_PORTS, json!({"allPorts": true})),
        after(&rules::RULE_PORTS, [pool(), external(json!({"portRange": "90-80"}))]),
        of(&rules::RULE_SUBNETWORK, json!({"subnetwork": null})),
        of(&rules::RULE_SUBNETWORK, json!({"network": "global/networks/other"})),
        of(&rules::ADDRESS_RANGE, json!({"IPAddress": "10.9.9.9"})),
        of(&rules::ADDRESS_IN_USE, json!({"IPAddress": "10.0.0.2"})),
        after(&rules::REFERENCE, [pool(), external(json!({"IPAddress": "34.1.2.3"}))]),
        after(&rules::TAKEN_NAME, [pool(), external(json!({})), external(json!({}))]),
        // A reserved address can be used by one forwarding rule, whose fields cannot be changed.
        after(
            &rules::ADDRESS_IN_USE,
            [
                group("g"),
                check(json!({})),
                service("s", &["g"], json!({})),
                reserve(),
                rule(json!({"IPAddress": "regions/us-east1/addresses/ip"})),
                rule(json!({"name": "r2", "IPAddress": "regions/us-east1/addresses/ip"})),
            ],
        ),
        after(
            &rules::IMMUTABLE,
            [
                group("g"),
                check(json!({})),
                service("s", &["g"], json!({})),
                rule(json!({})),
                patch("regions/us-east1/forwardingRules/r", json!({"ports": ["443"]})),
            ],
        ),
    ]
}
