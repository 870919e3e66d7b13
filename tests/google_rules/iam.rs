//! Service accounts and IAM policies.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, Request, case, case_after, delete, patch, post},
};

const WORKER: &str = "serviceAccount:worker@test-project.iam.gserviceaccount.com";

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let account = |id: &str, name: &str| {
        post("/iam/v1/projects/test-project/serviceAccounts", json!({"accountId": id, "serviceAccount": {"displayName": name}}))
    };
    let viewer = "roles/viewer";
    let after = |rule, requests| Case { rule, requests };
    vec![
        case(&rules::ACCOUNT_ID, account("short", "")),
        case(&rules::ACCOUNT_ID, account("1-starts-with-a-digit", "")),
        case(&rules::ACCOUNT_ID, account(&"a".repeat(31), "")),
        case(&rules::ACCOUNT_TEXT, account("another", &"x".repeat(101))),
        case(&rules::TAKEN_NAME, account("worker", "")),
        case(&rules::ROLE, project("viewer", WORKER)),
        case_after(
            &rules::ROLE,
            post("/secretmanager/v1/projects/test-project/secrets?secretId=s", json!({"replication": {"automatic": {}}})),
            post("/secretmanager/v1/projects/test-project/secrets/s:setIamPolicy", policy("roles/compute.viewer", WORKER)),
        ),
        case(&rules::ROLE_ID, role("kub-control-plane", &[])),
        case(&rules::ROLE_ID, role("ab", &[])),
        case(&rules::ROLE_PERMISSION, role("kub", &["compute.firewalls"])),
        case_after(&rules::TAKEN_NAME, role("kub", &[]), role("kub", &[])),
        case(&rules::ROLE_EXISTS, project("projects/test-project/roles/kub", WORKER)),
        after(&rules::ROLE_EXISTS, vec![role("kub", &[]), delete(ROLE), project("projects/test-project/roles/kub", WORKER)]),
        after(&rules::ROLE_DELETED, vec![role("kub", &[]), delete(ROLE), patch(ROLE, json!({"title": "x"}))]),
        case(&rules::MEMBER, project(viewer, "worker@test-project.iam.gserviceaccount.com")),
        case(&rules::MEMBER, project(viewer, "user:worker@test-project.iam.gserviceaccount.com")),
        case(&rules::MEMBER, project(viewer, "user:somebody")),
        case(&rules::MEMBER, project(viewer, "allUsers")),
        case(&rules::MEMBER_EXISTS, project(viewer, "serviceAccount:none@test-project.iam.gserviceaccount.com")),
        case_after(&rules::POLICY_STALE, project(viewer, WORKER), project(viewer, WORKER)),
    ]
}

const ROLE: &str = "/iam/v1/projects/test-project/roles/kub";

fn role(id: &str, permissions: &[&str]) -> Request {
    let role = json!({"title": "", "includedPermissions": permissions});
    post("/iam/v1/projects/test-project/roles", json!({"roleId": id, "role": role}))
}

/// Replaces the project's empty policy with one binding.
fn project(role: &str, member: &str) -> Request {
    post("/cloudresourcemanager/v1/projects/test-project:setIamPolicy", policy(role, member))
}

fn policy(role: &str, member: &str) -> Value {
    json!({"policy": {"etag": "ACAB", "bindings": [{"role": role, "members": [member]}]}})
}
