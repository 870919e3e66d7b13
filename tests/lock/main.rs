//! The lock's promises: over any history of edits nobody who stays moves; the file reads back as it was written, and whatever
//! else stands in it is refused; the commands write it with the tree or not at all.

mod commands;
mod contradictions;
mod description;
mod file;
mod format;
mod histories;
#[path = "../support/mod.rs"]
mod support;
