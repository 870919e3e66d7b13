//! Service Usage: the APIs that are enabled in a project. In the stand-in, all of them are.

use serde_json::json;

use super::{Answer, Call, World, refusal::Refusal, rules, world::PROJECT_NUMBER};

/// Answers `v1/projects/P/services…`.
pub(crate) fn serve(_: &mut World, call: &Call<'_>) -> Answer {
    let parts = call.parts();
    let ["projects", _, "services", rest @ ..] = parts.as_slice() else {
        return call.unknown();
    };
    let service = |name: &str| json!({"name": format!("projects/{PROJECT_NUMBER}/services/{name}"), "config": {"name": name}, "state": "ENABLED"});
    let done = || json!({"name": "operations/noop.DONE_OPERATION", "done": true, "response": {}});
    match (call.method, rest) {
        ("GET", []) => Ok(json!({"services": SERVICES.map(|name| service(&format!("{name}.googleapis.com")))})),
        ("GET", [name]) => check(name).map(|()| service(name)),
        ("POST", [name, "enable" | "disable"]) => check(name).map(|()| done()),
        ("POST", ["batchEnable"]) => {
            super::json::texts(call.body, "serviceIds").into_iter().try_for_each(check)?;
            Ok(done())
        }
        _ => call.unknown(),
    }
}

const SERVICES: [&str; 6] = ["compute", "iam", "cloudresourcemanager", "dns", "secretmanager", "serviceusage"];

fn check(name: &str) -> Result<(), Refusal> {
    if name.strip_suffix(".googleapis.com").is_some_and(|name| SERVICES.contains(&name)) {
        return Ok(());
    }
    Err(rules::SERVICE.refuse(format!("Service '{name}' not found or permission denied.")))
}
