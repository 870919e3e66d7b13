//! What was asked for, resource by resource, in a form in which two clients can be compared.
//!
//! 1. Only requests that change something, and that were granted.
//! 2. A resource is named by its service and its path below the project; all that was sent for it is one body. The guide makes a
//!    subnetwork and adds its secondary ranges in two later steps; each of these is merged into the first request.
//! 3. Fingerprints and etags are dropped: they only say what a step has read.
//! 4. Links are paths (`projects/…`), whatever host they name.
//! 5. Null, `{}` and `[]` are dropped at any depth: to Google they are the same as nothing.
//! 6. A firewall rule's ports are one sorted list for each protocol, the protocols sorted: `tcp:22` and `tcp:80` mean the same in one entry and in two.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::google::{Request, json::list};

/// The body for each resource.
pub(crate) type Bodies = BTreeMap<String, Value>;

/// One request that changes something.
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Value,
    /// The name of a new resource, where the query says it.
    named: Option<String>,
}

/// The changing requests of the guide's commands, in order; `README.md` beside the file says how they were recorded.
pub(crate) fn requests_of_guide() -> Vec<Sent> {
    let recording: Value = serde_json::from_str(include_str!("requests.json")).expect("requests.json is JSON");
    let requests = list(&recording, "commands").iter().flat_map(|command| list(command, "requests"));
    let text = |request: &Value, key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let sent = requests.map(|request| Sent {
        method: text(request, "method"),
        path: text(request, "path"),
        body: request["body"].clone(),
        named: None,
    });
    sent.filter(|sent| sent.method != "GET").collect()
}

/// What the guide's commands ask for.
pub(crate) fn of_guide() -> Bodies {
    fold(requests_of_guide())
}

/// What was asked of the stand-in.
pub(crate) fn of_recording(requests: &[Request]) -> Bodies {
    let granted = requests.iter().filter(|request| request.writes() && request.refused.is_none());
    let sent = granted.map(|request| Sent {
        method: request.method.clone(),
        path: request.path.clone(),
        body: request.body.clone(),
        named: request.query.split('&').find_map(|pair| pair.strip_prefix("secretId=")).map(str::to_owned),
    });
    fold(sent.collect())
}

fn fold(requests: Vec<Sent>) -> Bodies {
    let mut bodies = Bodies::new();
    for sent in requests {
        let mut body = normal(&sent.body);
        group_ports(&mut body);
        let resource = resource(&sent, &body);
        match (bodies.entry(resource).or_insert_with(|| json!({})), body) {
            (Value::Object(whole), Value::Object(part)) => whole.extend(part),
            (whole, part) => *whole = part,
        }
    }
    bodies
}

/// `/compute/v1/projects/P/global/networks` and a body with a name → `compute/global/networks/NAME`.
fn resource(sent: &Sent, body: &Value) -> String {
    let parts: Vec<&str> = sent.path.split('/').filter(|part| !part.is_empty()).collect();
    let [service, _version, "projects", project, below @ ..] = parts.as_slice() else {
        return sent.path.clone();
    };
    if below.is_empty() {
        // A method of the project itself: `P:setIamPolicy`.
        return format!("{service}/{project}");
    }
    let mut resource = format!("{service}/{}", below.join("/"));
    let name = body["name"].as_str().or(body["accountId"].as_str()).or(sent.named.as_deref());
    if let (Some(name), "POST") = (name, sent.method.as_str()) {
        resource = format!("{resource}/{name}");
    }
    resource
}

fn normal(value: &Value) -> Value {
    let says_something = |value: &Value| !(value.is_null() || *value == json!({}) || *value == json!([]));
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(key, _)| !["fingerprint", "etag"].contains(&key.as_str()));
            let fields = fields.map(|(key, field)| (key.clone(), normal(field)));
            Value::Object(fields.filter(|(_, field)| says_something(field)).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(normal).filter(says_something).collect(),
        Value::String(text) => match text.split_once("/compute/v1/") {
            Some((host, path)) if host.starts_with("http") => path.into(),
            _ => text.as_str().into(),
        },
        other => other.clone(),
    }
}

fn group_ports(body: &mut Value) {
    let Some(allowed) = body["allowed"].as_array() else {
        body.as_object_mut().map(|fields| fields.remove("allowed"));
        return;
    };
    let mut protocols: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in allowed {
        let ports = protocols.entry(entry["IPProtocol"].as_str().unwrap_or_default().to_owned()).or_default();
        ports.extend(
            entry["ports"].as_array().into_iter().flatten().filter_map(|port| port.as_str().map(str::to_owned)),
        );
        ports.sort();
    }
    let entry = |(protocol, ports): (String, Vec<String>)| normal(&json!({"IPProtocol": protocol, "ports": ports}));
    body["allowed"] = protocols.into_iter().map(entry).collect();
}
