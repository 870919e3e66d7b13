use super::permissions::{self, Role};
use crate::model::{Cluster, Derived};

/// The service accounts of the cluster.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// The control plane's.
    pub control_plane: Account,
    /// The role of the control plane's account; `None` if that account exists already.
    pub control_plane_role: Option<Role>,
    /// The control plane attaches disks to machines with the nodes' account, which takes the right to act as that account.
    pub acts_as_nodes: bool,
    /// The same for its own account, because pods run on the control plane.
    pub acts_as_itself: bool,
    /// Id of the account created for the nodes; `None` if every pool uses an existing account or there are no pools.
    pub nodes: Option<String>,
    /// Existing accounts used by pools, without duplicates; each is granted read access to the join secret and nothing else.
    pub existing_nodes: Vec<String>,
}

/// A service account, created or existing.
#[derive(Debug, Clone)]
pub enum Account {
    /// Created, with this id.
    Created(String),
    /// Exists, with this email address.
    Existing(String),
}

pub(super) fn plan(cluster: &Cluster) -> Accounts {
    let derived = Derived(&cluster.name);
    let of_pools = || cluster.pools.iter().map(|pool| &pool.machine.service_account);
    let disk_driver = if cluster.addons.disk_csi.is_some() { permissions::DISK_DRIVER } else { &[] };
    let mut existing: Vec<String> = of_pools().flatten().cloned().collect();
    existing.sort();
    existing.dedup();
    Accounts {
        control_plane: match &cluster.control_plane.machine.service_account {
            None => Account::Created(derived.control_plane_account()),
            Some(email) => Account::Existing(email.clone()),
        },
        control_plane_role: cluster.control_plane.machine.service_account.is_none().then(|| Role {
            id: derived.control_plane_role(),
            permissions: [permissions::CLOUD_CONTROLLER_MANAGER, disk_driver].concat(),
        }),
        acts_as_nodes: cluster.addons.disk_csi.is_some() && of_pools().any(Option::is_none),
        acts_as_itself: cluster.addons.disk_csi.is_some()
            && cluster.pools.is_empty()
            && cluster.control_plane.machine.service_account.is_none(),
        nodes: of_pools().any(Option::is_none).then(|| derived.node_account()),
        existing_nodes: existing,
    }
}
