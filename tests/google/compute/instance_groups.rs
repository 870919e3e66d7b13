//! Unmanaged instance groups. Members are stored separately, because a member can be deleted while it is in a group.

use serde_json::{Value, json};

use super::{Acted, Collection, Place, Within};
use crate::google::{
    Call, World,
    json::{list, number, text},
    link, names,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "instanceGroups",
    kind: "compute#instanceGroup",
    within: Within::Zone,
    check,
    fixed: &["network", "subnetwork", "namedPorts"],
    act,
};

fn check(world: &mut World, place: &Place, group: &mut Value) -> Result<(), Refusal> {
    for (field, collection) in [("network", "networks"), ("subnetwork", "subnetworks")] {
        if !group[field].is_null() {
            let path = link::existing(world, &format!("resource.{field}"), &group[field], collection, &place.project)?;
            group[field] = link::to(&path).into();
        }
    }
    check_ports(group)
}

fn check_ports(group: &Value) -> Result<(), Refusal> {
    for port in list(group, "namedPorts") {
        names::check("resource.namedPorts.name", &port["name"])?;
        if !number(port, "port").is_some_and(|port| (1..=65535).contains(&port)) {
            let why = "Must be between 1 and 65535.";
            return Err(rules::NAMED_PORTS.field("resource.namedPorts.port", &port["port"], why));
        }
    }
    Ok(())
}

/// The paths of the instances in a group.
pub(in crate::google) fn members<'a>(world: &'a World, group: &str) -> &'a [String] {
    world.members.get(group).map(Vec::as_slice).unwrap_or_default()
}

/// The backend services that use a group.
pub(super) fn balanced_by<'a>(world: &'a World, group: &'a str) -> impl Iterator<Item = &'a String> {
    let services = world.all("backendServices").filter(move |(_, service)| {
        list(service, "backends").iter().any(|backend| link::own(&backend["group"]).as_deref() == Some(group))
    });
    services.map(|(path, _)| path)
}

/// Handles the deletion of a resource: removes the members of a group, or an instance from its groups and target pools.
pub(super) fn forget(world: &mut World, path: &str) {
    world.members.remove(path);
    world.members.values_mut().for_each(|members| members.retain(|member| member != path));
    for pool in world.resources.values_mut().filter(|resource| resource["kind"] == "compute#targetPool") {
        if let Some(instances) = pool["instances"].as_array_mut() {
            instances.retain(|instance| link::own(instance).as_deref() != Some(path));
        }
    }
}

fn act(world: &mut World, place: &Place, action: &str, call: &Call<'_>) -> Result<Acted, Refusal> {
    match action {
        "addInstances" => add(world, place, call.body)?,
        "removeInstances" => remove(world, place, call.body)?,
        "setNamedPorts" => {
            check_ports(call.body)?;
            let mut group = link::get(world, &place.path)?;
            let given = &call.body["fingerprint"];
            if given.is_string() && *given != group["fingerprint"] {
                return Err(rules::FINGERPRINT.refuse("Supplied fingerprint does not match current fingerprint."));
            }
            group["namedPorts"] = list(call.body, "namedPorts").into();
            group["fingerprint"] = world.fingerprint().into();
            world.resources.insert(place.path.clone(), group);
        }
        "listInstances" => return Ok(Acted::Answer(listed(world, place, call.body))),
        _ => return Ok(Acted::Unknown),
    }
    Ok(Acted::Done)
}

fn add(world: &mut World, place: &Place, body: &Value) -> Result<(), Refusal> {
    for (i, entry) in list(body, "instances").iter().enumerate() {
        let field = format!("instances[{i}].instance");
        let instance = link::existing(world, &field, &entry["instance"], "instances", &place.project)?;
        let nic = world.resources[&instance]["networkInterfaces"][0].clone();
        let mut group = link::get(world, &place.path)?;
        let same_network = group["network"].is_null() || link::own(&group["network"]) == link::own(&nic["network"]);
        if link::scope(&instance) != place.scope || !same_network {
            let why = "The instance must be in the zone and the network of the instance group.";
            return Err(rules::GROUP_PLACE.field(field, &entry["instance"], why));
        }
        if members(world, &place.path).contains(&instance) {
            return Err(rules::MEMBER_THERE.refuse(format!("Resource '{instance}' already exists in the group.")));
        }
        let elsewhere = |(group, members): (&String, &Vec<String>)| {
            *group != place.path && members.contains(&instance) && balanced_by(world, group).next().is_some()
        };
        if balanced_by(world, &place.path).next().is_some() && world.members.iter().any(elsewhere) {
            return Err(rules::BALANCED_ONCE.refuse(balanced_twice(&instance)));
        }
        // The first member determines the network of an empty group.
        for field in ["network", "subnetwork"] {
            if group[field].is_null() {
                group[field] = nic[field].clone();
            }
        }
        world.resources.insert(place.path.clone(), group);
        world.members.entry(place.path.clone()).or_default().push(instance);
    }
    Ok(())
}

/// Google's error message.
pub(super) fn balanced_twice(instance: &str) -> String {
    format!(
        "Validation failed for instance '{instance}': instance may belong to at most one load-balanced instance group."
    )
}

fn remove(world: &mut World, place: &Place, body: &Value) -> Result<(), Refusal> {
    for entry in list(body, "instances") {
        let instance = link::path(text(entry, "instance"), &place.project).unwrap_or_default();
        let members = world.members.entry(place.path.clone()).or_default();
        let Some(at) = members.iter().position(|member| *member == instance) else {
            return Err(rules::MEMBER_GONE.refuse(format!("Resource '{instance}' was not found in the group.")));
        };
        members.remove(at);
    }
    Ok(())
}

fn listed(world: &World, place: &Place, body: &Value) -> Value {
    let group = &world.resources[&place.path];
    let instances = members(world, &place.path).iter().map(|member| (member, &world.resources[member]));
    let wanted =
        instances.filter(|(_, instance)| body["instanceState"] != "RUNNING" || instance["status"] == "RUNNING");
    let items = wanted.map(|(member, instance)| {
        let mut item = json!({"instance": link::to(member), "status": instance["status"]});
        if !group["namedPorts"].is_null() {
            item["namedPorts"] = group["namedPorts"].clone();
        }
        item
    });
    json!({
        "kind": "compute#instanceGroupsListInstances",
        "id": format!("{}/listInstances", place.path),
        "selfLink": link::to(&format!("{}/listInstances", place.path)),
        "items": items.collect::<Vec<_>>(),
    })
}
