//! Reserved addresses, and the use of addresses in primary ranges.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use super::{Collection, Place, Within, no_action, usage};
use crate::google::{
    World,
    cidr::{first_free_host, is_reserved, parse_checked},
    json::{default, list, text},
    link,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "addresses",
    kind: "compute#address",
    within: Within::Region,
    check,
    fixed: &["address", "addressType", "subnetwork", "purpose"],
    act: no_action,
};

fn check(world: &mut World, place: &Place, address: &mut Value) -> Result<(), Refusal> {
    default(address, "addressType", "EXTERNAL");
    default(address, "networkTier", "PREMIUM");
    let wants_subnetwork = match text(address, "addressType") {
        "INTERNAL" => true,
        "EXTERNAL" => false,
        _ => {
            return Err(rules::ADDRESS_TYPE.field("resource.addressType", &address["addressType"], ""));
        }
    };
    if wants_subnetwork == address["subnetwork"].is_null() {
        let why = "An INTERNAL address needs a subnetwork, an EXTERNAL one cannot have one.";
        return Err(rules::ADDRESS_TYPE.field("resource.subnetwork", &address["subnetwork"], why));
    }
    if !wants_subnetwork {
        if address["address"].is_null() {
            address["address"] = external(world);
            return Ok(());
        }
        return check_external(world, &address["address"]);
    }
    let subnetwork =
        link::existing(world, "resource.subnetwork", &address["subnetwork"], "subnetworks", &place.project)?;
    if link::scope(&subnetwork) != place.scope {
        return Err(rules::PLACE.field(
            "resource.subnetwork",
            &address["subnetwork"],
            "The subnetwork must be in the region of the address.",
        ));
    }
    address["subnetwork"] = link::to(&subnetwork).into();
    default(address, "purpose", "GCE_ENDPOINT");
    let ip = if address["address"].is_null() {
        choose(world, &subnetwork)?
    } else {
        let ip = checked(world, "resource.address", &address["address"], &subnetwork)?;
        // An address that an instance or a forwarding rule uses can be reserved for it, but only once.
        if reserved(world, &subnetwork).any(|(_, other)| other["address"] == ip.to_string()) {
            return Err(in_use(ip));
        }
        ip
    };
    address["address"] = ip.to_string().into();
    Ok(())
}

/// An internal address for an instance: the requested one, or the next free one.
pub(crate) fn for_instance(world: &World, field: &str, wanted: &Value, subnetwork: &str) -> Result<Ipv4Addr, Refusal> {
    if wanted.is_null() {
        return choose(world, subnetwork);
    }
    let ip = checked(world, field, wanted, subnetwork)?;
    let reservation = reserved(world, subnetwork).find(|(_, other)| other["address"] == ip.to_string());
    let free = match reservation {
        // A reserved address can be used by one instance.
        Some((path, _)) => usage::users(world, path).is_empty(),
        None => !taken(world, subnetwork).contains(&ip.into()),
    };
    if free { Ok(ip) } else { Err(in_use(ip)) }
}

/// An internal address for a forwarding rule, as for an instance, except that rules can share an address reserved for that.
pub(crate) fn for_forwarding_rule(
    world: &World,
    field: &str,
    wanted: &Value,
    subnetwork: &str,
) -> Result<Ipv4Addr, Refusal> {
    let shared = |(_, address): &(&String, &Value)| {
        address["address"] == *wanted && address["purpose"] == "SHARED_LOADBALANCER_VIP"
    };
    if let Some((path, _)) = reserved(world, subnetwork).find(shared) {
        let rules_only = usage::users(world, path).iter().all(|user| link::collection(user) == "forwardingRules");
        if rules_only {
            return checked(world, field, wanted, subnetwork);
        }
    }
    for_instance(world, field, wanted, subnetwork)
}

/// An external address for a forwarding rule: a reserved one in its region, or an ephemeral one.
pub(crate) fn external_for_forwarding_rule(world: &mut World, place: &Place, wanted: &Value) -> Result<Value, Refusal> {
    if wanted.is_null() {
        return Ok(external(world));
    }
    let wanted = resolve(world, place, wanted);
    let here = |(path, address): &(&String, &Value)| {
        link::scope(path) == place.scope && address["addressType"] == "EXTERNAL" && address["address"] == wanted
    };
    let Some((path, _)) = world.all("addresses").find(here) else {
        let why = format!("The external address was not found in '{}'.", place.scope);
        return Err(rules::REFERENCE.field("resource.IPAddress", &wanted, why));
    };
    match usage::users(world, path).iter().find(|user| link::collection(user) != "forwardingRules") {
        Some(_) => Err(in_use(&wanted)),
        None => Ok(wanted),
    }
}

