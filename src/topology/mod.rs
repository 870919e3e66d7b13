//! What carries traffic in a cluster (`vpcgen graph`): who comes in where, the VPC and its subnet, zones with their machines, the way
//! out. Decided once in a [`View`], then printed as Mermaid, as DOT or as a picture. No access rights, no disks.

mod boxes;
mod doors;
mod dot;
mod exits;
mod mermaid;
mod sources;
mod svg;
mod view;

pub use boxes::{Column, MachineBox};
pub use doors::{Door, Target};
pub use dot::dot;
pub use exits::Exit;
pub use mermaid::mermaid;
pub use sources::Source;
pub use svg::svg;
pub use view::{Detail, Part, View, Zone};
