//! Reserved addresses, and the addresses that instances request.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, Request, case, case_after, machine, post, with},
};

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(&rules::ADDRESS_EXTERNAL, post("regions/us-east1/addresses", json!({"name": "ip", "address": "34.1.2.3"}))),
        case(&rules::ADDRESS_TYPE, address(json!({"addressType": "INTERNAL"}))),
        case(&rules::ADDRESS_TYPE, address(json!({"subnetwork": "regions/us-east1/subnetworks/nodes"}))),
        case(&rules::ADDRESS_TYPE, address(json!({"addressType": "SECRET"}))),
        case(&rules::ADDRESS_RANGE, internal("10.0.16.5")),
        case(&rules::ADDRESS_RANGE, with_address("10.4.0.7")),
        case(&rules::ADDRESS_RESERVED, internal("10.0.0.1")),
        case(&rules::ADDRESS_RESERVED, internal("10.0.15.254")),
        case(&rules::ADDRESS_RESERVED, with_address("10.0.0.0")),
        // The fixture's instance has the first usable address.
        case(&rules::ADDRESS_IN_USE, with_address("10.0.0.2")),
        // An address in use can be reserved once.
        case_after(&rules::ADDRESS_IN_USE, internal("10.0.0.2"), post("regions/us-east1/addresses", body("10.0.0.2", "second"))),
        case_after(&rules::ADDRESS_IN_USE, internal("10.0.0.9"), post("regions/us-east1/addresses", body("10.0.0.9", "second"))),
        Case {
            rule: &rules::ADDRESS_IN_USE,
            requests: vec![
                address(json!({})),
                with_external("b", "10.4.1.0/24"),
                with_external("c", "10.4.2.0/24"),
            ],
        },
        case(
            &rules::PLACE,
            post("regions/us-west1/addresses", json!({"name": "a", "addressType": "INTERNAL", "subnetwork": "regions/us-east1/subnetworks/nodes"})),
        ),
    ]
}

fn address(mut body: Value) -> Request {
    body["name"] = "a".into();
    post("regions/us-east1/addresses", body)
}

fn body(ip: &str, name: &str) -> Value {
    json!({"name": name, "addressType": "INTERNAL", "subnetwork": "regions/us-east1/subnetworks/nodes", "address": ip})
}

fn internal(ip: &str) -> Request {
    post("regions/us-east1/addresses", body(ip, "first"))
}

fn with_address(ip: &str) -> Request {
    post("zones/us-east1-b/instances", with(machine("b", "10.4.1.0/24"), "/networkInterfaces/0/networkIP", ip.into()))
}

fn with_external(name: &str, block: &str) -> Request {
    let body = with(machine(name, block), "/networkInterfaces/0/accessConfigs", json!([{"natIP": "34.126.0.1"}]));
    post("zones/us-east1-b/instances", body)
}
