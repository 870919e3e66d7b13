use camino::Utf8Path;

use super::planned::planned;
use super::{Exit, Input, fail, inform, print};
use crate::adopt::{self, Instance, Scope};
use crate::compile::LockPolicy;
use crate::lock;
use crate::plan::plan;
use crate::tree::{self, Change};

/// The most that is read of a list of instances.
const MOST_BYTES: u64 = 64 << 20;

/// Prints import blocks for what exists. With a list of the machines that exist, compares them first and writes the lock.
pub(crate) fn import(input: &Input, scope: Scope, from: Option<&Utf8Path>) -> Exit {
    let Some(list) = from else {
        let planned = match planned(input, LockPolicy::Keep) {
            Ok(planned) => planned,
            Err(exit) => return exit,
        };
        let plan = planned.compiled.plan();
        inform(&adopt::notes(&plan, scope, None));
        return print(&adopt::blocks(&plan, scope, None));
    };
    match read(list) {
        Ok(instances) => adopt(input, scope, list, &instances),
        Err(error) => fail(format_args!("{list}: {error}")),
    }
}

fn read(list: &Utf8Path) -> Result<Vec<Instance>, String> {
    use std::io::Read as _;
    let file = fs_err::File::open(list).map_err(|error| error.to_string())?;
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(|error| error.to_string())?;
    adopt::read(&text)
}

fn adopt(input: &Input, scope: Scope, list: &Utf8Path, instances: &[Instance]) -> Exit {
    let Some(path) = input.lock() else {
        return fail("--from needs a description in a file: it writes the lock beside it");
    };
    // Acquire access before reading the lock.
    let access = match tree::acquire(None, Some(&path)) {
        Ok(access) => access,
        Err(error) => return fail(error),
    };
    let compiled = match planned(input, LockPolicy::Update) {
        Ok(planned) => planned.compiled,
        Err(exit) => return exit,
    };
    let bytes = match fs_err::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return fail(error),
    };
    // It has just been read without errors.
    let written = bytes.clone().and_then(|bytes| lock::read(path.as_str(), bytes, &mut Default::default()).1);
    let lock = match adopt::lock(&compiled.cluster, written.as_ref(), instances) {
        Ok(lock) => lock,
        Err(problems) => {
            inform(&problems.iter().map(|problem| format!("error: {list}: {problem}\n")).collect::<String>());
            return Exit::Error;
        }
    };
    let plan = plan(&compiled.cluster, &lock);
    inform(&adopt::notes(&plan, scope, Some(instances)));
    let change = Change { path: path.into_string(), before: bytes, after: Some(lock.text()) };
    if change.before.as_deref() != change.after.as_ref().map(String::as_bytes) {
        if let Err(error) = tree::apply(Some(&change), &[], &access) {
            return fail(error);
        }
        inform(&format!("\n{change}\n"));
    }
    print(&adopt::blocks(&plan, scope, Some(instances)))
}
