//! `vpcgen diff`: what it says of a changed description is what happens. `matrix.txt` has the edits, with the answers (level 1); the google
//! provider plans the same actions (level 3, where it is at hand), and the stand-in restarts and refuses what is announced.

mod applied;
#[path = "../google/mod.rs"]
mod google;
mod matrix;
mod planned;
#[path = "../proof/mod.rs"]
mod proof;
mod pull_requests;
mod random;
mod rows;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/toggles.rs"]
mod toggles;
#[path = "../support/tools.rs"]
mod tools;
