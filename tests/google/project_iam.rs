//! Resource Manager: the project and its IAM policy.

use serde_json::json;

use super::{
    Answer, Call, World,
    iam_policy::{self, On},
    names,
    world::{NOW, PROJECT_NUMBER},
};

/// Answers `v1/projects/P…`.
pub(crate) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    let parts = call.parts();
    let ["projects", project, rest @ ..] = parts.as_slice() else {
        return call.unknown();
    };
    names::check_project(project)?;
    let path = format!("cloudresourcemanager/projects/{project}");
    match (call.method, rest) {
        ("GET", []) => Ok(json!({
            "projectNumber": PROJECT_NUMBER,
            "projectId": project,
            "lifecycleState": "ACTIVE",
            "name": project,
            "createTime": NOW,
        })),
        ("POST", ["getIamPolicy"]) => Ok(iam_policy::get(world, &path)),
        ("POST", ["setIamPolicy"]) => iam_policy::set(world, &path, call.body, On::Project),
        _ => call.unknown(),
    }
}
