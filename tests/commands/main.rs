//! The commands, run as programs: what they write, what they read, what they print, and how they exit.

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;

mod arguments;
mod diff;
mod files;
mod formats;
mod init;
mod levels;
mod ownership;
mod validate;
