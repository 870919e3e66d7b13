use camino::Utf8Path;

use super::planned::{check, seen_from};
use super::{Exit, Input, Locking, fail, print, say};
use crate::tree;

/// Writes the lock of a description, or with `dry` shows what would change in it.
pub(crate) fn lock(file: &Utf8Path, dry: bool) -> Exit {
    let input = Input::File(file.to_owned());
    let Some(path) = input.lock() else {
        return fail("standard input has no lock: it lies beside a description in a file");
    };
    let checked = match check(&input, Locking::Follow) {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    checked.say();
    if checked.cluster.is_none() {
        return Exit::Error;
    }
    let Some(change) = checked.change else {
        say(&format!("{path} is up to date\n"));
        return Exit::Done;
    };
    if dry {
        return match print(&change.diff()) {
            Exit::Done => Exit::Differences,
            exit => exit,
        };
    }
    let dir = path.parent().filter(|dir| *dir != "").unwrap_or(Utf8Path::new("."));
    match seen_from(change.clone(), dir).and_then(|change| tree::apply(&[change], dir)) {
        Ok(()) => {
            say(&format!("{change}\n"));
            Exit::Done
        }
        Err(error) => fail(error),
    }
}
