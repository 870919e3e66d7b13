//! Routers and Cloud NAT.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, Request, case, case_after, post, subnetwork},
};

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let all = json!({"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES", "subnetworks": null});
    let source = |source: Value| nat("r", json!({"subnetworks": [source]}));
    vec![
        case(&rules::ROUTER_ASN, post("regions/us-east1/routers", json!({"name": "r", "network": "global/networks/net", "bgp": {"asn": 1}}))),
        case(&rules::NAT_ADDRESSES, nat("r", json!({"natIpAllocateOption": "MANUAL_ONLY"}))),
        case(&rules::NAT_ADDRESSES, nat("r", json!({"natIps": ["regions/us-east1/addresses/a"]}))),
        case_after(
            &rules::NAT_ADDRESSES,
            post("regions/us-east1/addresses", json!({"name": "a", "addressType": "INTERNAL", "subnetwork": "regions/us-east1/subnetworks/nodes"})),
            nat("r", json!({"natIpAllocateOption": "MANUAL_ONLY", "natIps": ["regions/us-east1/addresses/a"]})),
        ),
        case(&rules::NAT_RANGES, nat("r", json!({"subnetworks": null}))),
        case(&rules::NAT_RANGES, nat("r", json!({"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}))),
        case(&rules::NAT_RANGES, nat("r", json!({"sourceSubnetworkIpRangesToNat": "EVERYTHING"}))),
        case(
            &rules::NAT_RANGES,
            source(json!({"name": "regions/us-east1/subnetworks/nodes", "sourceIpRangesToNat": ["ALL_IP_RANGES", "PRIMARY_IP_RANGE"]})),
        ),
        case(
            &rules::NAT_RANGES,
            source(json!({"name": "regions/us-east1/subnetworks/nodes", "sourceIpRangesToNat": ["LIST_OF_SECONDARY_IP_RANGES"]})),
        ),
        case(
            &rules::NAT_RANGES,
            source(json!({
                "name": "regions/us-east1/subnetworks/nodes",
                "sourceIpRangesToNat": ["LIST_OF_SECONDARY_IP_RANGES"],
                "secondaryIpRangeNames": ["none"],
            })),
        ),
        case_after(
            &rules::NAT_RANGES,
            post("regions/us-west1/subnetworks", subnetwork("west", "10.9.0.0/20")),
            source(json!({"name": "regions/us-west1/subnetworks/west", "sourceIpRangesToNat": ["ALL_IP_RANGES"]})),
        ),
        case_after(&rules::NAT_OVERLAP, nat("one", json!({})), nat("two", json!({}))),
        case_after(&rules::NAT_OVERLAP, nat("one", json!({})), nat("two", all)),
        case(&rules::NAT_PORTS, nat("r", json!({"maxPortsPerVm": 4096}))),
        case(&rules::NAT_PORTS, nat("r", json!({"enableDynamicPortAllocation": true, "minPortsPerVm": 100}))),
        case(&rules::NAT_PORTS, nat("r", json!({"enableDynamicPortAllocation": true, "minPortsPerVm": 128, "maxPortsPerVm": 64}))),
        case(&rules::NAT_PORTS, nat("r", json!({"enableDynamicPortAllocation": true, "enableEndpointIndependentMapping": true}))),
    ]
}

/// A router with one NAT for all ranges of the subnetwork, with some fields replaced.
fn nat(router: &str, other: Value) -> Request {
    let mut nat = json!({
        "name": "nat",
        "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
        "subnetworks": [{"name": "regions/us-east1/subnetworks/nodes", "sourceIpRangesToNat": ["ALL_IP_RANGES"]}],
    });
    for (field, value) in other.as_object().into_iter().flatten() {
        nat[field] = value.clone();
    }
    post("regions/us-east1/routers", json!({"name": router, "network": "global/networks/net", "nats": [nat]}))
}
