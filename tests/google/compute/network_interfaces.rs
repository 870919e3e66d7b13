//! Network interfaces of instances.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Place, addresses, alias_ranges, usage};
use crate::google::{
    World,
    json::{default, drop_empty, list},
    link,
    refusal::Refusal,
    rules,
};

/// Checks all interfaces of a new instance and fills in their defaults.
pub(crate) fn check(world: &mut World, place: &Place, wanted: &[Value]) -> Result<Value, Refusal> {
    if !(1..=8).contains(&wanted.len()) {
        return Err(rules::NIC.field(
            "resource.networkInterfaces",
            &wanted.len().into(),
            "A machine has one to eight network interfaces.",
        ));
    }
    let mut networks = BTreeSet::new();
    let mut interfaces = Vec::new();
    for (i, wanted) in wanted.iter().enumerate() {
        let field = format!("resource.networkInterfaces[{i}]");
        let mut nic = wanted.clone();
        let subnetwork = place_in(world, place, &field, &mut nic)?;
        if !networks.insert(nic["network"].to_string()) {
            return Err(rules::NIC.field(
                field,
                &nic["network"],
                "Networks must be distinct for the interfaces of a machine.",
            ));
        }
        let ip = addresses::for_instance(world, &format!("{field}.networkIP"), &nic["networkIP"], &subnetwork)?;
        nic["networkIP"] = ip.to_string().into();
        nic["aliasIpRanges"] = alias_ranges::assign(world, &subnetwork, list(&nic, "aliasIpRanges"), &[])?;
        nic["accessConfigs"] = access(world, place, list(&nic, "accessConfigs"))?;
        nic["kind"] = "compute#networkInterface".into();
        nic["name"] = format!("nic{i}").into();
        nic["fingerprint"] = world.fingerprint().into();
        default(&mut nic, "stackType", "IPV4_ONLY");
        drop_empty(&mut nic);
        interfaces.push(nic);
    }
    Ok(interfaces.into())
}

/// Resolves network and subnetwork, and returns the subnetwork's path.
fn place_in(world: &World, place: &Place, field: &str, nic: &mut Value) -> Result<String, Refusal> {
    if nic["subnetwork"].is_null() {
        return Err(rules::NIC.field(
            field,
            &nic["network"],
            "Subnetwork should be specified for custom subnetmode network",
        ));
    }
    let subnetwork =
        link::existing(world, &format!("{field}.subnetwork"), &nic["subnetwork"], "subnetworks", &place.project)?;
    if link::scope(&subnetwork) != format!("regions/{}", place.region) {
        let why = format!("The subnetwork must be in the machine's region, '{}'.", place.region);
        return Err(rules::PLACE.field(format!("{field}.subnetwork"), &nic["subnetwork"], why));
    }
    let network = world.resources[&subnetwork]["network"].clone();
    if !nic["network"].is_null() {
        let named = link::existing(world, &format!("{field}.network"), &nic["network"], "networks", &place.project)?;
        if link::own(&network) != Some(named) {
            return Err(rules::NIC.field(field, &nic["network"], "The subnetwork is in another network."));
        }
    }
    nic["network"] = network;
    nic["subnetwork"] = link::to(&subnetwork).into();
    Ok(subnetwork)
}

/// Checks the access configs: at most one, with a reserved or an ephemeral address.
pub(crate) fn access(world: &mut World, place: &Place, wanted: &[Value]) -> Result<Value, Refusal> {
    let Some(first) = wanted.first() else {
        return Ok(json!([]));
    };
    if wanted.len() > 1 {
        return Err(rules::NIC.field(
            "accessConfigs",
            &wanted.len().into(),
            "At most one access config currently supported.",
        ));
    }
    let mut access = first.clone();
    if access["natIP"].is_null() {
        access["natIP"] = addresses::external(world);
    } else {
        let region = format!("regions/{}", place.region);
        let here = |path: &str, address: &Value| {
            link::scope(path) == region && address["addressType"] == "EXTERNAL" && address["address"] == access["natIP"]
        };
        let Some((path, _)) = world.all("addresses").find(|(path, address)| here(path, address)) else {
            let why = format!("The external address was not found in '{region}'.");
            return Err(rules::REFERENCE.field("accessConfigs[0].natIP", &access["natIP"], why));
        };
        if let Some(user) = usage::users(world, path).first() {
            return Err(rules::ADDRESS_IN_USE
                .refuse(format!("External IP address {} is already in use by '{user}'.", access["natIP"])));
        }
    }
    access["kind"] = "compute#accessConfig".into();
    default(&mut access, "type", "ONE_TO_ONE_NAT");
    default(&mut access, "name", "external-nat");
    default(&mut access, "networkTier", "PREMIUM");
    Ok(json!([access]))
}
