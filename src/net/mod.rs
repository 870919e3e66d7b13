//! IPv4 ranges: checked, compared, handed out block by block.

mod allocate;
mod cidr;
mod free;

pub use allocate::Blocks;
pub use cidr::{Cidr, CidrError};
pub use free::next_free;
