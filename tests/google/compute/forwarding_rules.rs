//! Regional forwarding rules of passthrough load balancers: an address, and the backend service or target pool behind it.

use serde_json::{Value, json};

use super::{Collection, Place, Within, addresses, no_action};
use crate::google::{
    World,
    json::{default, flag, is_empty, list, text},
    link, names,
    refusal::Refusal,
    rules,
    state::port_range,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "forwardingRules",
    kind: "compute#forwardingRule",
    within: Within::Region,
    check,
    fixed: &[
        "IPAddress",
        "IPProtocol",
        "portRange",
        "ports",
        "loadBalancingScheme",
        "backendService",
        "target",
        "subnetwork",
    ],
    act: no_action,
};

fn check(world: &mut World, place: &Place, rule: &mut Value) -> Result<(), Refusal> {
    if world.resources.contains_key(&place.path) {
        // Only labels and global access can change.
        return Ok(());
    }
    default(rule, "loadBalancingScheme", "EXTERNAL");
    let internal = match text(rule, "loadBalancingScheme") {
        "INTERNAL" => true,
        "EXTERNAL" => false,
        scheme => {
            let why = "The stand-in has passthrough load balancers only: INTERNAL or EXTERNAL.";
            return Err(rules::BALANCING_SCHEME.field("resource.loadBalancingScheme", &scheme.into(), why));
        }
    };
    let networks = check_target(world, place, rule)?;
    check_ports(rule, internal)?;
    default(rule, "networkTier", "PREMIUM");
    if internal {
        check_subnetwork(world, place, rule, &networks)?;
        default(rule, "allowGlobalAccess", false);
        if !rule["serviceLabel"].is_null() {
            names::check("resource.serviceLabel", &rule["serviceLabel"])?;
            let (label, name, region) = (text(rule, "serviceLabel"), text(rule, "name"), &place.region);
            rule["serviceName"] = format!("{label}.{name}.il4.{region}.lb.{}.internal", place.project).into();
        }
        return Ok(());
    }
    let address = addresses::external_for_forwarding_rule(world, place, &rule["IPAddress"])?;
    rule["IPAddress"] = address;
    Ok(())
}

/// Checks that there is exactly one target, in the same region, and returns the networks of its backends.
fn check_target(world: &World, place: &Place, rule: &mut Value) -> Result<Vec<String>, Refusal> {
    let (field, collection) = match (is_empty(&rule["backendService"]), is_empty(&rule["target"])) {
        (false, true) => ("backendService", "backendServices"),
        (true, false) => ("target", "targetPools"),
        _ => {
            let why = "Exactly one of target or backendService must be specified.";
            return Err(rules::RULE_TARGET.field("resource.target", &rule["target"], why));
        }
    };
    let path = link::existing(world, &format!("resource.{field}"), &rule[field], collection, &place.project)?;
    if link::scope(&path) != place.scope {
        let why = "The target must be in the region of the forwarding rule.";
        return Err(rules::RULE_TARGET.field(format!("resource.{field}"), &rule[field], why));
    }
    rule[field] = link::to(&path).into();
    let target = &world.resources[&path];
    let scheme = if field == "target" { "EXTERNAL" } else { text(target, "loadBalancingScheme") };
    if rule["loadBalancingScheme"] != scheme {
        let why = format!("The load balancing scheme of the target is {scheme}.");
        return Err(rules::BALANCING_SCHEME.field("resource.loadBalancingScheme", &rule["loadBalancingScheme"], why));
    }
    let protocol = Some(text(target, "protocol")).filter(|protocol| ["TCP", "UDP"].contains(protocol));
    default(rule, "IPProtocol", protocol.unwrap_or("TCP"));
    if protocol.is_some_and(|protocol| rule["IPProtocol"] != protocol) {
        let why = format!("The protocol of the backend service is {}.", target["protocol"]);
        return Err(rules::BALANCING_PROTOCOL.field("resource.IPProtocol", &rule["IPProtocol"], why));
    }
    let groups = list(target, "backends").iter().filter_map(|backend| link::own(&backend["group"]));
    Ok(groups.filter_map(|group| link::own(&world.resources.get(&group)?["network"])).collect())
}

/// Checks that there are up to five ports, one port range, or all ports; an internal rule needs ports or all.
fn check_ports(rule: &mut Value, internal: bool) -> Result<(), Refusal> {
    let refuse =
        |field: &str, value: &Value, why: &str| Err(rules::RULE_PORTS.field(format!("resource.{field}"), value, why));
    let (ports, range, all) = (!is_empty(&rule["ports"]), !is_empty(&rule["portRange"]), flag(rule, "allPorts"));
    if [ports, range, all].iter().filter(|given| **given).count() > 1 {
        return refuse("ports", &rule["ports"], "Only one of ports, portRange and allPorts can be specified.");
    }
    if internal && !ports && !all {
        return refuse("ports", &rule["ports"], "Ports or allPorts must be specified for an INTERNAL forwarding rule.");
    }
    let single = |port: &Value| port.as_str().is_some_and(|text| text.parse::<u16>().is_ok_and(|port| port > 0));
    if list(rule, "ports").len() > 5 || !list(rule, "ports").iter().all(single) {
        return refuse("ports", &rule["ports"], "At most 5 ports, each between 1 and 65535.");
    }
    if range {
        let Some(ports) = port_range(text(rule, "portRange")).filter(|ports| !ports.is_empty() && *ports.start() > 0)
        else {
            return refuse("portRange", &rule["portRange"], "Must be a port or a range of ports.");
        };
        rule["portRange"] = format!("{}-{}", ports.start(), ports.end()).into();
    }
    Ok(())
}

/// Checks that an internal rule has a subnetwork in the network of its backends.
fn check_subnetwork(world: &World, place: &Place, rule: &mut Value, networks: &[String]) -> Result<(), Refusal> {
    if rule["subnetwork"].is_null() {
        let why = "Subnetwork must be specified for custom subnet mode network.";
        return Err(rules::RULE_SUBNETWORK.field("resource.subnetwork", &Value::Null, why));
    }
    let subnetwork = link::existing(world, "resource.subnetwork", &rule["subnetwork"], "subnetworks", &place.project)?;
    let network = link::own(&world.resources[&subnetwork]["network"]).unwrap_or_default();
    let named = link::path(text(rule, "network"), &place.project);
    if link::scope(&subnetwork) != place.scope || named.is_some_and(|named| named != network) {
        let why = "The subnetwork must be in the region and the network of the forwarding rule.";
        return Err(rules::RULE_SUBNETWORK.field("resource.subnetwork", &rule["subnetwork"], why));
    }
    if let Some(other) = networks.iter().find(|other| **other != network) {
        return Err(rules::BACKEND_NETWORK.field(
            "resource.network",
            &json!(network),
            format!("The backends are in '{other}'."),
        ));
    }
    let wanted = addresses::resolve(world, place, &rule["IPAddress"]);
    let address = addresses::for_forwarding_rule(world, "resource.IPAddress", &wanted, &subnetwork)?;
    rule["IPAddress"] = address.to_string().into();
    rule["subnetwork"] = link::to(&subnetwork).into();
    rule["network"] = link::to(&network).into();
    Ok(())
}
