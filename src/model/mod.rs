//! The valid world: a cluster whose every value Google, Terraform and Kubernetes would take.
//!
//! Validation collects everything, one file or folder for each part of the description; defaults come last.

mod accounts;
mod backup;
mod cluster;
mod control_plane;
mod exposure;
mod firewall;
mod in_use;
mod labels;
mod machine;
mod name;
mod pool;
mod quota;
mod ranges;
mod reach;
mod region;
mod release;
mod reserved;
mod schedulable;
mod table;
mod terraform;
mod validate;
mod volumes;

pub use cluster::{
    Access, Addons, Allow, Backend, Backup, Cluster, ControlPlane, Disk, FirewallRule, Kubernetes, Machine, Network,
    PodSecurity, Pool, Routing, RuleTarget, StateDisk, Taint, Terraform,
};
pub use in_use::InUse;
pub(crate) use machine::architecture;
pub use name::Derived;
pub(crate) use name::is_name;
pub(crate) use pool::DEFAULT_POOL;
pub use quota::quota;
pub(crate) use ranges::node_prefix;
pub use ranges::{MOST_NODES, PODS_PER_NODE, RESERVED};
pub(crate) use reach::IAP;
pub use reach::Route;
pub use release::{DISK_DRIVER, DiskDriver, METRICS_SERVER, NETWORK_POLICIES, Release, newest, release};
pub use validate::validate;
