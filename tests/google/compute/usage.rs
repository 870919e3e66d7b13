//! Users of resources: a resource is in use if another one links to it, an address also if an instance has it.

use serde_json::{Value, json};

use super::instance_groups;
use crate::google::{
    Answer, World,
    json::list,
    link::{self, collection},
    refusal::Refusal,
    rules,
};

/// A resource as a GET returns it, including the fields derived from other resources.
pub(crate) fn shown(world: &World, path: &str) -> Answer {
    let mut resource = link::get(world, path)?;
    let users: Vec<Value> = users(world, path).iter().map(|user| link::to(user).into()).collect();
    match collection(path) {
        "addresses" => {
            resource["status"] = if users.is_empty() { "RESERVED" } else { "IN_USE" }.into();
            resource["users"] = json!(users);
        }
        "disks" => resource["users"] = json!(users),
        "instanceGroups" => resource["size"] = instance_groups::members(world, path).len().into(),
        _ => {}
    }
    Ok(resource)
}

/// Rejects the deletion of a resource in use.
pub(crate) fn refuse_if_used(world: &World, path: &str) -> Result<(), Refusal> {
    // A reserved address can be released while a forwarding rule uses it and keeps it. The cloud-controller-manager relies on that.
    let releases = |user: &String| collection(path) == "addresses" && collection(user) == "forwardingRules";
    let Some(user) = users(world, path).into_iter().find(|user| !releases(user)) else {
        return Ok(());
    };
    let what = collection(path).trim_end_matches("es").trim_end_matches('s');
    Err(rules::IN_USE_BY.refuse(format!("The {what} resource '{path}' is already being used by '{user}'")))
}

/// The paths of the Compute Engine resources that use this one.
pub(crate) fn users(world: &World, path: &str) -> Vec<String> {
    let address = (collection(path) == "addresses").then(|| &world.resources[path]);
    let uses =
        |resource: &Value| links_to(resource, path) || address.is_some_and(|address| has_address(resource, address));
    let others = world.resources.iter().filter(|(other, _)| holds(other, path) && *other != path);
    others.filter(|(_, resource)| uses(resource)).map(|(other, _)| other.clone()).collect()
}

/// Whether a link from `user` prevents deleting `used`. Copies outlive their source,
/// a deleted instance leaves its target pools, and a group's subnetwork is only that of its first member.
fn holds(user: &str, used: &str) -> bool {
    let free = [
        ("snapshots", "disks"),
        ("disks", "snapshots"),
        ("disks", "disks"),
        ("targetPools", "instances"),
        ("instanceGroups", "subnetworks"),
    ];
    user.starts_with("projects/") && !free.contains(&(collection(user), collection(used)))
}

/// Whether the resource contains a link to the path.
fn links_to(value: &Value, path: &str) -> bool {
    match value {
        Value::String(text) => text.strip_suffix(path).is_some_and(|host| host.ends_with('/')),
        Value::Array(items) => items.iter().any(|item| links_to(item, path)),
        Value::Object(fields) => fields.iter().any(|(_, field)| links_to(field, path)),
        _ => false,
    }
}

/// Whether the resource is an instance or a forwarding rule with this reserved address.
fn has_address(machine: &Value, reserved: &Value) -> bool {
    let address = &reserved["address"];
    if machine["IPAddress"] == *address && machine["subnetwork"] == reserved["subnetwork"] {
        return true;
    }
    list(machine, "networkInterfaces").iter().any(|nic| {
        let external = list(nic, "accessConfigs").iter().any(|access| access["natIP"] == *address);
        external || (nic["networkIP"] == *address && nic["subnetwork"] == reserved["subnetwork"])
    })
}
