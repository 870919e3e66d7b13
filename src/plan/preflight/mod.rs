//! What Google must have and allow before the tree can be applied: what `vpcgen preflight` asks.

mod names;
mod policies;
mod quotas;

use std::collections::BTreeSet;

use names::Names;
use policies::Policy;
use quotas::Quota;

use super::{Plan, requirements};

/// Everything that can be asked before the first apply.
#[derive(Debug, Clone)]
pub struct Preflight {
    /// APIs that must be enabled, without `.googleapis.com`.
    pub apis: Vec<&'static str>,
    /// Roles, each with the permissions that show whether the caller has it.
    pub roles: Vec<Role>,
    /// Email addresses of service accounts that must exist.
    pub accounts: Vec<String>,
    /// The bucket for Terraform's state, which must exist.
    pub state_bucket: Option<String>,
    /// Names that must be free.
    pub names: Vec<Names>,
    /// Zones and the machine types that they must have.
    pub machine_types: Vec<(String, String)>,
    /// Zones and the disk types that they must have.
    pub disk_types: Vec<(String, String)>,
    /// Boot images.
    pub images: Vec<String>,
    /// What each group of machines uses.
    pub quotas: Vec<Quota>,
    /// Organisation policies that could forbid something.
    pub policies: Vec<Policy>,
}

/// A role and the permissions by which it is recognized.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its name, such as `roles/dns.admin`.
    pub name: String,
    /// Permissions that only this one of the required roles contains.
    pub permissions: &'static [&'static str],
}

impl Plan {
    /// What must be there and allowed.
    pub fn preflight(&self) -> Preflight {
        let role =
            |name: &&'static str| Role { name: format!("roles/{name}"), permissions: requirements::permissions(name) };
        let accounts: BTreeSet<String> = self.groups().filter_map(|group| group.service_account.clone()).collect();
        let images: BTreeSet<String> = self.groups().map(|group| group.image.clone()).collect();
        Preflight {
            apis: self.requirements.apis.clone(),
            roles: self.requirements.roles.iter().map(role).collect(),
            accounts: accounts.into_iter().collect(),
            state_bucket: self.backend.as_ref().map(|backend| backend.bucket.clone()),
            names: names::of(self),
            machine_types: self.in_zones(|group| vec![group.machine_type.clone()]),
            disk_types: self.in_zones(|group| match group.label == self.control_plane.label {
                true => vec![group.disk_type.clone(), self.state.disk_type.clone()],
                false => vec![group.disk_type.clone()],
            }),
            images: images.into_iter().collect(),
            quotas: quotas::of(self),
            policies: policies::of(self),
        }
    }

    /// What the machines need in each of their zones, without duplicates.
    fn in_zones(&self, needs: impl Fn(&super::Group) -> Vec<String>) -> Vec<(String, String)> {
        let mut all = BTreeSet::new();
        for group in self.groups() {
            let zones: BTreeSet<&String> = group.nodes.iter().map(|node| &node.zone).collect();
            for zone in zones {
                all.extend(needs(group).into_iter().map(|need| (zone.clone(), need)));
            }
        }
        all.into_iter().collect()
    }
}
