//! vpcgen: a short description of a Kubernetes cluster becomes Terraform and cloud-init for Compute Engine,
//! with pods in alias IP ranges of the VPC.
//!
//! Data flows one way. Each stage takes an owned value and returns one, and the type proves the stage:
//!
//! ```text
//! text ─spec─▶ Spec ─model─▶ Cluster ─lock─▶ Lock ─plan─▶ Plan ─render─▶ Files ─tree─▶ disk, diff
//!       as typed,      only valid      who has which       every number      path → text
//!       with spans     values          block, for life     and name decided
//! ```
//!
//! A room uses only the rooms above it in this list.

// Here and not in Cargo.toml: tests may.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod sanitize;

pub mod diag;
pub mod net;
pub mod source;

pub mod spec;

pub mod model;

pub mod lock;

pub mod plan;

mod picture;

pub mod address_plan;

pub mod topology;

pub mod render;

pub mod expand;

pub mod adopt;

pub mod compile;

pub mod diff;

#[cfg(feature = "cli")]
pub mod tree;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod commands;
