//! Cloud DNS: zones and their records.

use serde_json::{Value, json};

use super::{
    Answer, Call, World, dns_records,
    json::{default, list, text},
    link, names, nothing,
    refusal::Refusal,
    rules,
};

/// Answers `v1/projects/P/managedZones…`.
pub(crate) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    let parts = call.parts();
    let ["projects", project, "managedZones", rest @ ..] = parts.as_slice() else {
        return call.unknown();
    };
    let path = |zone: &str| format!("dns/projects/{project}/managedZones/{zone}");
    match (call.method, rest) {
        ("POST", []) => create_zone(world, &path(text(call.body, "name")), project, call.body),
        ("GET", [zone]) => link::get(world, &path(zone)).map(without_records),
        ("PUT", [zone]) => {
            let mut changed = link::get(world, &path(zone))?;
            names::check_labels(&call.body["labels"])?;
            for key in ["description", "labels"] {
                changed[key] = call.body[key].clone();
            }
            world.resources.insert(path(zone), changed);
            Ok(json!({"kind": "dns#operation", "status": "done"}))
        }
        ("DELETE", [zone]) => {
            let found = link::get(world, &path(zone))?;
            if list(&found, "records").len() > 2 {
                let message = format!(
                    "The resource named '{zone}' cannot be deleted because it contains one or more 'resource records'."
                );
                return Err(rules::ZONE_NOT_EMPTY.refuse(message));
            }
            world.resources.remove(&path(zone));
            Ok(nothing())
        }
        ("GET", [zone, "rrsets"]) => {
            let found = link::get(world, &path(zone))?;
            let wanted = |record: &&Value| {
                ["name", "type"].iter().all(|key| call.query(key).is_none_or(|value| text(record, key) == value))
            };
            Ok(
                json!({"kind": "dns#resourceRecordSetsListResponse", "rrsets": list(&found, "records").iter().filter(wanted).collect::<Vec<_>>()}),
            )
        }
        // Changes are already done when returned, but the provider polls them anyway.
        ("GET", [zone, "changes", id]) => link::get(world, &path(zone)).map(|_| json!({"id": id, "status": "done"})),
        ("POST", [zone, "changes"]) => {
            let mut changed = link::get(world, &path(zone))?;
            dns_records::change(&mut changed, call.body)?;
            world.resources.insert(path(zone), changed);
            let mut answer = call.body.clone();
            answer["id"] = world.next().to_string().into();
            answer["status"] = "done".into();
            Ok(answer)
        }
        _ => call.unknown(),
    }
}

fn without_records(mut zone: Value) -> Value {
    zone.as_object_mut().map(|fields| fields.remove("records"));
    zone
}

fn create_zone(world: &mut World, path: &str, project: &str, body: &Value) -> Answer {
    names::check("entity.managedZone.name", &body["name"])?;
    if world.resources.contains_key(path) {
        return Err(rules::TAKEN_NAME
            .refuse(format!("The resource 'entity.managedZone' named {} already exists", body["name"])));
    }
    let mut zone = body.clone();
    let dns_name = text(body, "dnsName");
    if !dns_records::is_qualified(dns_name) {
        return Err(rules::ZONE_NAME.refuse(format!("Invalid value for 'entity.managedZone.dnsName': '{dns_name}'")));
    }
    if body["description"].is_null() {
        return Err(rules::ZONE_DESCRIPTION
            .refuse("The 'entity.managedZone.description' parameter is required but was missing."));
    }
    names::check_labels(&body["labels"])?;
    default(&mut zone, "visibility", "public");
    check_visibility(world, project, &mut zone)?;
    let server = "ns-gcp-private.googledomains.com.";
    zone["kind"] = "dns#managedZone".into();
    zone["id"] = world.id().into();
    zone["nameServers"] = json!([server]);
    // A new zone contains these two records.
    zone["records"] = json!([
        {"kind": "dns#resourceRecordSet", "name": dns_name, "type": "NS", "ttl": 21600, "rrdatas": [server]},
        {"kind": "dns#resourceRecordSet", "name": dns_name, "type": "SOA", "ttl": 21600, "rrdatas": [format!("{server} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300")]},
    ]);
    world.resources.insert(path.to_owned(), zone.clone());
    Ok(without_records(zone))
}

fn check_visibility(world: &World, project: &str, zone: &mut Value) -> Result<(), Refusal> {
    let private = zone["visibility"] == "private";
    let networks = list(&zone["privateVisibilityConfig"], "networks").to_vec();
    if !private && (zone["visibility"] != "public" || !networks.is_empty()) {
        return Err(rules::ZONE_VISIBILITY.refuse("A zone is public, or private with networks."));
    }
    let mut paths = Vec::new();
    for network in &networks {
        let path = link::path(text(network, "networkUrl"), project).filter(|path| world.resources.contains_key(path));
        let Some(path) = path else {
            return Err(
                rules::ZONE_VISIBILITY.refuse(format!("The network '{}' does not exist.", text(network, "networkUrl")))
            );
        };
        paths.push(path);
    }
    for (path, other) in
        world.resources.iter().filter(|(path, other)| path.starts_with("dns/") && other["dnsName"] == zone["dnsName"])
    {
        let theirs = list(&other["privateVisibilityConfig"], "networks")
            .iter()
            .filter_map(|network| link::own(&network["networkUrl"]));
        if let Some(network) = theirs.into_iter().find(|network| paths.contains(network)) {
            return Err(rules::ZONE_VISIBILITY
                .refuse(format!("The network '{network}' already sees this DNS name in '{path}'.")));
        }
    }
    if private {
        let links = paths
            .iter()
            .map(|path| json!({"kind": "dns#managedZonePrivateVisibilityConfigNetwork", "networkUrl": link::to(path)}));
        zone["privateVisibilityConfig"] =
            json!({"kind": "dns#managedZonePrivateVisibilityConfig", "networks": links.collect::<Vec<_>>()});
    }
    Ok(())
}
