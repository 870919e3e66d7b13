//! Authorization: each call of a service account needs permissions, which its roles grant.

mod compute;
mod roles;
mod secret_manager;

use super::{
    Call, World,
    caller::Caller,
    custom_roles,
    json::{list, text, texts},
    refusal::Refusal,
    rules,
};

/// A required permission and the path of the resource (`projects/P`, `projects/P/secrets/S` …).
pub(super) type Need = (String, String);

/// Rejects a call that the caller's roles do not permit. The owner may do everything; Cloud Storage checks its own permissions.
pub(super) fn check(world: &World, caller: &Caller, service: &str, call: &Call<'_>) -> Result<(), Refusal> {
    match service {
        "compute" => {
            for (permission, resource) in compute::needs(world, call) {
                if !allows(world, caller, &permission, &resource) {
                    return Err(rules::FORBIDDEN.refuse(format!("Required '{permission}' permission for '{resource}'")));
                }
            }
        }
        "secretmanager" => {
            for (permission, resource) in secret_manager::needs(call) {
                if !allows(world, caller, &permission, &resource) {
                    return Err(rules::FORBIDDEN.refuse(format!(
                        "Permission '{permission}' denied for resource '{resource}' (or it may not exist)."
                    )));
                }
            }
        }
        "storage" | "upload" | "download" => {}
        _ if *caller == Caller::Owner => {}
        // Instances do not need the other services.
        _ => return Err(rules::FORBIDDEN.refuse("The caller does not have permission")),
    }
    Ok(())
}

/// Whether a role on the resource or its project grants the caller the permission. Conditional bindings grant nothing.
pub(super) fn allows(world: &World, caller: &Caller, permission: &str, resource: &str) -> bool {
    let Caller::Account(email) = caller else {
        return true;
    };
    if is_default_account(email) && roles::permits("roles/editor", permission) {
        return true;
    }
    let member = format!("serviceAccount:{email}");
    let bindings = policies(resource).into_iter().filter_map(|path| world.policies.get(&path));
    let mut bindings = bindings.flat_map(|policy| list(policy, "bindings"));
    bindings.any(|binding| {
        binding["condition"].is_null()
            && texts(binding, "members").iter().any(|other| *other == member || is_everybody(other))
            && grants(world, text(binding, "role"), permission)
    })
}

fn grants(world: &World, role: &str, permission: &str) -> bool {
    match custom_roles::permissions(world, role) {
        Some(permissions) => permissions.contains(&permission),
        None => roles::permits(role, permission),
    }
}

/// Compute Engine's default service account is an editor of its project, except in organizations that forbid automatic grants:
/// <https://cloud.google.com/compute/docs/access/service-accounts#default_service_account>.
fn is_default_account(email: &str) -> bool {
    email.ends_with("-compute@developer.gserviceaccount.com")
}

fn is_everybody(member: &str) -> bool {
    member == "allUsers" || member == "allAuthenticatedUsers"
}

/// The paths of the policies that apply to a resource: its own, if any, and its project's.
fn policies(resource: &str) -> Vec<String> {
    let parts: Vec<&str> = resource.split('/').collect();
    match parts.as_slice() {
        ["projects", project, "secrets", secret, ..] => vec![
            format!("secretmanager/projects/{project}/secrets/{secret}"),
            format!("cloudresourcemanager/projects/{project}"),
        ],
        ["projects", project, "buckets", bucket, ..] => {
            vec![format!("storage/b/{bucket}"), format!("cloudresourcemanager/projects/{project}")]
        }
        ["projects", project, ..] => vec![format!("cloudresourcemanager/projects/{project}")],
        _ => Vec::new(),
    }
}
