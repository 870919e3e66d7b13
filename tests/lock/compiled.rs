//! A description compiled with a lock, and what was reported.

use vpcgen::{
    compile::{Document, LockFile, LockPolicy, Outcome},
    diag::{Diagnostic, Report, draw},
    lock::Lock,
};

use crate::support::{cluster, outcome};

/// The name of the lock file.
pub(crate) const LOCK: &str = "cluster.lock.json";

/// The lock of a new cluster.
pub(crate) fn lock(text: &str) -> String {
    Lock::assign(&cluster(text), None).text()
}

/// Compiles a description with the text of its lock.
pub(crate) fn compile(text: &str, lock: &str, policy: LockPolicy) -> Outcome {
    let lock = LockFile { name: LOCK.to_owned(), bytes: Some(lock.as_bytes().to_vec()), policy };
    outcome(Document::new("cluster.yaml", text), Some(lock))
}

/// All diagnostics as they are printed.
pub(crate) fn shown(outcome: &Outcome) -> String {
    outcome.reports().iter().map(|(report, source)| draw(report, source)).collect()
}

/// The only diagnostic.
pub(crate) fn only(outcome: &Outcome) -> Diagnostic {
    let all: Vec<&Diagnostic> =
        outcome.reports().iter().flat_map(|(report, _): &(&Report, _)| report.sorted()).collect();
    assert_eq!(all.len(), 1, "one mistake or change, one diagnostic:\n{}", shown(outcome));
    all[0].clone()
}
