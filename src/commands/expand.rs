use super::planned::planned;
use super::{Exit, Input, print};
use crate::compile::LockPolicy;

/// Prints the description with every default written out.
pub(crate) fn expand(input: &Input) -> Exit {
    let planned = match planned(input, LockPolicy::Keep) {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    let lock = input.lock();
    let lock = lock.as_ref().and_then(|path| path.file_name()).unwrap_or_default();
    print(&format!("# Printed by: {}\n{}", input.command("expand"), planned.compiled.expand(lock)))
}
