//! The firewall rules that let traffic in from outside the cluster.

use indexmap::IndexSet;

use crate::diag::quantity;
use crate::model::Allow;
use crate::plan::{BuiltInRule, Plan, Rule};

/// Ports that are listed one by one; of more, the rest is counted.
const MOST_PORTS: usize = 3;

/// A firewall rule, or several that are shown as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Its name.
    pub name: String,
    /// What it lets in: `tcp:22`, `icmp`.
    pub ports: String,
    /// Where to.
    pub to: Target,
    /// From where.
    pub(super) admits: Vec<String>,
    /// It is the way to the API server for clients.
    pub(super) to_api: bool,
}

/// The machines that a rule applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The control planes.
    ControlPlanes,
    /// The machines of all pools.
    Nodes,
    /// Both.
    Machines,
    /// Every machine in the VPC, whether or not it is the cluster's.
    Vpc,
}

impl Target {
    /// `to the nodes`.
    pub fn words(self) -> &'static str {
        match self {
            Target::ControlPlanes => "to the control plane",
            Target::Nodes => "to the nodes",
            Target::Machines => "to all machines",
            Target::Vpc => "to every VM in the VPC",
        }
    }
}

/// vpcgen's own rules, and between them those of the description: `most` of them one by one, the others as one.
pub(super) fn all(plan: &Plan, most: usize) -> Vec<Door> {
    let firewall = &plan.firewall;
    let own = |rule: &Option<BuiltInRule>, to_api| rule.as_ref().map(|rule| built_in(plan, rule, to_api));
    let mut extra: Vec<Door> = firewall.extra.iter().map(|rule| self::extra(plan, rule)).collect();
    if extra.len() > most {
        let rest = extra.split_off(most - 1);
        extra.push(together(&rest));
    }
    let clients = own(&firewall.ssh, false).into_iter().chain(own(&firewall.api, true));
    let checks =
        own(&firewall.api_health_checks, false).into_iter().chain([built_in(plan, &firewall.health_checks, false)]);
    clients.chain(extra).chain(checks).collect()
}

fn built_in(plan: &Plan, rule: &BuiltInRule, to_api: bool) -> Door {
    Door {
        name: rule.name.clone(),
        ports: rule.ports.iter().map(|port| format!("tcp:{port}")).collect::<Vec<_>>().join(", "),
        to: target(plan, &rule.target_tags),
        admits: rule.source_ranges.iter().map(ToString::to_string).collect(),
        to_api,
    }
}

fn extra(plan: &Plan, rule: &Rule) -> Door {
    let ports: Vec<String> = rule.allow.iter().flat_map(ports).collect();
    let more = ports.len().saturating_sub(MOST_PORTS);
    let shown = if more > 1 { MOST_PORTS } else { ports.len() };
    let mut words = ports[..shown].join(", ");
    if more > 1 {
        words += &format!(" and {more} more");
    }
    Door {
        name: rule.name.clone(),
        ports: words,
        to: target(plan, &rule.target_tags),
        admits: rule.source_ranges.clone(),
        to_api: false,
    }
}

fn ports(allow: &Allow) -> Vec<String> {
    match allow.ports.is_empty() {
        true => vec![allow.protocol.clone()],
        false => allow.ports.iter().map(|port| format!("{}:{port}", allow.protocol)).collect(),
    }
}

fn together(rules: &[Door]) -> Door {
    let admits: IndexSet<&String> = rules.iter().flat_map(|rule| &rule.admits).collect();
    let to = rules[0].to;
    Door {
        name: quantity(rules.len() as u64, "other rule"),
        ports: "ports of their own".to_owned(),
        to: if rules.iter().all(|rule| rule.to == to) { to } else { Target::Vpc },
        admits: admits.into_iter().cloned().collect(),
        to_api: false,
    }
}

/// Tags as who has them.
fn target(plan: &Plan, tags: &[String]) -> Target {
    if tags.is_empty() {
        return Target::Vpc;
    }
    let has = |group: &crate::plan::Group| tags.iter().any(|tag| group.tags.contains(tag));
    match (has(&plan.control_plane), plan.pools.iter().any(has)) {
        (true, false) => Target::ControlPlanes,
        (true, true) => Target::Machines,
        (false, _) => Target::Nodes,
    }
}
