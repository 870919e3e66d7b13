//! Calls from instances, with the roles of their service accounts.

use serde_json::{Value, json};

use crate::{
    client::Client,
    google::rules,
    requests::{Case, MACHINES, Request, machine, post, request, with},
};

const WORKER: &str = "worker@test-project.iam.gserviceaccount.com";
const SECRETS: &str = "/secretmanager/v1/projects/test-project/secrets";

/// An instance `b` with the service account `worker` and the given scope.
fn worker(scope: &str) -> Request {
    let accounts = json!([{"email": WORKER, "scopes": [format!("https://www.googleapis.com/auth/{scope}")]}]);
    post(MACHINES, with(machine("b", "10.4.1.0/24"), "/serviceAccounts", accounts))
}

fn secret() -> Request {
    post(&format!("{SECRETS}?secretId=s"), json!({"replication": {"automatic": {}}}))
}

fn add_version(payload: &str) -> Request {
    post(&format!("{SECRETS}/s:addVersion"), json!({"payload": {"data": payload}}))
}

fn version(version: &str, verb: &str) -> Request {
    let method = if verb == "access" { "GET" } else { "POST" };
    request(method, &format!("{SECRETS}/s/versions/{version}:{verb}"), Value::Null)
}

fn binding(path: &str, role: &str) -> Request {
    let binding = json!({"role": role, "members": [format!("serviceAccount:{WORKER}")]});
    post(&format!("{path}:setIamPolicy"), json!({"policy": {"bindings": [binding]}}))
}

fn secret_role(role: &str) -> Request {
    binding(&format!("{SECRETS}/s"), role)
}

fn project_role(role: &str) -> Request {
    binding("/cloudresourcemanager/v1/projects/test-project", role)
}

fn instance(method: &'static str) -> Request {
    request(method, &format!("{MACHINES}/a"), Value::Null)
}

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let scope = "cloud-platform";
    let after = |rule, requests| Case { rule, requests };
    let firewall = || post("global/firewalls", json!({"name": "f", "network": "global/networks/net", "allowed": [{"IPProtocol": "tcp"}]}));
    vec![
        // A missing instance, or one without a service account.
        after(&rules::TOKEN, vec![instance("GET").by("none")]),
        after(&rules::TOKEN, vec![instance("GET").by("a")]),
        after(&rules::INSUFFICIENT_SCOPES, vec![secret(), worker("compute"), version("latest", "access").by("b")]),
        after(&rules::INSUFFICIENT_SCOPES, vec![worker("devstorage.read_only"), instance("GET").by("b")]),
        // Roles on the secret permit nothing more than what they contain.
        after(&rules::FORBIDDEN, vec![secret(), add_version("YQ=="), worker(scope), version("latest", "access").by("b")]),
        after(&rules::FORBIDDEN, vec![secret(), worker(scope), secret_role("roles/secretmanager.secretAccessor"), add_version("YQ==").by("b")]),
        after(&rules::FORBIDDEN, vec![secret(), worker(scope), secret_role("roles/secretmanager.secretVersionAdder"), add_version("YQ==").by("b"), version("1", "destroy").by("b")]),
        // Project roles.
        after(&rules::FORBIDDEN, vec![worker(scope), instance("GET").by("b")]),
        after(&rules::FORBIDDEN, vec![worker(scope), project_role("roles/compute.viewer"), instance("GET").by("b"), instance("DELETE").by("b")]),
        // The load balancer role does not permit firewall rules, which also need a permission on the network.
        after(&rules::FORBIDDEN, vec![worker(scope), project_role("roles/compute.loadBalancerAdmin"), firewall().by("b")]),
        after(&rules::FORBIDDEN, vec![worker(scope), project_role("roles/owner"), request("GET", "/dns/v1/projects/test-project/managedZones/z", Value::Null).by("b")]),
        after(&rules::VERSION_STATE, vec![secret(), add_version("YQ=="), version("1", "disable"), version("latest", "access")]),
        after(&rules::VERSION_STATE, vec![secret(), add_version("YQ=="), version("1", "destroy"), version("1", "enable")]),
        after(&rules::PAYLOAD, vec![secret(), add_version("YQ")]),
    ]
}

