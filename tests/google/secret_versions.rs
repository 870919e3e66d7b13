//! Secret Manager: the versions of a secret.

use serde_json::{Value, json};

use super::{Answer, Call, World, json::text, link, refusal::Refusal, rules, world::NOW};

const LARGEST_PAYLOAD: usize = 65_536;

/// Answers `…:addVersion` and `…/versions…` of the secret at that path.
pub(super) fn serve(world: &mut World, secret: &str, rest: &[&str], call: &Call<'_>) -> Answer {
    let name = text(&link::get(world, secret)?, "name").to_owned();
    let versions = world.secret_versions.entry(secret.to_owned()).or_default();
    match (call.method, rest) {
        ("POST", ["addVersion"]) => {
            let data = check_payload(call.body)?;
            let number = versions.len() + 1;
            let version = json!({"name": format!("{name}/versions/{number}"), "createTime": NOW, "state": "ENABLED", "data": data});
            versions.push(version.clone());
            Ok(shown(&version))
        }
        // Newest first.
        ("GET", ["versions"]) => {
            let shown: Vec<Value> = versions.iter().rev().map(shown).collect();
            Ok(json!({"versions": shown, "totalSize": shown.len()}))
        }
        ("GET", ["versions", version]) => find(versions, &name, version).map(|version| shown(version)),
        ("GET", ["versions", version, "access"]) => {
            let version = find(versions, &name, version)?;
            if version["state"] != "ENABLED" {
                return Err(state(version));
            }
            Ok(json!({"name": version["name"], "payload": {"data": version["data"]}}))
        }
        ("POST", ["versions", version, verb @ ("destroy" | "disable" | "enable")]) => {
            let version = find(versions, &name, version)?;
            if version["state"] == "DESTROYED" {
                return Err(state(version));
            }
            version["state"] = match *verb {
                "destroy" => "DESTROYED",
                "disable" => "DISABLED",
                _ => "ENABLED",
            }
            .into();
            if *verb == "destroy" {
                version["data"] = Value::Null;
                version["destroyTime"] = NOW.into();
            }
            Ok(shown(version))
        }
        _ => call.unknown(),
    }
}

/// `latest` is the newest version, whatever its state.
fn find<'a>(versions: &'a mut [Value], secret: &str, wanted: &str) -> Result<&'a mut Value, Refusal> {
    let at = if wanted == "latest" { versions.len() } else { wanted.parse().unwrap_or_default() };
    let missing = || rules::NOT_FOUND.refuse(format!("Secret Version [{secret}/versions/{wanted}] not found."));
    at.checked_sub(1).and_then(|at| versions.get_mut(at)).ok_or_else(missing)
}

/// A version without its payload, which only `access` returns.
fn shown(version: &Value) -> Value {
    let mut version = version.clone();
    version.as_object_mut().map(|fields| fields.remove("data"));
    version
}

fn state(version: &Value) -> Refusal {
    let message = format!("Secret Version [{}] is in {} state.", text(version, "name"), text(version, "state"));
    rules::VERSION_STATE.refuse(message)
}

fn check_payload(body: &Value) -> Result<&str, Refusal> {
    // The payload is base64: four characters for three bytes.
    let data = text(&body["payload"], "data");
    let padding = data.bytes().rev().take(2).filter(|byte| *byte == b'=').count();
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let good = data.len().is_multiple_of(4) && data[..data.len() - padding].bytes().all(letter);
    let bytes = (data.len() / 4 * 3).saturating_sub(padding);
    if good && (1..=LARGEST_PAYLOAD).contains(&bytes) {
        return Ok(data);
    }
    let message = format!("The secret payload must be 1 to {LARGEST_PAYLOAD} bytes in base64; it is {bytes}.");
    Err(rules::PAYLOAD.refuse(message))
}
