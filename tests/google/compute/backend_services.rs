//! Regional backend services of passthrough load balancers. The stand-in does not implement proxy load balancers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    Acted, Collection, Place, Within,
    instance_groups::{balanced_by, balanced_twice, members},
};
use crate::google::{
    Call, World,
    json::{default, is_empty, list, number, text},
    link, places,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "backendServices",
    kind: "compute#backendService",
    within: Within::Region,
    check,
    fixed: &["loadBalancingScheme", "network"],
    act,
};

fn check(world: &mut World, place: &Place, service: &mut Value) -> Result<(), Refusal> {
    default(service, "loadBalancingScheme", "EXTERNAL");
    default(service, "protocol", "TCP");
    let scheme = text(service, "loadBalancingScheme");
    if !["INTERNAL", "EXTERNAL"].contains(&scheme) {
        let why = "The stand-in has passthrough load balancers only: INTERNAL or EXTERNAL.";
        return Err(rules::BALANCING_SCHEME.field("resource.loadBalancingScheme", &scheme.into(), why));
    }
    if !["TCP", "UDP", "UNSPECIFIED"].contains(&text(service, "protocol")) || !service["portName"].is_null() {
        let why = format!("Invalid protocol, or a port name, for an {scheme} passthrough backend service.");
        return Err(rules::BALANCING_PROTOCOL.field("resource.protocol", &service["protocol"], why));
    }
    check_health_check(world, place, service)?;
    let mut networks = BTreeSet::new();
    if !service["network"].is_null() {
        let network = link::existing(world, "resource.network", &service["network"], "networks", &place.project)?;
        service["network"] = link::to(&network).into();
        networks.insert(network);
    }
    check_backends(world, place, service, &mut networks)?;
    if networks.len() > 1 {
        let why = "All backends must be in the network of the backend service, and in the same one.";
        return Err(rules::BACKEND_NETWORK.field("resource.backends", &json!(networks), why));
    }
    refuse_twice_balanced(world, place, service)?;
    default(service, "timeoutSec", 30);
    default(service, "sessionAffinity", "NONE");
    default(service, "connectionDraining", json!({"drainingTimeoutSec": 0}));
    default(service, "logConfig", json!({"enable": false}));
    Ok(())
}

/// Checks that there is exactly one health check, global or in the same region.
fn check_health_check(world: &World, place: &Place, service: &mut Value) -> Result<(), Refusal> {
    let given = service["healthChecks"].clone();
    let [check] = given.as_array().map(Vec::as_slice).unwrap_or_default() else {
        let why = "Exactly one health check must be specified.";
        return Err(rules::BACKEND_HEALTH_CHECK.field("resource.healthChecks", &given, why));
    };
    let path = link::existing(world, "resource.healthChecks[0]", check, "healthChecks", &place.project)?;
    if ![place.scope.as_str(), "global"].contains(&link::scope(&path)) {
        let why = "The health check must be global or in the region of the backend service.";
        return Err(rules::BACKEND_HEALTH_CHECK.field("resource.healthChecks[0]", check, why));
    }
    service["healthChecks"] = json!([link::to(&path)]);
    Ok(())
}

fn check_backends(
    world: &World,
    place: &Place,
    service: &mut Value,
    networks: &mut BTreeSet<String>,
) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for (i, backend) in service["backends"].as_array_mut().into_iter().flatten().enumerate() {
        let field = format!("resource.backends[{i}]");
        let refuse = |value: &Value, why: &str| Err(rules::BACKEND_GROUP.field(format!("{field}.group"), value, why));
        let group =
            link::existing(world, &format!("{field}.group"), &backend["group"], "instanceGroups", &place.project)?;
        let zone = link::scope(&group).trim_start_matches("zones/");
        if places::region_of(zone) != place.region {
            return refuse(&backend["group"], "The instance group must be in the region of the backend service.");
        }
        if !seen.insert(group.clone()) {
            return refuse(&backend["group"], "Duplicate instance groups in backend service.");
        }
        match link::own(&world.resources[&group]["network"]) {
            Some(network) => drop(networks.insert(network)),
            None => {
                let why = "The instance group has no network: add an instance to it, or create it with one.";
                return refuse(&backend["group"], why);
            }
        }
        default(backend, "balancingMode", "CONNECTION");
        let capacity =
            ["maxConnections", "maxConnectionsPerInstance", "maxUtilization", "maxRate", "maxRatePerInstance"];
        if backend["balancingMode"] != "CONNECTION"
            || capacity.iter().any(|limit| number(backend, limit).is_some_and(|n| n != 0))
        {
            let why = "A passthrough backend service balances by CONNECTION, without a maximum.";
            return Err(rules::BACKEND_MODE.field(format!("{field}.balancingMode"), &backend["balancingMode"], why));
        }
        backend["group"] = link::to(&group).into();
    }
    Ok(())
}

/// An instance can be in at most one load-balanced group. Google detects a violation here only during the operation.
fn refuse_twice_balanced(world: &World, place: &Place, service: &Value) -> Result<(), Refusal> {
    let own: Vec<String> =
        list(service, "backends").iter().filter_map(|backend| link::own(&backend["group"])).collect();
    let balanced = |group: &&String| own.contains(group) || balanced_by(world, group).any(|other| *other != place.path);
    let mut group_of: BTreeMap<&String, &String> = BTreeMap::new();
    for group in world.members.keys().filter(balanced) {
        for member in members(world, group) {
            if group_of.insert(member, group).is_some() {
                return Err(rules::BALANCED_ONCE_LATER.refuse(balanced_twice(member)));
            }
        }
    }
    Ok(())
}

fn act(world: &mut World, place: &Place, action: &str, call: &Call<'_>) -> Result<Acted, Refusal> {
    if action != "getHealth" {
        return Ok(Acted::Unknown);
    }
    let service = link::get(world, &place.path)?;
    let group = link::path(text(call.body, "group"), &place.project).unwrap_or_default();
    if is_empty(&service["backends"]) {
        return Ok(Acted::Answer(json!({"kind": "compute#backendServiceGroupHealth"})));
    }
    // The stand-in does not probe: a running instance counts as healthy.
    let health = |member: &String| {
        let state = if world.resources[member]["status"] == "RUNNING" { "HEALTHY" } else { "UNHEALTHY" };
        json!({"instance": link::to(member), "healthState": state})
    };
    let health: Vec<Value> = members(world, &group).iter().map(health).collect();
    Ok(Acted::Answer(json!({"kind": "compute#backendServiceGroupHealth", "healthStatus": health})))
}
