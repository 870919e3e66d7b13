//! The permissions that Secret Manager calls need.

use super::Need;
use crate::google::Call;

/// `v1/projects/P/secrets/S/versions/V:access` → `secretmanager.versions.access` on the secret.
pub(super) fn needs(call: &Call<'_>) -> Vec<Need> {
    let parts = call.parts();
    let ["projects", project, "secrets", rest @ ..] = parts.as_slice() else {
        return Vec::new();
    };
    let secret = |id: &str| format!("projects/{project}/secrets/{id}");
    let usual = match call.method {
        "GET" => "get",
        "DELETE" => "delete",
        "PATCH" => "update",
        _ => "create",
    };
    let (collection, verb, resource) = match rest {
        [] => ("secrets", if call.method == "GET" { "list" } else { "create" }, format!("projects/{project}")),
        [id] => ("secrets", usual, secret(id)),
        [id, "addVersion"] => ("versions", "add", secret(id)),
        [id, "versions"] => ("versions", "list", secret(id)),
        [id, "versions", _] => ("versions", usual, secret(id)),
        [id, "versions", _, verb] => ("versions", *verb, secret(id)),
        [id, verb, ..] => ("secrets", *verb, secret(id)),
    };
    vec![(format!("secretmanager.{collection}.{verb}"), resource)]
}
