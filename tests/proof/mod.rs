//! Shared code of the tests that run Terraform.
// Every test binary that includes this module uses only part of it.
#![allow(dead_code)]

pub(crate) mod examples;
pub(crate) mod failure;
pub(crate) mod parallel;
pub(crate) mod program;
pub(crate) mod provider;
pub(crate) mod terraform;
