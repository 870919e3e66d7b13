//! Decides every name and resource, and takes the zone and pod range of every machine from the lock. Templates only lay out a
//! [`Plan`]; they compute nothing.

mod accounts;
mod backup;
mod boot;
mod firewall;
mod load_balancer;
mod machines;
mod network;
mod permissions;
mod preflight;
mod requirements;
mod resources;
mod state;

use indexmap::IndexMap;

pub use accounts::{Account, Accounts};
pub use backup::Backup;
pub use boot::{BOOT_FOLDER, Boot, BootFile, Role};
pub(crate) use firewall::HEALTH_CHECKS;
pub use firewall::{BuiltInRule, Firewall, Rule};
pub use load_balancer::LoadBalancer;
pub use machines::{Group, Node, Scheduling};
pub use network::{Dns, Network};
pub use permissions::Role as CustomRole;
pub use preflight::Preflight;
pub use requirements::Requirements;
pub use resources::{Address, Resource};
pub use state::State;

use crate::lock::Lock;
use crate::model::{self, Cluster, Derived};

/// All decisions about a cluster.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The cluster's name.
    pub name: String,
    /// Google Cloud project id.
    pub project: String,
    /// Compute Engine region.
    pub region: String,
    /// Google labels.
    pub labels: IndexMap<String, String>,
    /// VPC, subnet, ranges, Cloud NAT.
    pub network: Network,
    /// Private DNS.
    pub dns: Dns,
    /// Firewall rules.
    pub firewall: Firewall,
    /// Service accounts.
    pub accounts: Accounts,
    /// What must exist before the tree can be applied.
    pub requirements: Requirements,
    /// Id of the secret that holds the join data.
    pub join_secret: String,
    /// The state that outlives the control plane's machines.
    pub state: State,
    /// Snapshots of etcd; `None`: none.
    pub backup: Option<Backup>,
    /// The load balancer in front of several control planes; `None` if there is only one.
    pub load_balancer: Option<LoadBalancer>,
    /// The machines of the control plane.
    pub control_plane: Group,
    /// The machines of each pool, in file order.
    pub pools: Vec<Group>,
    /// Values for the boot files.
    pub boot: Boot,
    /// Use OS Login instead of SSH keys in metadata.
    pub os_login: bool,
    /// The API server is reachable from the internet, or part of it, at the control plane's external address.
    pub public_api: bool,
    /// The tree is called as a module: it has no provider block and no backend.
    pub module: bool,
    /// Where Terraform stores its state; `None` for a local file.
    pub backend: Option<Backend>,
}

/// A Cloud Storage bucket for Terraform's state.
#[derive(Debug, Clone)]
pub struct Backend {
    /// The bucket.
    pub bucket: String,
    /// Prefix in the bucket; can be empty.
    pub prefix: String,
}

impl Backend {
    fn of(backend: &model::Backend) -> Self {
        Self { bucket: backend.bucket.clone(), prefix: backend.prefix.clone() }
    }
}

impl Plan {
    /// All groups of machines: the control plane, followed by the pools.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        std::iter::once(&self.control_plane).chain(&self.pools)
    }
}

/// Plans a cluster. Every valid cluster has a plan.
///
/// # Panics
/// If the lock lacks a machine of the cluster. It must come from [`Lock::assign`] for this cluster.
pub fn plan(cluster: &Cluster, lock: &Lock) -> Plan {
    let derived = Derived(&cluster.name);
    let accounts = accounts::plan(cluster);
    let network = network::plan(cluster);
    let boot = boot::plan(cluster);
    let backup = backup::plan(cluster);
    let (control_plane, pools) = machines::plan(cluster, &network, lock);
    Plan {
        dns: network::dns(cluster),
        firewall: firewall::plan(cluster),
        join_secret: derived.join_secret(),
        state: state::plan(cluster),
        load_balancer: load_balancer::plan(cluster, &control_plane.nodes),
        os_login: cluster.access.os_login,
        public_api: cluster.api_is_public(),
        module: cluster.terraform.module,
        backend: cluster.terraform.backend.as_ref().map(Backend::of),
        name: cluster.name.clone(),
        project: cluster.project.clone(),
        region: cluster.region.clone(),
        labels: cluster.labels.clone(),
        network,
        requirements: requirements::plan(&accounts, backup.is_some()),
        accounts,
        backup,
        control_plane,
        pools,
        boot,
    }
}
