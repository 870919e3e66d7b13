use serde::Deserialize;

use super::NotYet;
use crate::source::Spanned;

/// The VPC, its ranges and its way out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a mapping that describes the network")]
pub struct Network {
    /// The VPC's name. Default: `<name>-vpc`.
    pub name: Option<Spanned<String>>,
    /// The subnet's name. Default: `<name>-<region>`.
    pub subnet: Option<Spanned<String>>,
    /// Largest packet in bytes, 1300 to 8896. Default: 1460.
    pub mtu: Option<Spanned<u32>>,
    /// Dynamic routing of the VPC. Default: regional.
    pub routing: Option<Routing>,
    /// Primary range of the subnet: the machines' addresses.
    pub nodes: Option<Spanned<String>>,
    /// Secondary range `<subnet>-pod`: one block for each node.
    pub pods: Option<Spanned<String>>,
    /// Secondary range `<subnet>-svc`: ClusterIPs.
    pub services: Option<Spanned<String>>,
    /// Ranges elsewhere (on-premises, peered VPCs) that must not overlap and are never masqueraded.
    pub peers: Option<Vec<Spanned<String>>>,
    /// Cloud NAT for machines without external address, pods included. Default: on when a machine is private.
    pub nat: Option<Spanned<bool>>,
    /// `can_ip_forward` on every machine. Default: true.
    pub ip_forward: Option<bool>,
    /// A VPC and subnet that exist.
    pub existing: Option<NotYet>,
}

/// Dynamic routing mode of a VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Routing {
    /// Cloud Routers learn routes for their own region.
    Regional,
    /// Cloud Routers learn routes for all regions.
    Global,
}
