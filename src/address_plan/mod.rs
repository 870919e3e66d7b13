//! The whole address plan at once: every range and block, what is free, how many nodes still fit. Counted once in a [`View`], then laid
//! out as a table, as JSON or as a picture; the three cannot disagree.

mod json;
mod svg;
mod table;
mod view;

pub use json::json;
pub use svg::svg;
pub use table::table;
pub use view::{Group, Kind, Limit, Next, Range, View};
