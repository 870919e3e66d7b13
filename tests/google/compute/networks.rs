//! VPC networks.

use serde_json::Value;

use super::{Collection, Place, Within, no_action};
use crate::google::{
    World,
    json::{default, number},
    refusal::Refusal,
    rules,
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "networks",
    kind: "compute#network",
    within: Within::Global,
    check,
    fixed: &["autoCreateSubnetworks"],
    act: no_action,
};

fn check(_: &mut World, _: &Place, network: &mut Value) -> Result<(), Refusal> {
    default(network, "mtu", 1460);
    if !number(network, "mtu").is_some_and(|mtu| (1300..=8896).contains(&mtu)) {
        return Err(rules::MTU.field("resource.mtu", &network["mtu"], "Must be between 1300 and 8896 inclusive."));
    }
    default(network, "autoCreateSubnetworks", true);
    let routing = &mut network["routingConfig"];
    default(routing, "routingMode", "REGIONAL");
    if routing["routingMode"] != "REGIONAL" && routing["routingMode"] != "GLOBAL" {
        let field = "resource.routingConfig.routingMode";
        return Err(rules::ROUTING_MODE.field(field, &routing["routingMode"], "Must be REGIONAL or GLOBAL."));
    }
    default(routing, "bgpBestPathSelectionMode", "LEGACY");
    default(network, "networkFirewallPolicyEnforcementOrder", "AFTER_CLASSIC_FIREWALL");
    Ok(())
}
