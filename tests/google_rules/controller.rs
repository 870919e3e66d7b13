//! The calls of the cloud-controller-manager in their usual order, and their effects.

use serde_json::{Value, json};

use crate::{
    client::Client,
    google::state::{LoadBalancer, Ports},
    health_checks::check,
    load_balancers::{rule, service},
    requests::{MACHINES, delete, machine, patch, post, request},
};

fn get(client: &Client, path: &str) -> Value {
    client.grant(&request("GET", path, Value::Null))
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().into_iter().flatten().filter_map(|item| item["name"].as_str()).collect()
}

fn only_balancer(client: &Client) -> LoadBalancer {
    client.google.state().load_balancers.first().expect("there is a load balancer").clone()
}

#[test]
fn finds_zones_and_instances() {
    let client = Client::new();
    let zones = get(&client, "zones?filter=region+eq+.%2A%2Fregions%2Fus-east1");
    assert_eq!(names(&zones), ["us-east1-b", "us-east1-c", "us-east1-d"]);
    client.grant(&post(MACHINES, machine("b", "10.4.1.0/24")));
    assert_eq!(names(&get(&client, &format!("{MACHINES}?filter=name+eq+b.%2A"))), ["b"]);
    assert_eq!(names(&get(&client, "zones/us-east1-c/instances")), [""; 0]);
    let first = get(&client, &format!("{MACHINES}?maxResults=1"));
    assert_eq!(names(&first), ["a"]);
    let token = first["nextPageToken"].as_str().expect("there is another page");
    assert_eq!(names(&get(&client, &format!("{MACHINES}?maxResults=1&pageToken={token}"))), ["b"]);
    // By its numeric id, which comes from the metadata server.
    let id = client.google.state().instance("a").map(|instance| instance.id).unwrap();
    assert_eq!(get(&client, &format!("{MACHINES}/{id}"))["name"], "a");
}

/// A Service of type LoadBalancer: an address is reserved, used, and released while the forwarding rule keeps it.
#[test]
fn creates_and_deletes_an_external_load_balancer() {
    let client = Client::new();
    let region = "regions/us-east1";
    client.grant(&post(&format!("{region}/addresses"), json!({"name": "svc", "addressType": "EXTERNAL"})));
    let address = get(&client, &format!("{region}/addresses/svc"))["address"].clone();
    client
        .grant(&post("global/httpHealthChecks", json!({"name": "k8s-node", "port": 10256, "requestPath": "/healthz"})));
    let pool = json!({"name": "svc", "healthChecks": ["global/httpHealthChecks/k8s-node"], "instances": [format!("{MACHINES}/a")]});
    client.grant(&post(&format!("{region}/targetPools"), pool));
    let rule = json!({"name": "svc", "IPAddress": address, "portRange": "80-80", "target": format!("{region}/targetPools/svc")});
    let operation = client.grant(&post(&format!("{region}/forwardingRules"), rule));
    // A bare address without a prefix length.
    let firewall = json!({"name": "k8s-fw-svc", "network": "global/networks/net", "allowed": [{"IPProtocol": "tcp", "ports": ["80"]}],
        "sourceRanges": ["0.0.0.0/0"], "destinationRanges": [address]});
    client.grant(&post("global/firewalls", firewall));
    let rules = client.google.state().firewalls;
    let rule = rules.iter().find(|rule| rule.name == "k8s-fw-svc").expect("the rule");
    assert_eq!(
        rule.destination_ranges.iter().map(|range| range.addr().to_string()).collect::<Vec<_>>(),
        [address.as_str().unwrap()]
    );
    let wait = format!("{region}/operations/{}/wait", operation["name"].as_str().unwrap());
    assert_eq!(client.grant(&post(&wait, json!({})))["status"], "DONE");
    assert_eq!(get(&client, &format!("{region}/addresses/svc"))["status"], "IN_USE");
    client.grant(&delete(&format!("{region}/addresses/svc")));
    // An update reserves the address again, by its value.
    let again = json!({"name": "svc", "addressType": "EXTERNAL", "address": address});
    client.grant(&post(&format!("{region}/addresses"), again));
    client.grant(&delete(&format!("{region}/addresses/svc")));

    let balancer = only_balancer(&client);
    assert_eq!((balancer.address.to_string().into(), balancer.internal), (address, false));
    assert_eq!(balancer.ports, Ports::These(vec![80..=80]));
    assert_eq!(balancer.backends, [format!("projects/test-project/{MACHINES}/a")]);
    let check = balancer.health_check.expect("the pool has one");
    assert_eq!((check.kind.as_str(), check.port, check.request_path.as_str()), ("HTTP", 10256, "/healthz"));

    // The target pool follows instances that are added and deleted.
    client.grant(&post(MACHINES, machine("b", "10.4.1.0/24")));
    let instance = |name: &str| json!({"instances": [{"instance": format!("{MACHINES}/{name}")}]});
    client.grant(&post(&format!("{region}/targetPools/svc/addInstance"), instance("b")));
    client.grant(&delete(&format!("{MACHINES}/a")));
    assert_eq!(only_balancer(&client).backends, [format!("projects/test-project/{MACHINES}/b")]);
    client.grant(&post(&format!("{region}/targetPools/svc/removeInstance"), instance("b")));
    assert!(only_balancer(&client).backends.is_empty());

    for path in ["forwardingRules/svc", "targetPools/svc"] {
        client.grant(&delete(&format!("{region}/{path}")));
    }
    client.grant(&delete("global/httpHealthChecks/k8s-node"));
    assert!(client.google.state().load_balancers.is_empty());
}

#[test]
fn an_internal_load_balancer_follows_its_instance_group() {
    let client = Client::new();
    let group = "zones/us-east1-b/instanceGroups/g";
    client.grant(&post("zones/us-east1-b/instanceGroups", json!({"name": "g"})));
    let member = json!({"instances": [{"instance": format!("{MACHINES}/a")}]});
    client.grant(&post(&format!("{group}/addInstances"), member.clone()));
    assert_eq!(get(&client, group)["size"], 1);
    client.grant(&check(json!({})));
    client.grant(&service("s", &["g"], json!({})));
    client.grant(&rule(json!({})));

    let balancer = only_balancer(&client);
    assert!(balancer.internal && !balancer.global_access);
    // The fixture's instance has the first address.
    assert_eq!(balancer.address.to_string(), "10.0.0.3");
    assert_eq!(balancer.backends, [format!("projects/test-project/{MACHINES}/a")]);
    let probe = balancer.health_check.expect("the backend service has one");
    assert_eq!((probe.kind.as_str(), probe.port, probe.request_path.as_str()), ("HTTPS", 6443, "/readyz"));
    assert_eq!((probe.interval_seconds, probe.unhealthy_threshold), (5, 2));

    let listed = client.grant(&post(&format!("{group}/listInstances"), json!({"instanceState": "ALL"})));
    assert_eq!(listed["items"][0]["status"], "RUNNING");
    client.grant(&post(&format!("{group}/removeInstances"), member.clone()));
    assert!(only_balancer(&client).backends.is_empty());
    client.grant(&post(&format!("{group}/addInstances"), member));
    client.grant(&patch("regions/us-east1/forwardingRules/r", json!({"allowGlobalAccess": true})));
    assert!(only_balancer(&client).global_access);
    // A deleted instance leaves its group.
    client.grant(&delete(&format!("{MACHINES}/a")));
    assert!(only_balancer(&client).backends.is_empty());
    assert_eq!(get(&client, group)["size"], 0);
}
