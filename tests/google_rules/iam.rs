//! Service accounts and IAM policies.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, Request, case, case_after, post},
};

const WORKER: &str = "serviceAccount:worker@test-project.iam.gserviceaccount.com";

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let account = |id: &str, name: &str| {
        post("/iam/v1/projects/test-project/serviceAccounts", json!({"accountId": id, "serviceAccount": {"displayName": name}}))
    };
    let viewer = "roles/viewer";
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
        case(&rules::MEMBER, project(viewer, "worker@test-project.iam.gserviceaccount.com")),
        case(&rules::MEMBER, project(viewer, "user:worker@test-project.iam.gserviceaccount.com")),
        case(&rules::MEMBER, project(viewer, "user:somebody")),
        case(&rules::MEMBER, project(viewer, "allUsers")),
        case(&rules::MEMBER_EXISTS, project(viewer, "serviceAccount:none@test-project.iam.gserviceaccount.com")),
        case_after(&rules::POLICY_STALE, project(viewer, WORKER), project(viewer, WORKER)),
    ]
}

/// Replaces the project's empty policy with one binding.
fn project(role: &str, member: &str) -> Request {
    post("/cloudresourcemanager/v1/projects/test-project:setIamPolicy", policy(role, member))
}

fn policy(role: &str, member: &str) -> Value {
    json!({"policy": {"etag": "ACAB", "bindings": [{"role": role, "members": [member]}]}})
}
