use super::planned::planned;
use super::{Exit, Input, print};
use crate::compile::LockPolicy;

/// Prints the script that brings all machines up to date.
pub(crate) fn upgrade(input: &Input) -> Exit {
    match planned(input, LockPolicy::Keep) {
        Ok(planned) => print(&planned.compiled.upgrade(&input.command("upgrade"))),
        Err(exit) => exit,
    }
}
