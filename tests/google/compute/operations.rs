//! Operations, which Google returns for every change. The stand-in's are already done.

use serde_json::{Value, json};

use super::Place;
use crate::google::{Answer, World, link, rules, world::NOW};

/// A new operation that is done.
pub(crate) fn done(world: &mut World, place: &Place, kind: &str) -> Value {
    let id = world.id();
    let path = place.beside("operations", &format!("operation-{id}"));
    let operation = json!({
        "kind": "compute#operation",
        "id": id,
        "name": link::name(&path),
        "operationType": kind,
        "targetLink": link::to(&place.path),
        "status": "DONE",
        "progress": 100,
        "insertTime": NOW,
        "startTime": NOW,
        "endTime": NOW,
        "selfLink": link::to(&path),
    });
    world.operations.insert(path, operation.clone());
    operation
}

/// A previously returned operation. Waiting for it returns immediately.
pub(crate) fn get(world: &World, path: &str) -> Answer {
    world
        .operations
        .get(path)
        .cloned()
        .ok_or_else(|| rules::NOT_FOUND.refuse(format!("The resource '{path}' was not found")))
}
