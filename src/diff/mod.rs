//! What a changed description does to the running cluster: what `terraform plan` would show, and what it cannot show. When a change
//! takes effect, what restarts, what Google refuses only at apply, and what has to be done by hand.
//!
//! ```text
//! two sides ─compile─▶ two plans ─terraform─▶ resources that change ─effects─▶ what that means ─text, markdown, json─▶
//!                      (resources as data)     by `rows`, a table               grouped by pool and idea
//! ```

mod annotate;
mod boot;
mod cause;
mod effect;
mod escape;
mod firewall;
mod group;
mod json;
mod live;
mod machines;
mod markdown;
mod network;
mod refused;
mod resources;
mod rows;
mod side;
mod silent;
mod state;
mod summary;
mod terraform;
mod text;
mod values;
mod vpc;
mod words;
mod world;

pub use cause::Cause;
pub use effect::{Action, Effect, Severity, TakesEffect};
pub use json::json;
pub use markdown::{markdown, marker};
pub use rows::{Behaviour, ROWS, Row, of as row};
pub use side::{Side, compare};
pub use terraform::{ArgumentChange, Planned, ResourceChange};
pub use text::text;

use crate::net::Cidr;

/// What differs between two sides.
#[derive(Debug, Clone)]
pub struct Diff {
    /// The cluster's name.
    pub cluster: String,
    /// The description's file, as it is printed.
    pub file: String,
    /// What it is compared with: a file, or a revision.
    pub against: String,
    /// What happens, the worst first.
    pub effects: Vec<Effect>,
    /// Every resource that Terraform's plan changes, by address.
    pub resources: Vec<ResourceChange>,
    /// Blocks of the pod range that machines get.
    pub assigned: Vec<(String, Cidr)>,
    /// Blocks that machines leave.
    pub released: Vec<(String, Cidr)>,
}

impl Diff {
    /// Nothing happens.
    pub fn is_empty(&self) -> bool {
        self.effects.is_empty()
    }

    /// The worst of all effects.
    pub fn severity(&self) -> Option<Severity> {
        self.effects.iter().map(|effect| effect.severity).max()
    }
}
