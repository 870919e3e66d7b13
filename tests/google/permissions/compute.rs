//! The permissions that Compute Engine calls need, as documented in the method reference.

use serde_json::Value;

use super::Need;
use crate::google::{
    Call, World,
    json::{is_empty, list, text},
    link,
};

/// All permissions that the call needs; the first is that of the method itself.
pub(super) fn needs(world: &World, call: &Call<'_>) -> Vec<Need> {
    let Some(path) = call.path.strip_prefix("v1/") else {
        return Vec::new();
    };
    let parts: Vec<&str> = path.split('/').collect();
    let ["projects", project, rest @ ..] = parts.as_slice() else {
        return Vec::new();
    };
    let base = format!("projects/{project}");
    let (scope, rest) = match rest {
        [] => return vec![("compute.projects.get".to_owned(), base)],
        [places @ ("zones" | "regions")] => return vec![(format!("compute.{places}.list"), base)],
        [places @ ("zones" | "regions"), _] => return vec![(format!("compute.{places}.get"), base)],
        [scope @ ("zones" | "regions"), _, rest @ ..] | [scope, rest @ ..] => (*scope, rest),
    };
    let Some((collection, below)) = rest.split_first() else {
        return Vec::new();
    };
    if *collection == "operations" {
        return vec![(format!("compute.{}Operations.get", scope.trim_end_matches('s')), base)];
    }
    let service = match (*collection, scope) {
        ("backendServices", "regions") => "regionBackendServices",
        ("healthChecks", "regions") => "regionHealthChecks",
        (name, _) => name,
    };
    let verb = match below {
        [_, verb] => verb_of_action(collection, verb),
        [_] if call.method == "GET" => "get",
        [] if call.method == "GET" => "list",
        _ if call.method == "DELETE" => "delete",
        [] if is_internal_address(collection, call.body) => "createInternal",
        [] => "create",
        _ => "update",
    };
    let mut needs = vec![(format!("compute.{service}.{verb}"), path.to_owned())];
    if call.method != "GET" {
        needs.extend(uses(world, call, collection, path, below, &base));
    }
    needs
}

fn verb_of_action<'a>(collection: &str, action: &'a str) -> &'a str {
    match (collection, action) {
        (_, "listInstances" | "getHealth") => "get",
        ("instanceGroups", _) => "update",
        _ => action,
    }
}

fn is_internal_address(collection: &str, body: &Value) -> bool {
    collection == "addresses" && body["addressType"] == "INTERNAL"
}

/// The permissions that the call needs on the resources in its body.
fn uses(world: &World, call: &Call<'_>, collection: &str, path: &str, below: &[&str], base: &str) -> Vec<Need> {
    let body = call.body;
    let project = link::name(base);
    let on = |permission: &str, value: &Value| {
        let resource = link::path(value.as_str().unwrap_or_default(), project);
        (format!("compute.{permission}"), resource.unwrap_or_else(|| path.to_owned()))
    };
    let mut needs = Vec::new();
    match (collection, below) {
        ("firewalls", _) => {
            let there = world.resources.get(path).map_or(&Value::Null, |rule| &rule["network"]);
            needs.push(on("networks.updatePolicy", if body["network"].is_null() { there } else { &body["network"] }));
        }
        ("instanceGroups", [_, "addInstances"]) | ("targetPools", [_, "addInstance" | "removeInstance"]) => {
            needs.extend(list(body, "instances").iter().map(|entry| on("instances.use", &entry["instance"])));
        }
        ("targetPools", []) => {
            needs.extend(list(body, "healthChecks").iter().map(|check| on("httpHealthChecks.useReadOnly", check)));
            needs.extend(list(body, "instances").iter().map(|instance| on("instances.use", instance)));
        }
        ("backendServices", _) if call.method != "DELETE" => {
            needs.extend(list(body, "backends").iter().map(|backend| on("instanceGroups.use", &backend["group"])));
            let regional = |check: &Value| check.as_str().is_some_and(|link| link.contains("regions/"));
            needs.extend(list(body, "healthChecks").iter().map(|check| {
                on(if regional(check) { "regionHealthChecks.useReadOnly" } else { "healthChecks.useReadOnly" }, check)
            }));
        }
        ("forwardingRules", []) => {
            for (field, permission) in [("backendService", "regionBackendServices.use"), ("target", "targetPools.use")]
            {
                if !is_empty(&body[field]) {
                    needs.push(on(permission, &body[field]));
                }
            }
            if !text(body, "IPAddress").is_empty() {
                let internal = body["loadBalancingScheme"] == "INTERNAL";
                needs.push((
                    format!("compute.addresses.{}", if internal { "useInternal" } else { "use" }),
                    base.to_owned(),
                ));
            }
        }
        ("instances", [_, "attachDisk"]) => {
            let reads = body["mode"] == "READ_ONLY";
            needs.push(on(if reads { "disks.useReadOnly" } else { "disks.use" }, &body["source"]));
        }
        ("disks", [_, "createSnapshot"]) => needs.push(("compute.snapshots.create".to_owned(), base.to_owned())),
        _ => {}
    }
    if below.is_empty() && !body["subnetwork"].is_null() {
        needs.push(on("subnetworks.use", &body["subnetwork"]));
    }
    needs
}
