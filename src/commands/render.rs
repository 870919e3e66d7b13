use camino::Utf8Path;

use super::planned::{planned, seen_from};
use super::{Exit, Input, fail, print, say};
use crate::compile::LockPolicy;
use crate::tree::{self, Change};
use crate::visible;

/// One main.tf on standard output.
pub(crate) fn render(input: &Input, locked: bool) -> Exit {
    match planned(input, if locked { LockPolicy::Frozen } else { LockPolicy::Keep }) {
        Ok(planned) => print(&planned.compiled.single(&input.single())),
        Err(exit) => exit,
    }
}

/// A tree in a folder, and the lock.
pub(crate) fn write(input: &Input, dir: &Utf8Path, locked: bool) -> Exit {
    // The lock is read when no other run can write it any more.
    let held = match tree::hold(dir) {
        Ok(held) => held,
        Err(error) => return fail(error),
    };
    let changes = match Changes::of(input, dir, locked) {
        Ok(changes) => changes,
        Err(exit) => return exit,
    };
    if changes.is_empty() {
        return up_to_date(dir);
    }
    match changes.placed(dir).and_then(|placed| tree::apply(&placed, &held)) {
        Ok(()) => {
            say(&changes.all().map(|change| format!("{change}\n")).collect::<String>());
            Exit::Done
        }
        Err(error) => fail(error),
    }
}

/// What `write` would do.
pub(crate) fn check(input: &Input, dir: &Utf8Path, locked: bool) -> Exit {
    if let Err(error) = tree::settle(dir) {
        return fail(error);
    }
    match Changes::of(input, dir, locked) {
        Err(exit) => exit,
        Ok(changes) if changes.is_empty() => up_to_date(dir),
        Ok(changes) => match print(&visible::text(&changes.all().map(Change::diff).collect::<String>())) {
            Exit::Done => Exit::Differences,
            exit => exit,
        },
    }
}

fn up_to_date(dir: &Utf8Path) -> Exit {
    say(&format!("{dir} is up to date\n"));
    Exit::Done
}

/// What has to change.
struct Changes {
    /// In the lock, by the path that the user sees.
    lock: Option<Change>,
    /// In the tree.
    tree: Vec<Change>,
}

impl Changes {
    /// Problems are told; without an answer the exit status says why.
    fn of(input: &Input, dir: &Utf8Path, locked: bool) -> Result<Self, Exit> {
        let planned = planned(input, if locked { LockPolicy::Frozen } else { LockPolicy::Update })?;
        let tree = tree::compare(planned.compiled.tree(&input.tree(dir)), dir).map_err(fail)?;
        Ok(Self { lock: planned.change, tree })
    }

    fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// The lock comes first: a tree must never be ahead of it.
    fn all(&self) -> impl Iterator<Item = &Change> {
        self.lock.iter().chain(&self.tree)
    }

    /// All of them with paths as seen from the folder.
    fn placed(&self, dir: &Utf8Path) -> Result<Vec<Change>, String> {
        let lock = self.lock.clone().map(|change| seen_from(change, dir)).transpose()?;
        Ok(lock.into_iter().chain(self.tree.iter().cloned()).collect())
    }
}
