//! The metadata server: what an instance reads about itself, and a token of its service account.
//! https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use super::{
    PROJECT_NUMBER,
    http::{Request, Response},
    identity::Signer,
};
use crate::google::{
    Google,
    state::{AttachedDisk, Instance, Interface, State},
};

/// Answers an instance's request. The one that asks is known by its address: its own, or one of its alias ranges.
pub(crate) fn answer(google: &Google, signer: &Signer, request: &Request) -> Response {
    let path = request.path();
    if path == "/" {
        return Response::text(200, "computeMetadata/\n").with("Metadata-Flavor", "Google");
    }
    if request.header("Metadata-Flavor") != Some("Google") || request.header("X-Forwarded-For").is_some() {
        return Response::text(403, "Missing required header: Metadata-Flavor");
    }
    let Some(path) = path.strip_prefix("/computeMetadata/v1") else { return Response::text(404, "not found") };
    let mut state = google.state();
    let Some(id) = caller(&state, request.from.ip()).map(|instance| instance.id) else {
        return Response::text(404, "no instance has this address");
    };
    if path.trim_end_matches('/').ends_with("/token") {
        let token = json!({"access_token": google.token(id), "expires_in": 3599, "token_type": "Bearer"});
        return respond(token.to_string(), "application/json");
    }
    if path.ends_with("/identity") {
        let instance = state.instances.iter().find(|instance| instance.id == id && instance.service_account.is_some());
        let audience = request.query("audience");
        return match (instance, audience) {
            (Some(instance), Some(audience)) if request.query("format") == Some("full") => {
                respond(signer.token(instance, audience), TEXT)
            }
            (None, _) => Response::text(404, "no service account"),
            _ => Response::text(400, "audience and format=full are expected here"),
        };
    }
    let wanted = if is_true(request, "wait_for_change") { request.query("last_etag") } else { None };
    let patience = request.query("timeout_sec").and_then(|seconds| seconds.parse().ok()).unwrap_or(3600);
    let end = Instant::now() + Duration::from_secs(patience);
    let mut seen = 0;
    loop {
        let Some(found) = state
            .instances
            .iter()
            .find(|instance| instance.id == id)
            .and_then(|instance| find(&tree(instance, &state), path).cloned())
        else {
            return Response::text(404, "not found");
        };
        let etag = etag(&found);
        if wanted.is_none_or(|wanted| wanted != etag) || Instant::now() >= end {
            return show(&found, path, request).with("ETag", etag);
        }
        seen = google.wait_for_change(seen, end - Instant::now());
        state = google.state();
    }
}

