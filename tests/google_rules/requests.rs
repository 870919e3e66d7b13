//! Shorthand for requests: valid ones, and ones with a single error.

use serde_json::{Value, json};

use crate::google::rules::Rule;

const COMPUTE: &str = "/compute/v1/projects/test-project/";

/// A request to send.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Value,
    /// The instance that sends it to the API's own host name; `None` for the project owner.
    pub(crate) instance: Option<&'static str>,
}

impl Request {
    /// The same request, sent by an instance.
    pub(crate) fn by(mut self, instance: &'static str) -> Request {
        self.instance = Some(instance);
        self
    }
}

/// A rule and a sequence of requests, the last of which violates it. All requests before it must succeed.
pub(crate) struct Case {
    pub(crate) rule: &'static Rule,
    pub(crate) requests: Vec<Request>,
}

/// A case with a single request.
pub(crate) fn case(rule: &'static Rule, request: Request) -> Case {
    Case { rule, requests: vec![request] }
}

/// A case whose request needs another resource first.
pub(crate) fn case_after(rule: &'static Rule, first: Request, then: Request) -> Case {
    Case { rule, requests: vec![first, then] }
}

/// A request. A path with a leading slash includes the service; any other path is relative to the project in Compute Engine.
pub(crate) fn request(method: &'static str, path: &str, body: Value) -> Request {
    let path = if path.starts_with('/') { path.to_owned() } else { format!("{COMPUTE}{path}") };
    Request { method, path, body, instance: None }
}

/// Creates a resource or calls a custom method.
pub(crate) fn post(path: &str, body: Value) -> Request {
    request("POST", path, body)
}

/// Changes a resource.
pub(crate) fn patch(path: &str, body: Value) -> Request {
    request("PATCH", path, body)
}

/// Deletes a resource.
pub(crate) fn delete(path: &str) -> Request {
    request("DELETE", path, Value::Null)
}

/// A valid instance with an alias range from the pod range.
pub(crate) fn machine(name: &str, block: &str) -> Value {
    json!({
        "name": name,
        "machineType": "zones/us-east1-b/machineTypes/n2-standard-2",
        "disks": [{"boot": true, "autoDelete": true, "initializeParams": {
            "diskSizeGb": "20",
            "sourceImage": "projects/debian-cloud/global/images/family/debian-13",
        }}],
        "networkInterfaces": [{
            "subnetwork": "regions/us-east1/subnetworks/nodes",
            "aliasIpRanges": [{"subnetworkRangeName": "pods", "ipCidrRange": block}],
        }],
    })
}

/// A valid subnetwork of the network.
pub(crate) fn subnetwork(name: &str, range: &str) -> Value {
    json!({"name": name, "network": "global/networks/net", "ipCidrRange": range})
}

/// Replaces one value, identified by its JSON Pointer (RFC 6901).
pub(crate) fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a JSON Pointer starts with a slash");
    let parent = body.pointer_mut(parent).expect("the parent exists");
    match parent.as_array_mut().filter(|items| key.parse() == Ok(items.len())) {
        Some(items) => items.push(value),
        None => parent[key] = value,
    }
    body
}

/// Adds or replaces fields.
pub(crate) fn with_all(mut body: Value, fields: &Value) -> Value {
    for (field, value) in fields.as_object().into_iter().flatten() {
        body[field] = value.clone();
    }
    body
}

/// The collection that contains the fixture's instances.
pub(crate) const MACHINES: &str = "zones/us-east1-b/instances";

/// A valid instance with one value replaced.
pub(crate) fn machine_but(pointer: &str, value: Value) -> Request {
    post(MACHINES, with(machine("b", "10.4.1.0/24"), pointer, value))
}

/// The link to a machine type.
pub(crate) fn machine_type(name: &str) -> Value {
    format!("zones/us-east1-b/machineTypes/{name}").into()
}
