//! Every name and resource decided, every machine with the place that the lock gives it. Templates read a [`Plan`] and lay
//! it out; they compute nothing.
//!
//! The fields are a contract with `templates/`: rename one here and there together.

mod accounts;
mod boot;
mod firewall;
mod load_balancer;
mod machines;
mod network;
mod requirements;
mod resources;
mod state;

use indexmap::IndexMap;
use serde::Serialize;

pub use accounts::{Account, Accounts};
pub use boot::{BOOT_FOLDER, Boot, BootFile, Role};
pub use firewall::{Firewall, Rule};
pub use load_balancer::LoadBalancer;
pub use machines::{Group, Node, Scheduling};
pub use network::{Dns, Network};
pub use requirements::Requirements;
pub use resources::{Address, Resource};
pub use state::State;

use crate::lock::Lock;
use crate::model::{self, Cluster, Derived};

/// Everything there is to decide about a cluster.
#[derive(Debug, Clone, Serialize)]
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
    /// Service accounts and what they may do.
    pub accounts: Accounts,
    /// What must exist before the tree can be applied.
    pub requirements: Requirements,
    /// Id of the secret that holds the join data.
    pub join_secret: String,
    /// What outlives the control plane's machines.
    pub state: State,
    /// In front of several control planes; `None`: there is one.
    pub load_balancer: Option<LoadBalancer>,
    /// The machines of the control plane. Templates see them with their boot file.
    #[serde(skip)]
    pub control_plane: Group,
    /// The machines of each pool, in file order. Templates see them with their boot file.
    #[serde(skip)]
    pub pools: Vec<Group>,
    /// What the machines boot with.
    pub boot: Boot,
    /// OS Login instead of SSH keys in metadata.
    pub os_login: bool,
    /// The internet, or a part of it, reaches the API server at the control plane's external address.
    pub public_api: bool,
    /// Called as a module: no provider, no backend.
    pub module: bool,
    /// Bucket and prefix of the state; `None`: a local file.
    pub backend: Option<Backend>,
}

/// A Cloud Storage bucket for Terraform's state.
#[derive(Debug, Clone, Serialize)]
pub struct Backend {
    /// The bucket.
    pub bucket: String,
    /// Folder inside it; empty: the top.
    pub prefix: String,
}

impl Backend {
    fn of(backend: &model::Backend) -> Self {
        Self { bucket: backend.bucket.clone(), prefix: backend.prefix.clone() }
    }
}

impl Plan {
    /// All groups of machines: the control plane, then the pools.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        std::iter::once(&self.control_plane).chain(&self.pools)
    }
}

/// Decides everything. A valid cluster always has a plan.
///
/// # Panics
/// If a machine of the cluster is not in the lock: it must be the one that [`Lock::assign`] made for this cluster.
pub fn plan(cluster: &Cluster, lock: &Lock) -> Plan {
    let derived = Derived(&cluster.name);
    let accounts = accounts::plan(cluster);
    let network = network::plan(cluster);
    let boot = boot::plan(cluster);
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
        requirements: requirements::plan(&accounts),
        accounts,
        control_plane,
        pools,
        boot,
    }
}
