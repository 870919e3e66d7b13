use serde::Serialize;

use crate::model::{Allow, Cluster, Derived, FirewallRule};
use crate::net::Cidr;

/// Source ranges of Google's health checks for passthrough load balancers; the first two are those of internal ones
/// (cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges).
const HEALTH_CHECKS: [Cidr; 4] = [
    Cidr::literal(35, 191, 0, 0, 16),
    Cidr::literal(130, 211, 0, 0, 22),
    Cidr::literal(209, 85, 152, 0, 22),
    Cidr::literal(209, 85, 204, 0, 22),
];

/// All firewall rules: vpcgen's own, then those of the description.
#[derive(Debug, Clone, Serialize)]
pub struct Firewall {
    /// Traffic between nodes and pods.
    pub internal: BuiltInRule,
    /// SSH from outside the VPC; `None` if it is not allowed.
    pub ssh: Option<BuiltInRule>,
    /// Only Identity-Aware Proxy can reach port 22.
    pub ssh_from_iap_alone: bool,
    /// Access to the API server from outside the VPC; `None` if it is not allowed.
    pub api: Option<BuiltInRule>,
    /// Health checks of the API's load balancer; `None` if there is no load balancer.
    pub api_health_checks: Option<BuiltInRule>,
    /// Health checks of Services' load balancers.
    pub health_checks: BuiltInRule,
    /// The rules from the description.
    pub extra: Vec<Rule>,
}

/// One of vpcgen's own rules. The template contains its protocols and ports.
#[derive(Debug, Clone, Serialize)]
pub struct BuiltInRule {
    /// Its name.
    pub name: String,
    /// From where.
    pub source_ranges: Vec<Cidr>,
    /// Target tag; `None` if the rule applies to every machine in the VPC.
    pub target_tag: Option<String>,
}

/// A rule from the description.
#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    /// Terraform's label.
    pub label: String,
    /// Its name.
    pub name: String,
    /// From where.
    pub source_ranges: Vec<String>,
    /// What it allows.
    pub allow: Vec<Allow>,
}

pub(super) fn plan(cluster: &Cluster) -> Firewall {
    let derived = Derived(&cluster.name);
    let access = &cluster.access;
    let outside = |name: String, source_ranges: &[Cidr], target_tag: Option<String>| {
        (!source_ranges.is_empty()).then(|| BuiltInRule { name, source_ranges: source_ranges.to_vec(), target_tag })
    };
    Firewall {
        internal: BuiltInRule {
            name: derived.rule_internal(),
            source_ranges: vec![cluster.network.nodes, cluster.network.pods],
            target_tag: None,
        },
        ssh: outside(derived.rule_ssh(), &access.ssh, None),
        ssh_from_iap_alone: access.ssh_from_iap_alone(),
        api: outside(derived.rule_api(), &access.api, Some(derived.control_plane_tag())),
        api_health_checks: (cluster.control_plane.names.len() > 1).then(|| BuiltInRule {
            name: derived.rule_api_health_checks(),
            source_ranges: HEALTH_CHECKS[..2].to_vec(),
            target_tag: Some(derived.control_plane_tag()),
        }),
        health_checks: BuiltInRule {
            name: derived.rule_health_checks(),
            source_ranges: HEALTH_CHECKS.to_vec(),
            target_tag: Some(derived.node_tag()),
        },
        extra: cluster.firewall.iter().map(rule).collect(),
    }
}

fn rule(rule: &FirewallRule) -> Rule {
    Rule {
        label: rule.name.replace('-', "_"),
        name: rule.name.clone(),
        source_ranges: rule.from.clone(),
        allow: rule.allow.clone(),
    }
}