/// The address that a link refers to; returns any other value unchanged.
pub(crate) fn resolve(world: &World, place: &Place, wanted: &Value) -> Value {
    let path = wanted.as_str().and_then(|text| link::path(text, &place.project));
    path.and_then(|path| world.resources.get(&path))
        .map_or_else(|| wanted.clone(), |address| address["address"].clone())
}

/// A specific external address can be reserved only if a resource in the project uses it as an ephemeral address.
fn check_external(world: &World, address: &Value) -> Result<(), Refusal> {
    let reserved = world.all("addresses").any(|(_, other)| other["address"] == *address);
    let had = |resource: &Value| {
        let access = list(resource, "networkInterfaces").iter().flat_map(|nic| list(nic, "accessConfigs"));
        resource["IPAddress"] == *address || access.into_iter().any(|access| access["natIP"] == *address)
    };
    match (reserved, world.resources.values().any(had)) {
        (true, _) => Err(in_use(address)),
        (false, true) => Ok(()),
        (false, false) => {
            let why =
                "Google assigns external addresses; only one that a resource of the project already uses can be named.";
            Err(rules::ADDRESS_EXTERNAL.field("resource.address", address, why))
        }
    }
}

fn in_use(ip: impl std::fmt::Display) -> Refusal {
    let ip = ip.to_string();
    rules::ADDRESS_IN_USE.refuse(format!("IP '{}' is already being used by another resource.", ip.trim_matches('"')))
}

/// Checks that the address is in the primary range and not one of the four that Google reserves.
fn checked(world: &World, field: &str, value: &Value, subnetwork: &str) -> Result<Ipv4Addr, Refusal> {
    let primary = parse_checked(text(&world.resources[subnetwork], "ipCidrRange"));
    let Some(ip) = value.as_str().and_then(|text| text.parse().ok()).filter(|ip: &Ipv4Addr| primary.contains(ip))
    else {
        return Err(rules::ADDRESS_RANGE.field(
            field,
            value,
            format!("Must be an address of {primary}, the primary range of '{subnetwork}'."),
        ));
    };
    if is_reserved(primary, ip) {
        return Err(rules::ADDRESS_RESERVED.field(
            field,
            value,
            format!("The first two and last two addresses of {primary} are reserved."),
        ));
    }
    Ok(ip)
}

fn choose(world: &World, subnetwork: &str) -> Result<Ipv4Addr, Refusal> {
    let primary = parse_checked(text(&world.resources[subnetwork], "ipCidrRange"));
    let exhausted = || rules::ALIAS_EXHAUSTED.refuse(format!("IP space of '{subnetwork}' is exhausted."));
    first_free_host(primary, &taken(world, subnetwork)).ok_or_else(exhausted)
}

/// The addresses in the subnetwork's primary range that are reserved, or used by an instance or a forwarding rule.
fn taken(world: &World, subnetwork: &str) -> Vec<Ipv4Net> {
    let reserved = reserved(world, subnetwork).map(|(_, address)| text(address, "address"));
    let nics = world.all("instances").flat_map(|(_, machine)| list(machine, "networkInterfaces"));
    let machines = nics.filter(|nic| is_in(nic, subnetwork)).map(|nic| text(nic, "networkIP"));
    let rules = world.all("forwardingRules").filter(|(_, rule)| is_in(rule, subnetwork));
    let rules = rules.map(|(_, rule)| text(rule, "IPAddress"));
    reserved.chain(machines).chain(rules).filter_map(|ip| ip.parse::<Ipv4Addr>().ok()).map(Ipv4Net::from).collect()
}

/// The reserved addresses in a subnetwork.
fn reserved<'a>(world: &'a World, subnetwork: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    world.all("addresses").filter(move |(_, address)| is_in(address, subnetwork))
}

fn is_in(resource: &Value, subnetwork: &str) -> bool {
    link::own(&resource["subnetwork"]).as_deref() == Some(subnetwork)
}

/// An unused external address.
pub(crate) fn external(world: &mut World) -> Value {
    world.external_addresses += 1;
    let [high, low] = world.external_addresses.to_be_bytes();
    json!(format!("34.126.{high}.{low}"))
}
