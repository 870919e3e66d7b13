//! IAM policies of projects, secrets, service accounts and buckets.

use serde_json::{Value, json};

use super::{
    Answer, World, custom_roles, iam,
    json::{is_empty, list, text, texts},
    refusal::Refusal,
    rules,
    world::empty_policy,
};

/// The type of resource that a policy belongs to.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum On {
    Project,
    Secret,
    Account,
    Bucket,
}

/// The policy at a path.
pub(crate) fn get(world: &World, path: &str) -> Value {
    world.policies.get(path).cloned().unwrap_or_else(empty_policy)
}

/// Replaces a policy.
pub(crate) fn set(world: &mut World, path: &str, body: &Value, on: On) -> Answer {
    let policy = &body["policy"];
    if policy["etag"].is_string() && policy["etag"] != get(world, path)["etag"] {
        return Err(rules::POLICY_STALE
            .refuse("There were concurrent policy changes. Please retry the whole read-modify-write."));
    }
    for binding in list(policy, "bindings") {
        check_role(world, text(binding, "role"), on)?;
        for member in texts(binding, "members") {
            check_member(world, member, on)?;
        }
    }
    // Bindings without members are dropped.
    let bindings: Vec<&Value> =
        list(policy, "bindings").iter().filter(|binding| !is_empty(&binding["members"])).collect();
    let mut new = json!({"version": 1, "etag": world.fingerprint()});
    if !bindings.is_empty() {
        new["bindings"] = json!(bindings);
    }
    world.policies.insert(path.to_owned(), new.clone());
    Ok(new)
}

fn check_role(world: &World, role: &str, on: On) -> Result<(), Refusal> {
    let parts: Vec<&str> = role.split('/').collect();
    let (["roles", name] | ["projects" | "organizations", _, "roles", name]) = parts.as_slice() else {
        return Err(rules::ROLE.refuse(format!(
            "Role ({role}) does not have the format roles/{{role}}, or projects/{{project_id}}/roles/{{role}}."
        )));
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let for_secrets =
        name.starts_with("secretmanager.") || name.starts_with("iam.") || ["owner", "editor", "viewer"].contains(name);
    let unfit = match on {
        On::Secret => !for_secrets,
        On::Account => !name.starts_with("iam."),
        On::Project | On::Bucket => false,
    };
    if name.is_empty() || !name.chars().all(allowed) || (parts.len() == 2 && unfit) {
        return Err(rules::ROLE.refuse(format!("Role {role} is not supported for this resource.")));
    }
    if parts[0] == "projects" && custom_roles::permissions(world, role).is_none() {
        return Err(rules::ROLE_EXISTS.refuse(format!("Role {role} does not exist in the resource's hierarchy.")));
    }
    Ok(())
}

fn check_member(world: &World, member: &str, on: On) -> Result<(), Refusal> {
    let wrong = |why: &str| Err(rules::MEMBER.refuse(format!("The member {member} {why}.")));
    match member.split_once(':') {
        None if member == "allUsers" || member == "allAuthenticatedUsers" => {
            if on == On::Project {
                wrong("is not allowed in a project policy")
            } else {
                Ok(())
            }
        }
        Some(("deleted", _)) => Ok(()),
        Some(("projectOwner" | "projectEditor" | "projectViewer", _)) if on == On::Bucket => Ok(()),
        Some(("serviceAccount", email)) => {
            if iam::exists(world, email) {
                return Ok(());
            }
            Err(rules::MEMBER_EXISTS.refuse(format!("Service account {email} does not exist.")))
        }
        Some(("user", email)) if email.ends_with(".gserviceaccount.com") => wrong("is a service account"),
        Some(("user" | "group", email)) => {
            if email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
                return Ok(());
            }
            wrong("is not a valid email")
        }
        Some(("domain", domain)) if domain.contains('.') => Ok(()),
        _ => wrong("is of an unknown type. Please set a valid type prefix for the member"),
    }
}
