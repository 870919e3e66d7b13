//! Target pools: the backends of external load balancers that the cloud-controller-manager creates.

use serde_json::{Value, json};

use super::{Acted, Collection, Place, Within};
use crate::google::{
    Call, World,
    json::{default, list, text},
    link, places,
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "targetPools",
    kind: "compute#targetPool",
    within: Within::Region,
    check,
    fixed: &["sessionAffinity"],
    act,
};

fn check(world: &mut World, place: &Place, pool: &mut Value) -> Result<(), Refusal> {
    default(pool, "sessionAffinity", "NONE");
    let checks = list(pool, "healthChecks").to_vec();
    if checks.len() > 1 {
        let why = "A target pool has at most one health check.";
        return Err(rules::POOL_HEALTH_CHECK.field("resource.healthChecks", &checks.len().into(), why));
    }
    if let Some(check) = checks.first() {
        let path = link::existing(world, "resource.healthChecks[0]", check, "httpHealthChecks", &place.project)?;
        pool["healthChecks"] = json!([link::to(&path)]);
    }
    let instances = instances(world, place, list(pool, "instances").iter())?;
    pool["instances"] = instances.iter().map(|path| link::to(path)).collect();
    Ok(())
}

/// The paths of instances. Checks that they exist in the region of the pool.
fn instances<'a>(world: &World, place: &Place, links: impl Iterator<Item = &'a Value>) -> Result<Vec<String>, Refusal> {
    let mut paths = Vec::new();
    for (i, instance) in links.enumerate() {
        let field = format!("instances[{i}]");
        let path = link::existing(world, &field, instance, "instances", &place.project)?;
        let zone = link::scope(&path).trim_start_matches("zones/");
        if places::region_of(zone) != place.region {
            return Err(rules::POOL_INSTANCE.field(field, instance, "The instance must be in the region of the pool."));
        }
        paths.push(path);
    }
    Ok(paths)
}

fn act(world: &mut World, place: &Place, action: &str, call: &Call<'_>) -> Result<Acted, Refusal> {
    let mut pool = link::get(world, &place.path)?;
    let named = list(call.body, "instances").iter().map(|entry| &entry["instance"]);
    let mut members = list(&pool, "instances").to_vec();
    match action {
        "addInstance" => {
            let new = instances(world, place, named)?.into_iter().map(|path| Value::from(link::to(&path)));
            // Adding an existing member is not an error.
            new.for_each(|instance| {
                if !members.contains(&instance) {
                    members.push(instance);
                }
            });
        }
        "removeInstance" => {
            let removed: Vec<_> = named.filter_map(|instance| link::path(instance.as_str()?, &place.project)).collect();
            members.retain(|member| link::own(member).is_none_or(|member| !removed.contains(&member)));
        }
        "getHealth" => {
            let instance = link::path(text(call.body, "instance"), &place.project).unwrap_or_default();
            let running = world.resources.get(&instance).is_some_and(|instance| instance["status"] == "RUNNING");
            let state = if running { "HEALTHY" } else { "UNHEALTHY" };
            let health = json!([{"instance": link::to(&instance), "healthState": state}]);
            return Ok(Acted::Answer(json!({"kind": "compute#targetPoolInstanceHealth", "healthStatus": health})));
        }
        _ => return Ok(Acted::Unknown),
    }
    pool["instances"] = members.into();
    world.resources.insert(place.path.clone(), pool);
    Ok(Acted::Done)
}
