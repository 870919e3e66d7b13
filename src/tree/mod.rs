//! Compares generated files with a directory, and shows or writes the differences. One comparison serves both.
//!
//! The directory belongs to the user and contains `backend.tf`, `.terraform` and the state, so it cannot be swapped as a whole,
//! and POSIX renames one file at a time. [`acquire`], [`compare()`] and [`apply`], called in this order, guarantee the following:
//!
//! * **A run that ends leaves either the old tree or the new one**, even if the disk is full, a directory is read-only or
//!   a file is in the way. A mixture remains only if restoring the old files fails as well;
//!   the message says so, and the next two guarantees still apply.
//! * **A run that is killed**, at any system call or by a power failure, leaves the old tree, the new tree, or a mixture
//!   marked by the file [`MARKER`]. Rendering is a pure function, so the recovery is to run it again: this completes the tree
//!   and then removes the marker and anything else that the killed run left behind.
//! * **Terraform never acts on a mixture.** The marker is written before the first move and removed after the last, and
//!   Terraform rejects a directory that contains it. Other programs that read in between may see old and new files;
//!   each single file is complete at all times.
//! * **Concurrent runs take turns**, from before the comparison to after the last move, whether they share the tree or the
//!   lock file. A run gives up after 10 seconds with an error.
//! * **Nothing outside the directory is touched**, except the lock file beside the description. Paths come from the rendered
//!   files and from the directory listing, never from the content of a file found there, and no symbolic link below the
//!   directory is followed.
//!
//! A run first writes all new files, and copies of those that they replace, to `.vpcgen` and syncs them. So a full disk is detected
//! before anything has changed, and restoring needs no disk space.

mod acquire;
mod apply;
mod compare;
mod files;
mod marker;
mod relative_path;

pub use acquire::{Access, acquire};
pub use apply::apply;
pub use compare::{Change, compare, exists};
pub use marker::{CONTENT as MARKER_CONTENT, NAME as MARKER};
pub use relative_path::{ensure_inside, relative_path};
