use camino::Utf8Path;

use super::planned::planned;
use super::{Exit, Input, fail, inform, next, print};
use crate::compile::LockPolicy;
use crate::plan::Plan;
use crate::sanitize;
use crate::tree::{self, Change};

/// Prints everything as one `main.tf`.
pub(crate) fn render(input: &Input, locked: bool) -> Exit {
    match planned(input, if locked { LockPolicy::Frozen } else { LockPolicy::Keep }) {
        Ok(planned) => print(&planned.compiled.single(&input.single())),
        Err(exit) => exit,
    }
}

/// Where and how to write a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// The directory.
    pub(crate) dir: &'a Utf8Path,
    /// Whether the lock must stay as it is.
    pub(crate) locked: bool,
    /// Whether to take over files generated from another description.
    pub(crate) adopt: bool,
}

/// Writes the tree and the lock.
pub(crate) fn write(input: &Input, target: Target<'_>) -> Exit {
    // Acquire access before reading the lock.
    let access =
        tree::ensure_inside(target.dir).and_then(|()| tree::acquire(Some(target.dir), input.lock().as_deref()));
    let access = match access {
        Ok(access) => access,
        Err(error) => return fail(error),
    };
    let changes = match Changes::of(input, target) {
        Ok(changes) => changes,
        Err(exit) => return exit,
    };
    if changes.is_empty() {
        return up_to_date(target.dir);
    }
    match tree::apply(changes.lock.as_ref(), &changes.tree, &access) {
        Ok(()) => {
            inform(&changes.all().map(|change| format!("{change}\n")).collect::<String>());
            if !changes.tree.is_empty() {
                inform(&next::steps(input, target.dir, &changes.plan, &changes.tree));
            }
            Exit::Done
        }
        Err(error) => fail(error),
    }
}

/// Shows what `write` would change. Only reads.
pub(crate) fn check(input: &Input, target: Target<'_>) -> Exit {
    let changes = match tree::ensure_inside(target.dir).map_err(fail).and_then(|()| Changes::of(input, target)) {
        Ok(changes) => changes,
        Err(exit) => return exit,
    };
    if changes.is_empty() {
        return up_to_date(target.dir);
    }
    let (converted, different): (Vec<_>, Vec<_>) = changes.all().partition(|change| change.is_line_endings_only());
    if let Some(first) = converted.first() {
        let (files, differ) = match converted.len() {
            1 => (first.path.clone(), "differs"),
            count => (format!("{} and {} more", first.path, count - 1), "differ"),
        };
        inform(&format!(
            "{files} {differ} only in line endings, which Git may have converted at checkout: add `* text=auto eol=lf` to \
             .gitattributes\n"
        ));
    }
    match print(&sanitize::text(&different.into_iter().map(Change::diff).collect::<String>())) {
        Exit::Done => Exit::Differences,
        exit => exit,
    }
}

fn up_to_date(dir: &Utf8Path) -> Exit {
    inform(&format!("{dir} is up to date\n"));
    Exit::Done
}

/// What has to change.
struct Changes {
    /// In the lock.
    lock: Option<Change>,
    /// In the tree.
    tree: Vec<Change>,
    /// What the tree is rendered from.
    plan: Plan,
}

impl Changes {
    /// Reports problems. Returns the exit status if the changes cannot be determined.
    fn of(input: &Input, target: Target<'_>) -> Result<Self, Exit> {
        let planned = planned(input, if target.locked { LockPolicy::Frozen } else { LockPolicy::Update })?;
        let origin = input.tree(target.dir).map_err(fail)?;
        let files = planned.compiled.tree(&origin);
        let lost = planned.change.as_ref().filter(|lock| lock.before.is_none() && !target.adopt);
        // A link to nowhere is reported where it would be written.
        let lost = lost.filter(|_| input.lock().is_none_or(|path| !path.is_symlink()));
        let lost = lost.filter(|_| tree::exists(&files, target.dir));
        let tree = tree::compare(files, target.dir, target.adopt).map_err(fail)?;
        if let Some(lock) = lost {
            return Err(fail(format_args!(
                "{} does not exist, but {} holds a tree: without the lock, machines that run could get other blocks and zones\n\
                 restore the lock from Git; if the tree was never applied, delete it or add --adopt",
                lock.path, target.dir
            )));
        }
        Ok(Self { lock: planned.change, tree, plan: planned.compiled.plan() })
    }

    fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// The lock comes first: a tree must never be ahead of it.
    fn all(&self) -> impl Iterator<Item = &Change> {
        self.lock.iter().chain(&self.tree)
    }
}
