//! Generated files against a directory: what differs, shown or written. Both come from one comparison, so they cannot disagree.
//!
//! The directory is the user's own: `backend.tf`, `.terraform` and the state lie in it, so it cannot be swapped as a whole, and
//! POSIX moves one file at a time. These are the promises of [`acquire`], [`compare()`] and [`apply`], called in this order:
//!
//! * **A run that ends leaves the old tree or the new one**, and nothing else: also when the disk is full, a directory
//!   is read-only or a file is in the way. Only if restoring the old files fails as well does the directory keep a mixture;
//!   the message says so, and the next two promises hold.
//! * **A run that is killed**, at any system call or by a power cut, leaves the old tree, the new tree, or a mixture that is
//!   marked by the file [`MARKER`]. Rendering is a pure function, so running it again is the recovery: it completes the tree,
//!   and then removes the marker and what else the killed run left.
//! * **Terraform never acts on a mixture.** The marker is written before the first move and removed after the last, and
//!   Terraform refuses a directory that contains it. Other programs that read in between may see some files old and some new;
//!   each file by itself is whole at all times.
//! * **Two runs at once take turns**, from before the comparison to after the last move, whether they share the tree or the
//!   lock file. A run that has waited 10 seconds gives up and says so.
//! * **Nothing outside is touched.** Paths come from the rendered files and from the directory's own listing, never from the
//!   content of a file that is found there; no symbolic link below the directory is followed. The lock file beside the
//!   description is the only other file that is written.
//!
//! All new files, and copies of those that they replace, are first written to `.vpcgen` and synced: a full disk shows before
//! anything has changed, and restoring needs no space.

mod acquire;
mod apply;
mod compare;
mod files;
mod marker;
mod seen_from;

pub use acquire::{Access, acquire};
pub use apply::apply;
pub use compare::{Change, compare, exists};
pub use marker::{CONTENT as MARKER_CONTENT, NAME as MARKER};
pub use seen_from::{below, seen_from};
