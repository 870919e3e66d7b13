//! Network interfaces and their alias ranges.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, case, case_after, machine_but, post, subnetwork, with},
};

/// Requests that the stand-in must reject.
pub(crate) fn cases() -> Vec<Case> {
    [interfaces(), aliases()].into_iter().flatten().collect()
}

#[rustfmt::skip]
fn interfaces() -> Vec<Case> {
    vec![
        case(&rules::NIC, machine_but("/networkInterfaces", json!([]))),
        case(&rules::NIC, machine_but("/networkInterfaces", json!([{"network": "global/networks/net"}]))),
        case(&rules::NIC, machine_but("/networkInterfaces", json!([nic(), nic()]))),
        case(&rules::NIC, machine_but("/networkInterfaces/0/accessConfigs", json!([{}, {}]))),
        case_after(
            &rules::NIC,
            post("global/networks", json!({"name": "other"})),
            machine_but("/networkInterfaces/0/network", json!("global/networks/other")),
        ),
        case(&rules::REFERENCE, machine_but("/networkInterfaces/0/accessConfigs", json!([{"natIP": "34.1.2.3"}]))),
    ]
}

fn nic() -> Value {
    json!({"subnetwork": "regions/us-east1/subnetworks/nodes"})
}

#[rustfmt::skip]
fn aliases() -> Vec<Case> {
    let aliases = |aliases: Value| machine_but("/networkInterfaces/0/aliasIpRanges", aliases);
    let alias = |range: &str, block: &str| aliases(json!([{"subnetworkRangeName": range, "ipCidrRange": block}]));
    let many: Vec<Value> = (0..151).map(|i| json!({"subnetworkRangeName": "pods", "ipCidrRange": format!("10.4.7.{i}")})).collect();
    let elsewhere = with(subnetwork("b", "10.1.0.0/20"), "/secondaryIpRanges", json!([{"rangeName": "others", "ipCidrRange": "10.6.0.0/16"}]));
    vec![
        case(&rules::ALIAS_RANGE, alias("none", "10.4.1.0/24")),
        // The range exists, but in a different subnetwork from the interface's.
        case_after(&rules::ALIAS_RANGE, post("regions/us-east1/subnetworks", elsewhere), alias("others", "10.6.0.0/24")),
        case(&rules::ALIAS_INSIDE, alias("pods", "10.5.0.0/24")),
        case(&rules::ALIAS_INSIDE, alias("pods", "10.4.0.0/15")),
        case(&rules::ALIAS_INSIDE, alias("pods", "/15")),
        case(&rules::CIDR, alias("pods", "10.4.1.7/24")),
        case(&rules::ALIAS_IN_USE, alias("pods", "10.4.0.0/24")),
        case(&rules::ALIAS_IN_USE, alias("pods", "10.4.0.128/25")),
        case(&rules::ALIAS_IN_USE, alias("pods", "10.4.0.0/23")),
        case(
            &rules::ALIAS_IN_USE,
            aliases(
                json!([{"subnetworkRangeName": "pods", "ipCidrRange": "10.4.1.0/24"}, {"subnetworkRangeName": "pods", "ipCidrRange": "10.4.1.9"}]),
            ),
        ),
        case(&rules::ALIAS_EXHAUSTED, alias("pods", "/16")),
        case(&rules::ALIAS_COUNT, aliases(json!(many))),
    ]
}
