//! IAM: a project's custom roles.

use serde_json::{Value, json};

use super::{
    Answer, Call, World,
    json::{flag, list, merge, text, texts},
    link, rules,
};

/// Answers `v1/projects/P/roles…`.
pub(crate) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    let parts = call.parts();
    let ["projects", project, "roles", rest @ ..] = parts.as_slice() else {
        return call.unknown();
    };
    let path = |id: &str| format!("iam/projects/{project}/roles/{id}");
    match (call.method, rest) {
        ("POST", []) => create(world, &path(text(call.body, "roleId")), &call.body["role"]),
        ("GET", [id]) => link::get(world, &path(id)),
        ("PATCH", [id]) => {
            let mut role = link::get(world, &path(id))?;
            if flag(&role, "deleted") {
                return Err(rules::ROLE_DELETED.refuse(format!("The role {id} is deleted.")));
            }
            check(call.body)?;
            merge(&mut role, call.body);
            world.resources.insert(path(id), role.clone());
            Ok(role)
        }
        // A deleted role remains for a week, in which it can be restored.
        ("DELETE", [id]) => mark(world, &path(id), true),
        ("POST", [id, "undelete"]) => mark(world, &path(id), false),
        _ => call.unknown(),
    }
}

fn mark(world: &mut World, path: &str, deleted: bool) -> Answer {
    let mut role = link::get(world, path)?;
    merge(&mut role, &json!({"deleted": if deleted { json!(true) } else { Value::Null }}));
    world.resources.insert(path.to_owned(), role.clone());
    Ok(role)
}

fn create(world: &mut World, path: &str, body: &Value) -> Answer {
    let id = link::name(path);
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if !(3..=64).contains(&id.len()) || !id.chars().all(allowed) {
        return Err(
            rules::ROLE_ID.refuse(format!("The role ID [{id}] does not match the pattern [a-zA-Z0-9_.]{{3,64}}."))
        );
    }
    if world.resources.contains_key(path) {
        return Err(rules::TAKEN_NAME.refuse(format!("A role named {id} in the project already exists.")));
    }
    check(body)?;
    let mut role = body.clone();
    let name = path.trim_start_matches("iam/");
    merge(&mut role, &json!({"name": name, "etag": world.fingerprint()}));
    world.resources.insert(path.to_owned(), role.clone());
    Ok(role)
}

fn check(role: &Value) -> Result<(), super::refusal::Refusal> {
    let permission =
        |name: &&str| name.split('.').count() == 3 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    match texts(role, "includedPermissions").into_iter().find(|name| !permission(name)) {
        Some(wrong) => Err(rules::ROLE_PERMISSION.refuse(format!("Permission {wrong} is not valid."))),
        None => Ok(()),
    }
}

/// The permissions of a custom role (`projects/P/roles/ID`); `None` if there is none, or if it is deleted.
pub(crate) fn permissions<'a>(world: &'a World, name: &str) -> Option<Vec<&'a str>> {
    let role = world.resources.get(&format!("iam/{name}")).filter(|role| !flag(role, "deleted"))?;
    Some(list(role, "includedPermissions").iter().filter_map(Value::as_str).collect())
}
