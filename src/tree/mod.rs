//! Generated files against a folder: what differs, shown or written. Both from one comparison, so they cannot disagree.
//!
//! The folder is the user's own: `backend.tf`, `.terraform` and the state lie in it, so it cannot be swapped as a whole, and
//! POSIX moves one file at a time. What is promised all the same, of [`hold`], [`compare()`] and [`apply`] in this order:
//!
//! * **A run that ends leaves the old tree or the new one**, and nothing else: also when the disk is full, a folder
//!   read-only or a file in the way. Only if putting the old files back fails as well does the folder stay between the two;
//!   the message says so, and the next two promises hold.
//! * **A run that is killed**, at any system call or by a power cut, leaves the old tree (with a `.vpcgen` folder beside it),
//!   or a folder that says of itself that it is between two trees, by a file `vpcgen-interrupted.tf.json`. The next
//!   `render --out` or `--check` finishes the new tree, or puts the old one back where that is impossible, before it does
//!   anything else, and clears up.
//! * **Terraform never acts on a mix.** That file is written before the first move and removed after the last, and Terraform
//!   refuses a folder that holds it. Other programs that read in between may see some files old and some new; each file by
//!   itself is whole at all times.
//! * **Two runs at once** take turns, from before the comparison to after the last move. Whoever waits 10 seconds gives up
//!   and says so.
//!
//! How: all new files, and copies of those that they replace, are written to `.vpcgen` and synced; so a full disk shows
//! before anything has changed. Then the record of what moves where is put in place under the name above, with one rename:
//! from here on the new tree will be finished. Then the files are moved, the record is removed, and `.vpcgen` with it.

mod compare;
mod hold;
mod moves;
mod record;
mod seen_from;
mod write;

pub use compare::{Change, compare};
pub use hold::{Held, hold, settle};
pub use seen_from::seen_from;
pub use write::apply;
