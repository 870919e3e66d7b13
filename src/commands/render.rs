use camino::Utf8Path;

use super::{Exit, Input, fail, print, say};
use crate::{plan, render, tree, visible};

/// One main.tf on standard output.
pub(crate) fn render(input: &Input) -> Exit {
    match input.cluster() {
        Ok(cluster) => print(&render::single(&plan::plan(cluster), &input.single())),
        Err(exit) => exit,
    }
}

/// A tree in a folder.
pub(crate) fn write(input: &Input, dir: &Utf8Path) -> Exit {
    let files = match files(input, dir) {
        Ok(files) => files,
        Err(exit) => return exit,
    };
    let written = tree::hold(dir).and_then(|held| {
        let changes = tree::compare(files, dir)?;
        if !changes.is_empty() {
            tree::apply(&changes, &held)?;
        }
        Ok(changes)
    });
    match written {
        Ok(changes) if changes.is_empty() => up_to_date(dir),
        Ok(changes) => {
            say(&changes.iter().map(|change| format!("{change}\n")).collect::<String>());
            Exit::Done
        }
        Err(error) => fail(error),
    }
}

/// What `write` would do.
pub(crate) fn check(input: &Input, dir: &Utf8Path) -> Exit {
    let files = match files(input, dir) {
        Ok(files) => files,
        Err(exit) => return exit,
    };
    match tree::settle(dir).and_then(|()| tree::compare(files, dir)) {
        Err(error) => fail(error),
        Ok(changes) if changes.is_empty() => up_to_date(dir),
        Ok(changes) => match print(&visible::text(&changes.iter().map(tree::Change::diff).collect::<String>())) {
            Exit::Done => Exit::Differences,
            exit => exit,
        },
    }
}

fn files(input: &Input, dir: &Utf8Path) -> Result<Vec<render::File>, Exit> {
    Ok(render::tree(&plan::plan(input.cluster()?), &input.tree(dir)))
}

fn up_to_date(dir: &Utf8Path) -> Exit {
    say(&format!("{dir} is up to date\n"));
    Exit::Done
}
