use serde::Serialize;

use crate::model::{Allow, Cluster, Derived, FirewallRule};
use crate::net::Cidr;

/// Where Google's health checks of passthrough load balancers come from: the first two those of internal ones
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
    /// Nodes and pods among themselves.
    pub internal: Own,
    /// SSH from outside; `None`: from nowhere.
    pub ssh: Option<Own>,
    /// Identity-Aware Proxy's range is all that reaches port 22.
    pub ssh_from_iap_alone: bool,
    /// The API server from outside; `None`: from nowhere.
    pub api: Option<Own>,
    /// Health checks of the API's load balancer; `None`: there is none.
    pub api_health_checks: Option<Own>,
    /// Load balancers' health checks.
    pub health_checks: Own,
    /// The description's.
    pub extra: Vec<Rule>,
}

/// A rule whose protocols and ports are the template's text.
#[derive(Debug, Clone, Serialize)]
pub struct Own {
    /// Its name.
    pub name: String,
    /// From where.
    pub source_ranges: Vec<Cidr>,
    /// To the machines with this network tag; `None`: to all of the VPC.
    pub target_tag: Option<String>,
}

/// A rule of the description.
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
        (!source_ranges.is_empty()).then(|| Own { name, source_ranges: source_ranges.to_vec(), target_tag })
    };
    Firewall {
        internal: Own {
            name: derived.rule_internal(),
            source_ranges: vec![cluster.network.nodes, cluster.network.pods],
            target_tag: None,
        },
        ssh: outside(derived.rule_ssh(), &access.ssh, None),
        ssh_from_iap_alone: access.ssh_from_iap_alone(),
        api: outside(derived.rule_api(), &access.api, Some(derived.control_plane_tag())),
        api_health_checks: (cluster.control_plane.names.len() > 1).then(|| Own {
            name: derived.rule_api_health_checks(),
            source_ranges: HEALTH_CHECKS[..2].to_vec(),
            target_tag: Some(derived.control_plane_tag()),
        }),
        health_checks: Own {
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
