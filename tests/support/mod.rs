//! Shared test code: the examples, and functions that compile a text to a cluster.
#![allow(dead_code, reason = "each test uses only part of it")]

pub(crate) mod folder;
pub(crate) mod picture;
pub(crate) mod readback;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use vpcgen::compile::{Compiled, Document, LockFile, LockPolicy, Outcome, compile};
use vpcgen::diag::{Report, draw};
use vpcgen::model::Cluster;
use vpcgen::plan::Plan;
use vpcgen::source::Source;

/// The folders of `generated-examples`, sorted.
pub(crate) fn examples() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples");
    let mut dirs: Vec<PathBuf> = std::fs::read_dir(top).unwrap().map(|entry| entry.unwrap().path()).collect();
    dirs.retain(|dir| dir.is_dir());
    dirs.sort();
    assert!(dirs.len() >= 3);
    dirs
}

/// Compiles, and checks the invariants of `compile` in every test that uses this: it returns a cluster exactly if there
/// is no error, and every span is within its file.
pub(crate) fn outcome(description: Document, lock: Option<LockFile>) -> Outcome {
    let outcome = compile(description, lock);
    let wrong = outcome.reports().iter().any(|(report, _)| report.has_errors());
    assert_eq!(outcome.compiled.is_none(), wrong, "there must be a cluster exactly if there is no error");
    for (report, source) in outcome.reports() {
        for label in report.sorted().iter().flat_map(|d| d.primary.iter().chain(&d.others)) {
            assert!(label.span.start <= label.span.end && label.span.end <= source.text.len(), "{label:?}");
        }
    }
    outcome
}

/// The report on a text, and the compiled cluster if it is valid.
pub(crate) fn compiled(text: &str) -> (Rc<Source>, Report, Option<Compiled>) {
    let outcome = outcome(Document::new("cluster.yaml", text), None);
    (outcome.description.source, outcome.description.report, outcome.compiled)
}

/// The report on a text, and its cluster if it is valid.
pub(crate) fn check(text: &str) -> (Rc<Source>, Report, Option<Cluster>) {
    let (source, report, compiled) = compiled(text);
    (source, report, compiled.map(|compiled| compiled.cluster))
}

/// Compiles a valid text.
pub(crate) fn compile_valid(text: &str) -> Compiled {
    let (source, report, compiled) = compiled(text);
    compiled.unwrap_or_else(|| panic!("{}", draw(&report, &source)))
}

/// The cluster of a valid text.
pub(crate) fn cluster(text: &str) -> Cluster {
    compile_valid(text).cluster
}

/// The plan of a valid text, without a lock.
pub(crate) fn plan(text: &str) -> Plan {
    compile_valid(text).plan()
}

/// The reports on a description and its lock, as from `validate --locked`. Each file is given as name and bytes.
pub(crate) fn check_both(
    (name, description): (&str, Vec<u8>),
    lock: Option<(&str, Vec<u8>)>,
) -> Vec<(Rc<Source>, Report)> {
    let policy = LockPolicy::Frozen;
    let lock = lock.map(|(name, bytes)| LockFile { name: name.to_owned(), bytes: Some(bytes), policy });
    let outcome = outcome(Document::new(name, description), lock);
    let files = std::iter::once(outcome.description).chain(outcome.lock);
    files.map(|file| (file.source, file.report)).collect()
}
