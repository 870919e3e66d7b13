//! Import blocks (developer.hashicorp.com/terraform/language/import): one for each resource, since a `for_each` over a list that grows
//! later would try to import machines that do not exist.

use std::fmt::Write as _;

use super::Instance;
use crate::plan::{Plan, Resource};
use crate::render::quote;

/// Which resources exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What one makes by hand: VPC, subnet, the description's firewall rules, machines.
    ByHand,
    /// Everything that is rendered, for example after the loss of a state.
    All,
}

impl Scope {
    /// The resources of a plan that exist. `instances`: the machines that exist; `None` if that is not known, so all of them.
    pub(super) fn of(self, plan: &Plan, instances: Option<&[Instance]>) -> Vec<Resource> {
        let mut all = plan.resources();
        let exists = |name: &str| instances.is_none_or(|list| list.iter().any(|instance| instance.name == name));
        all.retain(|resource| match (resource.address.kind, &resource.address.key) {
            ("google_compute_instance", Some(name)) => exists(name),
            _ if self == Scope::All => true,
            ("google_compute_network" | "google_compute_subnetwork", _) => true,
            ("google_compute_firewall", _) => {
                plan.firewall.extra.iter().any(|rule| rule.label == resource.address.label)
            }
            _ => false,
        });
        all
    }
}

/// `imports.tf`: the blocks, with a comment that says when the file can go.
pub fn blocks(plan: &Plan, scope: Scope, instances: Option<&[Instance]>) -> String {
    let mut text = String::from(
        "# What exists already: the first apply takes it over instead of creating it.\n\
         # Delete this file after that; if it stays, it changes nothing.\n",
    );
    for resource in scope.of(plan, instances) {
        let _ = write!(text, "\nimport {{\n  to = {}\n  id = {}\n}}\n", resource.address, quote(&resource.import_id));
    }
    text
}
