//! Generated files against a folder: what differs, shown or written. Both from one comparison, so they cannot disagree.

mod compare;
mod write;

pub use compare::{Change, compare};
pub use write::apply;
