//! Who uses what: a resource is in use if another one links to it, an address also if a machine has it.

use serde_json::{Value, json};

use crate::google::{
    Answer, World,
    json::list,
    link::{self, collection},
    refusal::Refusal,
    rules,
};

/// A resource as a GET answers it, with what follows from the others.
pub(crate) fn shown(world: &World, path: &str) -> Answer {
    let mut resource = link::get(world, path)?;
    let users: Vec<Value> = users(world, path).iter().map(|user| link::to(user).into()).collect();
    match collection(path) {
        "addresses" => {
            resource["status"] = if users.is_empty() { "RESERVED" } else { "IN_USE" }.into();
            resource["users"] = json!(users);
        }
        "disks" => resource["users"] = json!(users),
        _ => {}
    }
    Ok(resource)
}

/// A resource in use cannot be deleted.
pub(crate) fn refuse_if_used(world: &World, path: &str) -> Result<(), Refusal> {
    let Some(user) = users(world, path).into_iter().next() else {
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
    let others = world.resources.iter().filter(|(other, _)| other.starts_with("projects/") && *other != path);
    others.filter(|(_, resource)| uses(resource)).map(|(other, _)| other.clone()).collect()
}

/// Whether a link to the path stands anywhere in the resource.
fn links_to(value: &Value, path: &str) -> bool {
    match value {
        Value::String(text) => text.strip_suffix(path).is_some_and(|host| host.ends_with('/')),
        Value::Array(items) => items.iter().any(|item| links_to(item, path)),
        Value::Object(fields) => fields.iter().any(|(_, field)| links_to(field, path)),
        _ => false,
    }
}

/// Whether the resource is a machine with this reserved address.
fn has_address(machine: &Value, reserved: &Value) -> bool {
    let address = &reserved["address"];
    list(machine, "networkInterfaces").iter().any(|nic| {
        let external = list(nic, "accessConfigs").iter().any(|access| access["natIP"] == *address);
        external || (nic["networkIP"] == *address && nic["subnetwork"] == reserved["subnetwork"])
    })
}