/// cloud-init writes `True`.
fn is_true(request: &Request, name: &str) -> bool {
    request.query(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The instance that has this address.
fn caller(state: &State, from: IpAddr) -> Option<&Instance> {
    let IpAddr::V4(from) = from else { return None };
    let owns = |interface: &Interface| {
        interface.address == from || interface.aliases.iter().any(|alias| alias.contains(&from))
    };
    state.instances.iter().find(|instance| instance.interfaces.iter().any(owns))
}

/// Everything below `/computeMetadata/v1`, with the paths' own names.
fn tree(instance: &Instance, state: &State) -> Value {
    let place = format!("projects/{PROJECT_NUMBER}");
    let account = |account: &crate::google::state::ServiceAccount| {
        let one = json!({"aliases": ["default"], "email": account.email, "scopes": account.scopes});
        json!({"default": one, account.email.as_str(): one})
    };
    json!({
        "instance": {
            "attributes": instance.metadata,
            "cpu-platform": "Intel Ice Lake",
            "description": "",
            "disks": instance.disks.iter().enumerate().map(|(index, disk)| drive(index, disk)).collect::<Vec<_>>(),
            "hostname": format!("{}.{}.c.{}.internal", instance.name, instance.zone, instance.project),
            "id": instance.id,
            "machine-type": format!("{place}/machineTypes/{}", instance.machine_type),
            "maintenance-event": "NONE",
            "name": instance.name,
            "network-interfaces": instance.interfaces.iter().map(|interface| card(instance, interface, state)).collect::<Vec<_>>(),
            "scheduling": {"automatic-restart": "TRUE", "on-host-maintenance": "MIGRATE", "preemptible": "FALSE"},
            "service-accounts": instance.service_account.as_ref().map(account).unwrap_or_else(|| json!({})),
            "tags": instance.tags,
            "zone": format!("{place}/zones/{}", instance.zone),
        },
        "project": {"attributes": {}, "numeric-project-id": PROJECT_NUMBER, "project-id": instance.project},
        "universe": {"universe-domain": "googleapis.com"},
    })
}

fn drive(index: usize, disk: &AttachedDisk) -> Value {
    let mode = if disk.read_only { "READ_ONLY" } else { "READ_WRITE" };
    json!({"device-name": disk.device_name, "index": index, "interface": "SCSI", "mode": mode, "type": "PERSISTENT-BALANCED"})
}

fn card(instance: &Instance, interface: &Interface, state: &State) -> Value {
    let network = state.networks.iter().find(|network| network.path == interface.network);
    let subnetwork = state.subnetworks.iter().find(|subnetwork| subnetwork.path == interface.subnetwork);
    let name = interface.network.rsplit('/').next().unwrap_or_default();
    let forwarded = state.load_balancers.iter().filter(|balancer| balancer.backends.contains(&instance.path));
    json!({
        "access-configs": interface.external.iter().map(|address| json!({"external-ip": address, "type": "ONE_TO_ONE_NAT"})).collect::<Vec<_>>(),
        "dns-servers": [super::METADATA],
        "forwarded-ips": forwarded.map(|balancer| balancer.address).collect::<Vec<_>>(),
        "gateway": subnetwork.map(|subnetwork| crate::vpc::gateway(subnetwork).to_string()),
        "ip": interface.address,
        "ip-aliases": interface.aliases.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "mac": crate::vpc::mac(interface.address),
        "mtu": network.map(|network| network.mtu),
        "network": format!("projects/{PROJECT_NUMBER}/networks/{name}"),
        "subnetmask": "255.255.255.255",
        "target-instance-ips": [],
    })
}

/// What is at a path; lists are folders of numbers.
fn find<'a>(tree: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').filter(|part| !part.is_empty()).try_fold(tree, |value, part| match value {
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        value => value.get(part),
    })
}

/// The same for the same content.
fn etag(value: &Value) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    value.to_string().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A leaf as text, a folder as its listing, or everything below as JSON.
fn show(found: &Value, path: &str, request: &Request) -> Response {
    let leaf = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if is_true(request, "recursive") && (found.is_object() || found.is_array()) {
        let keep = ["attributes", "service-accounts"].contains(&leaf);
        return respond(in_camel_case(found, keep).to_string(), "application/json");
    }
    match found {
        Value::Array(_) if leaf == "tags" => respond(found.to_string(), "application/json"),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            respond(items.iter().map(|item| plain(item) + "\n").collect::<String>(), TEXT)
        }
        Value::Array(_) | Value::Object(_) if !path.ends_with('/') => {
            Response::text(301, "").with("Location", format!("{}/", request.path()))
        }
        Value::Array(items) => respond((0..items.len()).map(|index| format!("{index}/\n")).collect::<String>(), TEXT),
        Value::Object(entries) => respond(listing(entries), TEXT),
        leaf => respond(plain(leaf), TEXT),
    }
}

const TEXT: &str = "application/text";

fn respond(body: String, kind: &str) -> Response {
    Response::text(200, body)
        .with("Content-Type", kind)
        .with("Metadata-Flavor", "Google")
        .with("Server", "Metadata Server for VM")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn listing(entries: &Map<String, Value>) -> String {
    let folder =
        |value: &Value| value.is_object() || value.as_array().is_some_and(|items| items.iter().any(Value::is_object));
    entries.iter().map(|(key, value)| format!("{key}{}\n", if folder(value) { "/" } else { "" })).collect()
}

/// `?recursive=true` spells `network-interfaces` as `networkInterfaces`; attributes and accounts keep their names.
fn in_camel_case(value: &Value, keep: bool) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| in_camel_case(item, false)).collect(),
        Value::Object(entries) => {
            let below = |key: &String| ["attributes", "service-accounts"].contains(&key.as_str());
            let entry = |(key, value): (&String, &Value)| {
                (if keep { key.clone() } else { camel(key) }, in_camel_case(value, below(key)))
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        leaf => leaf.clone(),
    }
}

fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        name + &head.to_uppercase() + tail
    })
}
