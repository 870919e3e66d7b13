//! Compiles a description with the lock beside it, and determines how the lock file must change.

use super::input::Compiling;
use super::{Exit, Input, fail, report};
use crate::compile::{Compiled, LockPolicy};
use crate::tree::Change;

/// A compiled cluster, and the change that its lock file needs.
pub(super) struct Planned {
    pub(super) compiled: Compiled,
    pub(super) change: Option<Change>,
}

/// Compiles and reports problems. Returns the exit status if the cluster is not valid.
pub(super) fn planned(input: &Input, policy: LockPolicy) -> Result<Planned, Exit> {
    let Compiling { outcome, lock_bytes } = input.compile(policy).map_err(fail)?;
    report(&outcome.reports());
    let compiled = outcome.compiled.ok_or(Exit::Error)?;
    let changes = compiled.out_of_date.is_some() && policy == LockPolicy::Update;
    let change = input.lock().filter(|_| changes).map(|path| Change {
        path: path.into_string(),
        before: lock_bytes,
        after: Some(compiled.lock.text()),
    });
    Ok(Planned { compiled, change })
}
