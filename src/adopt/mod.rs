//! Adopting machines that were made by hand (`vpcgen import`): import blocks for what exists, a lock that says what the machines have,
//! and what the first apply does to them.

mod blocks;
mod compare;
mod instance;
mod lock;
mod notes;

pub use blocks::{Scope, blocks};
pub use instance::{Instance, read};
pub use lock::lock;
pub use notes::notes;