/// A control plane publishes join data in the secret, and a node reads them.
#[test]
fn a_node_reads_the_join_data_that_a_control_plane_published() {
    let client = Client::new();
    client.grant(&secret());
    client.grant(&worker("cloud-platform"));
    let roles = ["secretVersionManager", "secretAccessor"].map(
        |role| json!({"role": format!("roles/secretmanager.{role}"), "members": [format!("serviceAccount:{WORKER}")]}),
    );
    client.grant(&post(&format!("{SECRETS}/s:setIamPolicy"), json!({"policy": {"bindings": roles}})));
    assert_eq!(client.send(&version("latest", "access").by("b")).0, 404, "the secret has no version yet");
    for payload in ["b2xk", "bmV3"] {
        client.grant(&add_version(payload).by("b"));
    }
    let list = request("GET", &format!("{SECRETS}/s/versions?pageSize=100"), Value::Null).by("b");
    let versions = client.grant(&list);
    let numbers: Vec<_> = versions["versions"].as_array().unwrap().iter().map(|version| &version["name"]).collect();
    let name = |number| format!("projects/247839977271/secrets/s/versions/{number}");
    assert_eq!(numbers, [&name(2), &name(1)], "the newest version comes first");
    assert!(versions["versions"][0]["data"].is_null(), "a list contains no payloads");
    client.grant(&version("1", "destroy").by("b"));
    assert_eq!(client.grant(&version("latest", "access").by("b"))["payload"]["data"], "bmV3");
    // Google's own links contain the project number.
    let by_number = request("GET", &format!("/secretmanager/v1/{}", name(2)), Value::Null);
    assert_eq!(client.grant(&by_number)["state"], "ENABLED");
}

/// The default service account is an editor of its project without a binding, but cannot read a secret without one.
#[test]
fn the_default_account_is_an_editor() {
    let client = Client::new();
    client.grant(&secret());
    client.grant(&add_version("b2xk"));
    let accounts = json!([{"email": "247839977271-compute@developer.gserviceaccount.com",
        "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}]);
    client.grant(&post(MACHINES, with(machine("b", "10.4.1.0/24"), "/serviceAccounts", accounts)));
    client.grant(&instance("GET").by("b"));
    assert_eq!(client.send(&version("latest", "access").by("b")).0, 403);
}

/// The permissions in the rendered custom role of a control plane.
fn permissions() -> Vec<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples/minimal/iam.tf");
    let text = std::fs::read_to_string(path).unwrap();
    let found = text.split('"').filter(|word| word.starts_with("compute.") && !word.contains(' '));
    found.map(str::to_owned).collect()
}

/// The control plane's custom role is sufficient for the cloud-controller-manager, and permits neither machines nor other services.
#[test]
fn the_custom_role_is_enough_to_create_a_load_balancer() {
    let client = Client::new();
    client.grant(&worker("cloud-platform"));
    let role = json!({"title": "kub: control plane", "includedPermissions": permissions()});
    client.grant(&post("/iam/v1/projects/test-project/roles", json!({"roleId": "kub_control_plane", "role": role})));
    let member = format!("serviceAccount:{WORKER}");
    let binding = json!({"role": "projects/test-project/roles/kub_control_plane", "members": [member]});
    let policy = json!({"policy": {"bindings": [binding]}});
    for forbidden in [instance("DELETE"), request("GET", &format!("{SECRETS}/s"), Value::Null)] {
        assert_eq!(client.send(&forbidden.by("b")).0, 403);
    }
    client.grant(&post("/cloudresourcemanager/v1/projects/test-project:setIamPolicy", policy));
    let region = "regions/us-east1";
    let members = json!({"instances": [{"instance": format!("{MACHINES}/a")}]});
    let pool =
        json!({"name": "svc", "healthChecks": ["global/httpHealthChecks/h"], "instances": [format!("{MACHINES}/a")]});
    let firewall = json!({"name": "f", "network": "global/networks/net", "allowed": [{"IPProtocol": "tcp"}]});
    let requests = [
        request("GET", "zones", Value::Null),
        instance("GET"),
        post(&format!("{region}/addresses"), json!({"name": "svc"})),
        post("global/httpHealthChecks", json!({"name": "h"})),
        post(&format!("{region}/targetPools"), pool),
        post(
            &format!("{region}/forwardingRules"),
            json!({"name": "svc", "portRange": "80", "target": format!("{region}/targetPools/svc")}),
        ),
        post("global/firewalls", firewall),
        post("zones/us-east1-b/instanceGroups", json!({"name": "g"})),
        post("zones/us-east1-b/instanceGroups/g/addInstances", members),
        // A global health check, as the cloud-controller-manager makes it for internal load balancers too.
        post("global/healthChecks", json!({"name": "h", "type": "HTTP", "httpHealthCheck": {"port": 10256}})),
        crate::load_balancers::service("s", &["g"], json!({"healthChecks": ["global/healthChecks/h"]})),
        crate::load_balancers::rule(json!({})),
    ];
    for request in requests {
        client.grant(&request.by("b"));
    }
}
