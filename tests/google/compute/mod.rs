//! Compute Engine: the shared behaviour of all collections. Each collection has a file with its checks.
//!
//! A resource is stored as the JSON that a GET returns: the fields from the request, Google's defaults, and output-only fields.

mod addresses;
mod alias_ranges;
mod attached_disks;
mod backend_services;
mod collections;
mod disks;
mod firewalls;
mod forwarding_rules;
mod health_checks;
mod images;
mod instance_actions;
mod instance_groups;
mod instances;
mod lists;
mod machine_types;
mod nat_ranges;
mod nats;
mod network_interfaces;
mod networks;
mod operations;
mod place;
mod resource_policies;
mod routers;
mod secondary_ranges;
mod snapshots;
mod subnetworks;
mod target_pools;
mod usage;

use serde_json::{Value, json};

pub(super) use {
    health_checks::block as health_check_block, instance_groups::members, nat_ranges::covered as nat_covers,
};

use self::{
    collections::{Acted, COLLECTIONS, Collection, Within, no_action},
    place::{Place, check_scope},
};
use super::{
    Answer, Call, World,
    json::{default, drop_empty, merge, text, without_nulls},
    link, names,
    refusal::Refusal,
    rules,
    world::{NOW, PROJECT_NUMBER, default_account},
};

/// Answers `v1/projects/P/…`.
pub(crate) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    let parts: Vec<&str> = call.path.split('/').collect();
    let ["v1", "projects", project, rest @ ..] = parts.as_slice() else {
        return call.unknown();
    };
    let (scope, rest) = match rest {
        [] if call.method == "GET" => return Ok(about(world, project)),
        ["global", rest @ ..] => ("global".to_owned(), rest),
        [kind @ ("regions" | "zones")] if call.method == "GET" => return lists::places(project, kind, None, call),
        [kind @ ("regions" | "zones"), name] if call.method == "GET" => {
            return lists::places(project, kind, Some(name), call);
        }
        [kind @ ("regions" | "zones"), place, rest @ ..] => (format!("{kind}/{place}"), rest),
        _ => return call.unknown(),
    };
    names::check_project(project)?;
    let region = check_scope(&scope)?;
    let [collection, rest @ ..] = rest else {
        return call.unknown();
    };
    let place = |name: &str| Place {
        project: (*project).to_owned(),
        region: region.clone(),
        path: format!("projects/{project}/{scope}/{collection}/{name}"),
        scope: scope.clone(),
    };
    match (*collection, rest) {
        ("operations", [name] | [name, "wait"]) => return operations::get(world, &place(name).path),
        ("images", [.., name]) if call.method == "GET" => {
            return images::get(&place(&rest.join("/")).path, name);
        }
        _ => {}
    }
    let within = match scope.split('/').next() {
        Some("regions") => Within::Region,
        Some("zones") => Within::Zone,
        _ => Within::Global,
    };
    let Some(of) = COLLECTIONS.iter().find(|of| of.name == *collection && of.within == within) else {
        return call.unknown();
    };
    match (call.method, rest) {
        ("POST", []) => insert(world, of, &place(text(call.body, "name")), call.body),
        ("GET", []) => lists::collection(world, place("").path.trim_end_matches('/'), of.kind, call),
        (_, [name, rest @ ..]) => {
            let place = place(&name_of(world, place("").path.as_str(), name));
            match (call.method, rest) {
                ("GET", []) => usage::shown(world, &place.path),
                ("PATCH" | "PUT", []) => update(world, of, &place, call),
                ("DELETE", []) => delete(world, &place),
                ("POST" | "PATCH", [action]) => act(world, of, &place, action, call),
                _ => call.unknown(),
            }
        }
        _ => call.unknown(),
    }
}

/// The project, by its id or its number. There is only one.
fn about(world: &World, project: &str) -> Value {
    let known = world.bucket_projects.values().map(String::as_str);
    let known =
        known.chain(world.resources.keys().filter_map(|path| path.split("projects/").nth(1)?.split('/').next()));
    let name = if project == PROJECT_NUMBER { known.into_iter().next().unwrap_or(project) } else { project };
    json!({
        "kind": "compute#project",
        "id": PROJECT_NUMBER,
        "name": name,
        "creationTimestamp": NOW,
        "defaultServiceAccount": default_account(),
        "selfLink": link::to(&format!("projects/{name}")),
    })
}

/// Google accepts the numeric id of a resource instead of its name.
fn name_of(world: &World, collection: &str, name: &str) -> String {
    let numeric = name.bytes().all(|byte| byte.is_ascii_digit());
    let mut resources = world.resources.iter().filter(|(path, _)| numeric && path.starts_with(collection));
    let found = resources.find(|(_, resource)| resource["id"] == name);
    found.map_or(name, |(path, _)| link::name(path)).to_owned()
}

