//! Secret Manager: secrets and their versions.

use serde_json::{Value, json};

use super::{
    Answer, Call, World,
    iam_policy::{self, On},
    json::{entries, is_empty, list, merge, text},
    link, names, nothing, places,
    refusal::Refusal,
    rules, secret_versions,
    world::{NOW, PROJECT_NUMBER},
};

/// Answers `v1/projects/P/secrets…`.
pub(crate) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    let parts = call.parts();
    let ["projects", project, "secrets", rest @ ..] = parts.as_slice() else {
        return call.unknown();
    };
    let path = find(world, project, rest.first().copied().or(call.query("secretId")).unwrap_or_default());
    match (call.method, rest) {
        ("POST", []) => create(world, &path, call.body),
        ("GET", [_]) => link::get(world, &path),
        ("PATCH", [_]) => {
            let mut secret = link::get(world, &path)?;
            for (field, value) in entries(call.body).filter(|(field, _)| *field != "name") {
                secret[field] = value.clone();
            }
            names::check_labels(&secret["labels"])?;
            world.resources.insert(path, secret.clone());
            Ok(secret)
        }
        ("DELETE", [_]) => {
            link::get(world, &path)?;
            world.resources.remove(&path);
            world.policies.remove(&path);
            world.secret_versions.remove(&path);
            Ok(nothing())
        }
        ("GET", [_, "getIamPolicy"]) => link::get(world, &path).map(|_| iam_policy::get(world, &path)),
        ("POST", [_, "setIamPolicy"]) => {
            link::get(world, &path)?;
            iam_policy::set(world, &path, call.body, On::Secret)
        }
        (_, [_, "addVersion"] | [_, "versions", ..]) => secret_versions::serve(world, &path, &rest[1..], call),
        _ => call.unknown(),
    }
}

/// The path of a secret. Accepts the project number instead of the id, because Google's own links contain it.
fn find(world: &World, project: &str, id: &str) -> String {
    let end = format!("/secrets/{id}");
    let by_number =
        |path: &&String| project == PROJECT_NUMBER && path.starts_with("secretmanager/") && path.ends_with(&end);
    let usual = || format!("secretmanager/projects/{project}/secrets/{id}");
    world.resources.keys().find(by_number).cloned().unwrap_or_else(usual)
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
