//! The description exactly as the user writes it: serde types with spans. Only its shape is checked here.
//!
//! Every key is optional here and defaults come in `model`, so that a missing key never hides another problem.

mod backup;
mod cluster;
mod comments;
mod duplicates;
mod error;
mod grammar;
mod lookalikes;
mod machine;
mod network;
mod node;
mod not_yet;
mod read;
mod schema;
mod shape;
mod synonyms;
mod written;

pub use backup::{Backup, BackupSettings};
pub use cluster::{Access, Addons, Backend, FirewallRule, Gcs, Kubernetes, PodSecurity, RuleTarget, Spec, Terraform};
pub use machine::{ControlPlane, Disk, Machine, Pool, StateDisk, Taint};
pub use network::{Network, Routing};
pub use not_yet::NotYet;
pub use read::{decode, read};
pub use schema::schema;
pub use written::{Written, written};