fn insert(world: &mut World, of: &Collection, place: &Place, body: &Value) -> Answer {
    let mut resource = without_nulls(body);
    names::check("resource.name", &resource["name"])?;
    refuse_taken(world, &place.path)?;
    names::check_labels(&resource["labels"])?;
    (of.check)(world, place, &mut resource)?;
    drop_empty(&mut resource);
    stamp(world, of, place, &mut resource);
    if of.name == "instances" {
        world.boot(&resource);
    }
    world.resources.insert(place.path.clone(), resource);
    Ok(operations::done(world, place, "insert"))
}

fn refuse_taken(world: &World, path: &str) -> Result<(), Refusal> {
    if world.resources.contains_key(path) {
        return Err(rules::TAKEN_NAME.refuse(format!("The resource '{path}' already exists")));
    }
    Ok(())
}

/// Sets the output-only fields of every resource.
fn stamp(world: &mut World, of: &Collection, place: &Place, resource: &mut Value) {
    resource["kind"] = of.kind.into();
    resource["id"] = world.id().into();
    default(resource, "creationTimestamp", NOW);
    resource["selfLink"] = link::to(&place.path).into();
    resource["labelFingerprint"] = world.fingerprint().into();
    resource["fingerprint"] = world.fingerprint().into();
    if let Some((scope, _)) = place.scope.split_once('/') {
        resource[scope.trim_end_matches('s')] = link::to(&format!("projects/{}/{}", place.project, place.scope)).into();
    }
}

/// PATCH merges the body into the resource; PUT replaces the resource, except for output-only fields.
fn update(world: &mut World, of: &Collection, place: &Place, call: &Call<'_>) -> Answer {
    let old = link::get(world, &place.path)?;
    // Google requires the fingerprint on resources that can be updated concurrently.
    let given = &call.body["fingerprint"];
    if (given.is_string() || of.name == "subnetworks") && *given != old["fingerprint"] {
        return Err(rules::FINGERPRINT.refuse("Supplied fingerprint does not match current fingerprint."));
    }
    let mut new = old.clone();
    if call.method == "PUT" {
        const GOOGLES: [&str; 8] =
            ["kind", "id", "creationTimestamp", "selfLink", "labelFingerprint", "region", "zone", "name"];
        new = json!({});
        GOOGLES.iter().filter(|key| !old[**key].is_null()).for_each(|key| new[*key] = old[*key].clone());
    }
    merge(&mut new, call.body);
    for field in of.fixed {
        let same = |a: &Value, b: &Value| a == b || (link::own(a).is_some() && link::own(a) == link::own(b));
        if !call.body[*field].is_null() && !same(&call.body[*field], &old[*field]) {
            return Err(rules::IMMUTABLE.field(
                format!("resource.{field}"),
                &call.body[*field],
                "Field cannot be changed.",
            ));
        }
        new[*field] = old[*field].clone();
    }
    (of.check)(world, place, &mut new)?;
    drop_empty(&mut new);
    new["fingerprint"] = world.fingerprint().into();
    world.resources.insert(place.path.clone(), new);
    Ok(operations::done(world, place, "update"))
}

fn delete(world: &mut World, place: &Place) -> Answer {
    let resource = link::get(world, &place.path)?;
    usage::refuse_if_used(world, &place.path)?;
    if link::collection(&place.path) == "instances" {
        instances::delete(world, &resource)?;
    }
    instance_groups::forget(world, &place.path);
    world.resources.remove(&place.path);
    Ok(operations::done(world, place, "delete"))
}

fn act(world: &mut World, of: &Collection, place: &Place, action: &str, call: &Call<'_>) -> Answer {
    let mut resource = link::get(world, &place.path)?;
    if action == "setLabels" {
        if call.body["labelFingerprint"] != resource["labelFingerprint"] {
            return Err(rules::FINGERPRINT.refuse("Labels fingerprint either invalid or resource labels have changed"));
        }
        names::check_labels(&call.body["labels"])?;
        resource["labels"] = call.body["labels"].clone();
        resource["labelFingerprint"] = world.fingerprint().into();
        drop_empty(&mut resource);
        world.resources.insert(place.path.clone(), resource);
    } else {
        match (of.act)(world, place, action, call)? {
            Acted::Done => {}
            Acted::Answer(answer) => return Ok(answer),
            Acted::Unknown => return call.unknown(),
        }
    }
    Ok(operations::done(world, place, action))
}
