//! The valid world: a cluster whose every value Google, Terraform and Kubernetes would take.
//!
//! Validation collects everything, one file for each part of the description; defaults come last.

mod allow;
mod capacity;
mod cluster;
mod custom_type;
mod family;
mod firewall;
mod fit;
mod image;
mod image_family;
mod labels;
mod machine;
mod machine_type;
mod name;
mod overlap;
mod pool;
mod quota;
mod range_text;
mod ranges;
mod reach;
mod region;
mod release;
mod schedulable;
mod table;
mod terraform;
mod validate;

pub(crate) use capacity::prefix as node_prefix;
pub use capacity::{MOST_NODES, RESERVED};
pub use cluster::{
    Access, Allow, Backend, Cluster, ControlPlane, Disk, FirewallRule, Kubernetes, Machine, Network, Pool, Routing,
    Taint, Terraform,
};
pub use name::Derived;
pub(crate) use name::is_name;
pub use quota::quota;
pub use release::{Release, newest};
pub use validate::validate;
