//! The lock: over any history of edits, machines that stay never move; the file reads back as it was written, and anything else in it
//! is refused; the commands write it with the tree or not at all.

mod changes;
mod commands;
mod compiled;
mod contradictions;
mod description;
mod file;
mod format;
mod histories;
#[path = "../support/mod.rs"]
mod support;
