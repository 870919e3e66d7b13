//! IAM: service accounts. Custom roles are in `custom_roles`.

use serde_json::{Value, json};

use super::{
    Answer, Call, World, custom_roles,
    iam_policy::{self, On},
    json::{merge, text},
    link,
    names::is_name_of,
    nothing,
    refusal::Refusal,
    rules,
    world::default_account,
};

/// Answers `v1/projects/P/serviceAccounts…`.
pub(crate) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    let parts = call.parts();
    if let ["projects", _, "roles", ..] = parts.as_slice() {
        return custom_roles::serve(world, call);
    }
    let ["projects", project, "serviceAccounts", rest @ ..] = parts.as_slice() else {
        return call.unknown();
    };
    match (call.method, rest) {
        ("POST", []) => create(world, project, call.body),
        ("GET", [account]) => link::get(world, &find(world, account)?),
        ("PATCH", [account]) => {
            let path = find(world, account)?;
            let mut changed = link::get(world, &path)?;
            for field in ["displayName", "description"] {
                if !call.body["serviceAccount"][field].is_null() {
                    changed[field] = call.body["serviceAccount"][field].clone();
                }
            }
            check_texts(&changed)?;
            world.resources.insert(path, changed.clone());
            Ok(changed)
        }
        ("DELETE", [account]) => {
            let path = find(world, account)?;
            let deleted = world.resources.remove(&path).unwrap_or_default();
            world.policies.remove(&path);
            forget(world, &deleted);
            Ok(nothing())
        }
        ("POST", [account, "getIamPolicy"]) => find(world, account).map(|path| iam_policy::get(world, &path)),
        ("POST", [account, "setIamPolicy"]) => {
            let path = find(world, account)?;
            iam_policy::set(world, &path, call.body, On::Account)
        }
        ("POST", [account, "enable" | "disable"]) => find(world, account).map(|_| nothing()),
        _ => call.unknown(),
    }
}

/// Whether a service account with this email exists, including the default one.
pub(crate) fn exists(world: &World, email: &str) -> bool {
    email == default_account()
        || world.resources.iter().any(|(path, account)| is_account(path) && account["email"] == email)
}

fn is_account(path: &str) -> bool {
    path.starts_with("iam/") && path.contains("/serviceAccounts/")
}

/// Finds an account by email or unique id, whatever the project in the path (the provider uses `-`).
fn find(world: &World, account: &str) -> Result<String, Refusal> {
    let accounts = world.resources.iter().filter(|(path, _)| is_account(path));
    let found = accounts.into_iter().find(|(_, found)| found["email"] == account || found["uniqueId"] == account);
    found
        .map(|(path, _)| path.clone())
        .ok_or_else(|| rules::NOT_FOUND.refuse(format!("Unknown service account: {account}")))
}

fn create(world: &mut World, project: &str, body: &Value) -> Answer {
    let id = text(body, "accountId");
    if !is_name_of(id, 6, 30) {
        let message = format!(
            "The account ID \"{id}\" does not have a length between 6 and 30 or does not match [a-z]([-a-z0-9]*[a-z0-9])."
        );
        return Err(rules::ACCOUNT_ID.refuse(message));
    }
    let email = format!("{id}@{project}.iam.gserviceaccount.com");
    let name = format!("projects/{project}/serviceAccounts/{email}");
    let path = format!("iam/{name}");
    if world.resources.contains_key(&path) {
        return Err(
            rules::TAKEN_NAME.refuse(format!("Service account {id} already exists within project projects/{project}."))
        );
    }
    let mut account = body["serviceAccount"].clone();
    check_texts(&account)?;
    let own = json!({"name": name, "projectId": project, "uniqueId": format!("1{}", world.id()), "email": email, "oauth2ClientId": world.id(), "etag": "MDEwMjE5MjA="});
    merge(&mut account, &own);
    world.resources.insert(path, account.clone());
    Ok(account)
}

fn check_texts(account: &Value) -> Result<(), Refusal> {
    let limits = [("displayName", 100), ("description", 256)];
    match limits.iter().find(|(field, limit)| text(account, field).len() > *limit) {
        Some((field, limit)) => {
            Err(rules::ACCOUNT_TEXT.refuse(format!("The {field} is longer than {limit} UTF-8 bytes.")))
        }
        None => Ok(()),
    }
}

/// Bindings of a deleted account remain as `deleted:` members, so that tests detect a destroy that leaves them behind.
fn forget(world: &mut World, deleted: &Value) {
    let email = text(deleted, "email");
    let (old, new) = (
        format!("serviceAccount:{email}"),
        format!("deleted:serviceAccount:{email}?uid={}", text(deleted, "uniqueId")),
    );
    let bindings = world.policies.values_mut().filter_map(|policy| policy["bindings"].as_array_mut()).flatten();
    let members = bindings.filter_map(|binding| binding["members"].as_array_mut()).flatten();
    members.filter(|member| **member == *old).for_each(|member| *member = new.clone().into());
}
