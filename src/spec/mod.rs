//! The description exactly as the user writes it: serde types with spans. Nothing is judged here but the shape.
//!
//! Every key is optional here, and defaults come in `model`: so one missing key never hides another problem.

mod cluster;
mod duplicates;
mod fault;
mod machine;
mod network;
mod node;
mod read;
mod schema;
mod shape;
mod synonyms;
mod words;

pub use cluster::{Access, Backend, FirewallRule, Gcs, Kubernetes, NotYet, Spec, Terraform};
pub use machine::{ControlPlane, Disk, Machine, Pool, Taint};
pub use network::{Network, Routing};
pub use read::{decode, read};
pub use schema::schema;
