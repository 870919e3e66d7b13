//! Secret Manager: secrets, and versions without a look at what is in them.

use serde_json::{Value, json};

use super::{
    Answer, Call, World,
    iam_policy::{self, On},
    json::{entries, is_empty, list, merge, text},
    link, names, nothing, places,
    refusal::Refusal,
    rules,
    world::{NOW, PROJECT_NUMBER},
};

const LARGEST_PAYLOAD: usize = 65_536;

/// Answers `v1/projects/P/secrets…`.
pub(crate) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    let parts = call.parts();
    let ["projects", project, "secrets", rest @ ..] = parts.as_slice() else {
        return call.unknown();
    };
    let path = |id: &str| format!("secretmanager/projects/{project}/secrets/{id}");
    match (call.method, rest) {
        ("POST", []) => create(world, &path(call.query("secretId").unwrap_or_default()), call.body),
        ("GET", [id]) => link::get(world, &path(id)),
        ("PATCH", [id]) => {
            let mut secret = link::get(world, &path(id))?;
            for (field, value) in entries(call.body).filter(|(field, _)| *field != "name") {
                secret[field] = value.clone();
            }
            names::check_labels(&secret["labels"])?;
            world.resources.insert(path(id), secret.clone());
            Ok(secret)
        }
        ("DELETE", [id]) => {
            link::get(world, &path(id))?;
            world.resources.remove(&path(id));
            world.policies.remove(&path(id));
            Ok(nothing())
        }
        ("GET", [id, "getIamPolicy"]) => link::get(world, &path(id)).map(|_| iam_policy::get(world, &path(id))),
        ("POST", [id, "setIamPolicy"]) => {
            link::get(world, &path(id))?;
            iam_policy::set(world, &path(id), call.body, On::Secret)
        }
        ("POST", [id, "addVersion"]) => {
            let secret = link::get(world, &path(id))?;
            add_version(world, &secret, call.body)
        }
        _ => call.unknown(),
    }
}

fn create(world: &mut World, path: &str, body: &Value) -> Answer {
    let id = link::name(path);
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !(1..=255).contains(&id.len()) || !id.chars().all(allowed) {
        return Err(rules::SECRET_ID.refuse(format!("Invalid secret id [{id}]: must match [a-zA-Z0-9_-]{{1,255}}.")));
    }
    if world.resources.contains_key(path) {
        return Err(rules::TAKEN_NAME.refuse(format!("Secret [{id}] already exists.")));
    }
    check_replication(&body["replication"])?;
    names::check_labels(&body["labels"])?;
    let mut secret = body.clone();
    merge(
        &mut secret,
        &json!({"name": format!("projects/{PROJECT_NUMBER}/secrets/{id}"), "createTime": NOW, "etag": world.fingerprint()}),
    );
    world.resources.insert(path.to_owned(), secret.clone());
    Ok(secret)
}

fn check_replication(replication: &Value) -> Result<(), Refusal> {
    let managed = &replication["userManaged"];
    if replication["automatic"].is_null() == managed.is_null() || (!managed.is_null() && is_empty(&managed["replicas"]))
    {
        return Err(rules::REPLICATION
            .refuse("The replication policy must be exactly one of automatic and userManaged with replicas."));
    }
    match list(managed, "replicas")
        .iter()
        .map(|replica| text(replica, "location"))
        .find(|region| !places::is_region(region))
    {
        Some(region) => Err(rules::REPLICATION.refuse(format!("Invalid location [{region}]."))),
        None => Ok(()),
    }
}

fn add_version(world: &mut World, secret: &Value, body: &Value) -> Answer {
    // The payload comes in base64: four letters for three bytes.
    let data = text(&body["payload"], "data");
    let bytes = data.len() / 4 * 3 - data.bytes().rev().take(2).filter(|byte| *byte == b'=').count();
    if !(1..=LARGEST_PAYLOAD).contains(&bytes) {
        return Err(
            rules::PAYLOAD.refuse(format!("The secret payload must be 1 to {LARGEST_PAYLOAD} bytes; it is {bytes}."))
        );
    }
    let number = world.next();
    Ok(json!({"name": format!("{}/versions/{number}", text(secret, "name")), "createTime": NOW, "state": "ENABLED"}))
}
