use camino::Utf8Path;

use super::{Exit, Input, fail, print, say};
use crate::{plan, render, tree};

/// One main.tf on standard output.
pub(crate) fn render(input: &Input) -> Exit {
    match input.cluster() {
        Ok(cluster) => print(&render::single(&plan::plan(cluster), &input.single())),
        Err(exit) => exit,
    }
}

/// A tree in a folder.
pub(crate) fn write(input: &Input, dir: &Utf8Path) -> Exit {
    let changes = match compare(input, dir) {
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
pub(crate) fn check(input: &Input, dir: &Utf8Path) -> Exit {
    match compare(input, dir) {
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

fn compare(input: &Input, dir: &Utf8Path) -> Result<Vec<tree::Change>, Exit> {
    let files = render::tree(&plan::plan(input.cluster()?), &input.tree(dir));
    tree::compare(files, dir).map_err(fail)
}
