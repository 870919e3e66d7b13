use schemars::JsonSchema;
use serde::Deserialize;

use super::grammar::{Name, Range};
use super::not_yet::NotYet;
use crate::source::Spanned;

/// The VPC, its ranges and its way out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping that describes the network")]
pub struct Network {
    /// The VPC's name. Default: `<name>-vpc`.
    #[schemars(with = "Name")]
    pub name: Option<Spanned<String>>,
    /// The subnet's name. Default: `<name>-<region>`.
    #[schemars(with = "Name")]
    pub subnet: Option<Spanned<String>>,
    /// Largest packet in bytes, 1300 to 8896. Default: 1460.
    #[schemars(range(min = 1300, max = 8896), extend("default" = 1460))]
    pub mtu: Option<Spanned<i64>>,
    /// Dynamic routing of the VPC. Default: regional.
    #[schemars(extend("default" = "regional"))]
    pub routing: Option<Routing>,
    /// Primary range of the subnet: the machines' addresses.
    #[schemars(with = "Range", extend("default" = "10.0.0.0/20"))]
    pub nodes: Option<Spanned<String>>,
    /// Secondary range `<subnet>-pod`: one block for each node.
    #[schemars(with = "Range", extend("default" = "10.4.0.0/14"))]
    pub pods: Option<Spanned<String>>,
    /// Secondary range `<subnet>-svc`: ClusterIPs.
    #[schemars(with = "Range", extend("default" = "10.8.0.0/20"))]
    pub services: Option<Spanned<String>>,
    /// Ranges elsewhere (on-premises, peered VPCs). They must not overlap the cluster's, and pods keep their own addresses on the
    /// way there. This opens no port: `access` and `firewall` do.
    #[schemars(with = "Vec<Range>")]
    pub peers: Option<Vec<Spanned<String>>>,
    /// Cloud NAT for machines without external address, pods included. Default: on when a machine is private.
    pub nat: Option<Spanned<bool>>,
    /// `can_ip_forward` on every machine. Alias traffic does not need it; `false` makes Google drop what a machine sends from foreign
    /// addresses. Default: true.
    #[schemars(extend("default" = true))]
    pub ip_forward: Option<bool>,
    /// Whether NetworkPolicy objects are enforced, by an agent on each machine. Default: false.
    #[schemars(extend("default" = false))]
    pub policy: Option<bool>,
    /// A VPC and subnet that exist.
    #[schemars(skip)]
    pub existing: Option<NotYet>,
}

/// Dynamic routing mode of a VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Routing {
    /// Cloud Routers learn routes for their own region.
    Regional,
    /// Cloud Routers learn routes for all regions.
    Global,
}
