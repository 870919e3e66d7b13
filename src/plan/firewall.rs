use crate::model::{Allow, Cluster, Derived, FirewallRule, RuleTarget};
use crate::net::Cidr;

/// Source ranges of Google's health checks for passthrough load balancers; the first two are those of internal ones
/// (cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges).
pub(crate) const HEALTH_CHECKS: [Cidr; 4] = [
    Cidr::literal(35, 191, 0, 0, 16),
    Cidr::literal(130, 211, 0, 0, 22),
    Cidr::literal(209, 85, 152, 0, 22),
    Cidr::literal(209, 85, 204, 0, 22),
];

/// The ports of etcd, and of the controller-manager and the scheduler, which need no visitors either.
const ETCD: &str = "2379-2381";
const CONTROLLERS: [&str; 2] = ["10257", "10259"];

/// All firewall rules: vpcgen's own, then those of the description.
#[derive(Debug, Clone)]
pub struct Firewall {
    /// Traffic between the cluster's machines and pods.
    pub internal: BuiltInRule,
    /// Pods cannot reach sshd of any machine.
    pub deny_ssh: BuiltInRule,
    /// Pods and nodes cannot reach etcd.
    pub deny_etcd: BuiltInRule,
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

/// One of vpcgen's own rules.
#[derive(Debug, Clone)]
pub struct BuiltInRule {
    /// Its name.
    pub name: String,
    /// From where.
    pub source_ranges: Vec<Cidr>,
    /// From the machines with these tags too, but not from their pods: tags stand for primary addresses. `None`: the rule goes by range
    /// alone.
    pub source_tags: Option<Vec<String>>,
    /// To these addresses of the targets only; empty: to all.
    pub destination_ranges: Vec<Cidr>,
    /// To the machines with these tags.
    pub target_tags: Vec<String>,
    /// TCP ports; empty: every protocol.
    pub ports: Vec<&'static str>,
}

/// A rule from the description.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Terraform's label.
    pub label: String,
    /// Its name.
    pub name: String,
    /// From where.
    pub source_ranges: Vec<String>,
    /// The tags of the machines that it applies to; empty: every machine in the VPC.
    pub target_tags: Vec<String>,
    /// What it allows.
    pub allow: Vec<Allow>,
}

pub(super) fn plan(cluster: &Cluster) -> Firewall {
    let derived = Derived(&cluster.name);
    let (access, network) = (&cluster.access, &cluster.network);
    let (control_plane, node) = (derived.control_plane_tag(), derived.node_tag());
    let all = vec![control_plane.clone(), node.clone()];
    let rule = |name: String, source_ranges: &[Cidr], target_tags: &[String], ports: &[&'static str]| BuiltInRule {
        name,
        source_ranges: source_ranges.to_vec(),
        source_tags: None,
        destination_ranges: Vec::new(),
        target_tags: target_tags.to_vec(),
        ports: ports.to_vec(),
    };
    let outside = |name: String, source_ranges: &[Cidr], target_tags: &[String], port: &'static str| {
        (!source_ranges.is_empty()).then(|| rule(name, source_ranges, target_tags, &[port]))
    };
    let control_plane = [control_plane];
    Firewall {
        internal: BuiltInRule {
            source_tags: Some(all.clone()),
            ..rule(derived.rule_internal(), &[network.pods], &all, &[])
        },
        deny_ssh: BuiltInRule {
            destination_ranges: vec![network.nodes],
            ..rule(derived.rule_deny_ssh(), &[network.pods], &all, &["22"])
        },
        deny_etcd: BuiltInRule {
            // Without pools, control planes are nodes too, and etcd's members must reach each other.
            source_tags: Some(if cluster.pools.is_empty() { Vec::new() } else { vec![node.clone()] }),
            destination_ranges: vec![network.nodes],
            ..rule(derived.rule_deny_etcd(), &[network.pods], &control_plane, &[ETCD, CONTROLLERS[0], CONTROLLERS[1]])
        },
        ssh: outside(derived.rule_ssh(), &access.ssh, &all, "22"),
        ssh_from_iap_alone: access.ssh_from_iap_alone(),
        api: outside(derived.rule_api(), &access.api, &control_plane, "6443"),
        api_health_checks: (cluster.control_plane.names.len() > 1)
            .then(|| rule(derived.rule_api_health_checks(), &HEALTH_CHECKS[..2], &control_plane, &["6443"])),
        health_checks: rule(derived.rule_health_checks(), &HEALTH_CHECKS, &[node], &["10256"]),
        extra: cluster.firewall.iter().map(|rule| extra(rule, derived)).collect(),
    }
}

fn extra(rule: &FirewallRule, derived: Derived<'_>) -> Rule {
    Rule {
        label: rule.name.replace('-', "_"),
        name: rule.name.clone(),
        source_ranges: rule.from.clone(),
        target_tags: match rule.to {
            None => Vec::new(),
            Some(RuleTarget::Nodes) => vec![derived.node_tag()],
            Some(RuleTarget::ControlPlane) => vec![derived.control_plane_tag()],
        },
        allow: rule.allow.clone(),
    }
}
