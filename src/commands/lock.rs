use super::planned::planned;
use super::{Exit, Input, fail, inform, print};
use crate::compile::LockPolicy;
use crate::{sanitize, tree};

/// Writes a description's lock, or shows the changes without writing them if `dry`.
pub(crate) fn lock(input: &Input, dry: bool) -> Exit {
    let Some(path) = input.lock() else {
        return fail("standard input has no lock: vpcgen writes the lock beside the description's file");
    };
    // Acquire access before reading the lock.
    let access = match (!dry).then(|| tree::acquire(None, Some(&path))).transpose() {
        Ok(access) => access,
        Err(error) => return fail(error),
    };
    let planned = match planned(input, LockPolicy::Update) {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    let Some(change) = planned.change else {
        inform(&format!("{path} is up to date\n"));
        return Exit::Done;
    };
    let Some(access) = access else {
        return match print(&sanitize::text(&change.diff())) {
            Exit::Done => Exit::Differences,
            exit => exit,
        };
    };
    match tree::apply(Some(&change), &[], &access) {
        Ok(()) => {
            inform(&format!("{change}\n"));
            Exit::Done
        }
        Err(error) => fail(error),
    }
}
