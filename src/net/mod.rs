//! IPv4 ranges: checked, compared, handed out block by block.

mod allocate;
mod cidr;
mod free;
mod private;

pub use allocate::Blocks;
pub use cidr::{Cidr, CidrError};
pub use free::next_free;
pub use private::{INTERNAL, PRIVATE, is_public};
