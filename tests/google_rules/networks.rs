//! Networks and subnetworks.

use serde_json::{Value, json};

use crate::{
    google::{client::CURRENT, rules},
    requests::{Case, case, patch, post, subnetwork, with},
};

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let network = |field: &str, value: Value| post("global/networks", json!({"name": "n", field: value}));
    let range = |range: &str| post("regions/us-east1/subnetworks", subnetwork("b", range));
    let secondary = |ranges: Value| post("regions/us-east1/subnetworks", with(subnetwork("b", "10.1.0.0/20"), "/secondaryIpRanges", ranges));
    let many: Vec<Value> = (0..171).map(|i| json!({"rangeName": format!("r{i}"), "ipCidrRange": format!("10.6.{i}.0/24")})).collect();
    let logs = |logs: Value| post("regions/us-east1/subnetworks", with(subnetwork("b", "10.1.0.0/20"), "/logConfig", logs));
    vec![
        case(&rules::MTU, network("mtu", json!(9000))),
        case(&rules::MTU, network("mtu", json!(1299))),
        case(&rules::ROUTING_MODE, network("routingConfig", json!({"routingMode": "LOCAL"}))),
        case(&rules::CIDR, range("10.1.0.5/20")),
        case(&rules::CIDR, range("10.01.0.0/20")),
        case(&rules::CIDR, range("10.1.0.0")),
        case(&rules::CIDR, range("fd20::/64")),
        case(&rules::RANGE_SIZE, range("10.1.0.0/30")),
        case(&rules::RANGE_SIZE, secondary(json!([{"rangeName": "r", "ipCidrRange": "0.0.0.0/3"}]))),
        case(&rules::PROHIBITED, range("169.254.0.0/20")),
        case(&rules::PROHIBITED, range("199.36.153.0/24")),
        // Overlap with a primary range, with a secondary range, with another region, and within one request.
        case(&rules::OVERLAP, range("10.0.8.0/24")),
        case(&rules::OVERLAP, secondary(json!([{"rangeName": "r", "ipCidrRange": "10.4.128.0/20"}]))),
        case(&rules::OVERLAP, post("regions/us-west1/subnetworks", subnetwork("b", "10.0.0.0/8"))),
        case(&rules::OVERLAP, secondary(json!([{"rangeName": "r", "ipCidrRange": "10.1.4.0/24"}]))),
        case(
            &rules::RANGE_NAME,
            secondary(json!([{"rangeName": "r", "ipCidrRange": "10.6.0.0/20"}, {"rangeName": "r", "ipCidrRange": "10.7.0.0/20"}])),
        ),
        case(&rules::RANGE_NAME, secondary(json!([{"rangeName": "R", "ipCidrRange": "10.6.0.0/20"}]))),
        case(&rules::RANGE_COUNT, secondary(json!(many))),
        change(&rules::RANGE_FIXED, json!([{"rangeName": "pods", "ipCidrRange": "10.4.0.0/15"}])),
        change(&rules::RANGE_FIXED, json!([{"rangeName": "more", "ipCidrRange": "10.8.0.0/16"}])),
        change(&rules::RANGE_IN_USE, json!([])),
        case(&rules::RANGE_GROWS, post("regions/us-east1/subnetworks/nodes/expandIpCidrRange", json!({"ipCidrRange": "10.0.0.0/21"}))),
        case(&rules::IMMUTABLE, patch("regions/us-east1/subnetworks/nodes", json!({"fingerprint": CURRENT, "ipCidrRange": "10.0.0.0/19"}))),
        case(&rules::FLOW_LOGS, logs(json!({"enable": true, "flowSampling": 1.5}))),
        case(&rules::FLOW_LOGS, logs(json!({"enable": true, "aggregationInterval": "INTERVAL_1_HOUR"}))),
        // A range that only a NAT uses is also in use.
        Case {
            rule: &rules::RANGE_IN_USE,
            requests: vec![
                post(
                    "regions/us-east1/subnetworks",
                    with(subnetwork("b", "10.1.0.0/20"), "/secondaryIpRanges", json!([{"rangeName": "r", "ipCidrRange": "10.6.0.0/20"}])),
                ),
                post("regions/us-east1/routers", router_for("b", "r")),
                patch("regions/us-east1/subnetworks/b", json!({"fingerprint": CURRENT, "secondaryIpRanges": []})),
            ],
        },
    ]
}

fn router_for(subnetwork: &str, range: &str) -> Value {
    let source = json!({"name": format!("regions/us-east1/subnetworks/{subnetwork}"), "sourceIpRangesToNat": ["LIST_OF_SECONDARY_IP_RANGES"], "secondaryIpRangeNames": [range]});
    json!({"name": "r", "network": "global/networks/net", "nats": [{"name": "n", "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS", "subnetworks": [source]}]})
}

/// Changes the secondary ranges of an existing subnetwork.
fn change(rule: &'static rules::Rule, ranges: Value) -> Case {
    case(
        rule,
        patch("regions/us-east1/subnetworks/nodes", json!({"fingerprint": CURRENT, "secondaryIpRanges": ranges})),
    )
}
