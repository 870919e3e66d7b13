use camino::Utf8Path;

use super::planned::{planned, seen_from};
use super::{Exit, Input, Locking, fail, print, say};
use crate::{render, tree};

/// One main.tf on standard output.
pub(crate) fn render(input: &Input, locked: bool) -> Exit {
    match planned(input, if locked { Locking::Refuse } else { Locking::Read }) {
        Ok((plan, _)) => print(&render::single(&plan, &input.single())),
        Err(exit) => exit,
    }
}

/// A tree in a folder, and the lock.
pub(crate) fn write(input: &Input, dir: &Utf8Path, locked: bool) -> Exit {
    let changes = match compare(input, dir, locked) {
        Ok(changes) => changes,
        Err(exit) => return exit,
    };
    if changes.is_empty() {
        say(&format!("{dir} is up to date\n"));
        return Exit::Done;
    }
    match tree::apply(&changes, dir) {
        Ok(()) => {
            say(&changes.iter().map(|change| format!("{change}\n")).collect::<String>());
            Exit::Done
        }
        Err(error) => fail(error),
    }
}

/// What `write` would do.
pub(crate) fn check(input: &Input, dir: &Utf8Path, locked: bool) -> Exit {
    match compare(input, dir, locked) {
        Err(exit) => exit,
        Ok(changes) if changes.is_empty() => {
            say(&format!("{dir} is up to date\n"));
            Exit::Done
        }
        Ok(changes) => match print(&changes.iter().map(tree::Change::diff).collect::<String>()) {
            Exit::Done => Exit::Differences,
            exit => exit,
        },
    }
}

/// The lock comes first: a tree must never be ahead of it.
fn compare(input: &Input, dir: &Utf8Path, locked: bool) -> Result<Vec<tree::Change>, Exit> {
    let (plan, lock) = planned(input, if locked { Locking::Refuse } else { Locking::Follow })?;
    let lock = lock.map(|change| seen_from(change, dir)).transpose().map_err(fail)?;
    let files = tree::compare(render::tree(&plan, &input.tree(dir)), dir).map_err(fail)?;
    Ok(lock.into_iter().chain(files).collect())
}
