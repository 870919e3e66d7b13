use super::planned::planned;
use super::{Exit, Input, print};
use crate::compile::LockPolicy;

/// Prints the script that asks Google whether the cluster can be applied.
pub(crate) fn preflight(input: &Input) -> Exit {
    match planned(input, LockPolicy::Keep) {
        Ok(planned) => print(&planned.compiled.preflight(&input.command("preflight"))),
        Err(exit) => exit,
    }
}
