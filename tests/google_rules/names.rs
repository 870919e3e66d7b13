//! Names, locations, references, and rules for all collections.

use serde_json::json;

use crate::{
    google::rules,
    requests::{Case, case, case_after, delete, machine, patch, post, subnetwork, with},
};

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let network = || json!({"name": "net", "autoCreateSubnetworks": false});
    let machines = "zones/us-east1-b/instances";
    vec![
        case(&rules::UNKNOWN_METHOD, post("global/networks/net/frobnicate", json!({}))),
        case(&rules::UNKNOWN_METHOD, post("/weather/v1/forecasts", json!({}))),
        case(&rules::NOT_FOUND, delete("global/networks/none")),
        case(&rules::TAKEN_NAME, post("global/networks", network())),
        // A kept disk outlives its instance, and its name stays in use.
        Case {
            rule: &rules::TAKEN_NAME,
            requests: vec![
                post(machines, with(machine("kept", "10.4.1.0/24"), "/disks/0/autoDelete", json!(false))),
                delete("zones/us-east1-b/instances/kept"),
                post(machines, machine("kept", "10.4.1.0/24")),
            ],
        },
        case(&rules::LABELS, post(machines, with(machine("b", "10.4.1.0/24"), "/labels", json!({"Team": "a"})))),
        case(&rules::LABELS, post(machines, with(machine("b", "10.4.1.0/24"), "/labels", json!({"team": "a b"})))),
        case(&rules::FINGERPRINT, patch("regions/us-east1/subnetworks/nodes", json!({"fingerprint": "AAAA"}))),
        case(&rules::FINGERPRINT, patch("regions/us-east1/subnetworks/nodes", json!({}))),
        case(&rules::FINGERPRINT, post("zones/us-east1-b/instances/a/setMetadata", json!({"items": []}))),
        case(&rules::FINGERPRINT, post("zones/us-east1-b/instances/a/setLabels", json!({"labels": {}}))),
        case(&rules::PROJECT, post("/compute/v1/projects/Test/global/networks", network())),
        case(&rules::REGION, post("regions/us-east9/subnetworks", subnetwork("b", "10.1.0.0/20"))),
        case(&rules::ZONE, post("zones/us-east1-a/instances", machine("b", "10.4.1.0/24"))),
        case(&rules::NAME, post("global/networks", json!({"name": "Net"}))),
        case(&rules::NAME, post("global/networks", json!({"name": "net-"}))),
        case(&rules::NAME, post("global/networks", json!({"name": "a".repeat(64)}))),
        case(
            &rules::REFERENCE,
            post("regions/us-east1/subnetworks", with(subnetwork("b", "10.1.0.0/20"), "/network", json!("global/networks/none"))),
        ),
        case(&rules::REFERENCE, post("regions/us-east1/subnetworks", with(subnetwork("b", "10.1.0.0/20"), "/network", json!("net")))),
        case(
            &rules::PLACE,
            post(
                "zones/europe-west1-b/instances",
                with(machine("b", "10.4.1.0/24"), "/machineType", json!("zones/europe-west1-b/machineTypes/n2-standard-2")),
            ),
        ),
        case(&rules::IMMUTABLE, patch("global/networks/net", json!({"autoCreateSubnetworks": true}))),
        case_after(
            &rules::IMMUTABLE,
            post("global/firewalls", json!({"name": "f", "network": "global/networks/net", "allowed": [{"IPProtocol": "tcp"}]})),
            patch("global/firewalls/f", json!({"direction": "EGRESS"})),
        ),
        case(&rules::IN_USE_BY, delete("global/networks/net")),
        case(&rules::IN_USE_BY, delete("regions/us-east1/subnetworks/nodes")),
    ]
}
