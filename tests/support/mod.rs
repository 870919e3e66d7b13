//! What several tests need: the examples, and the way from a text to a cluster.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod folder;
pub(crate) mod readback;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use vpcgen::diag::{Report, Severity, draw};
use vpcgen::lock::{self, Lock};
use vpcgen::model::{self, Cluster};
use vpcgen::source::Source;
use vpcgen::spec;

/// The folders of `generated-examples`, sorted.
pub(crate) fn examples() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples");
    let mut dirs: Vec<PathBuf> = std::fs::read_dir(top).unwrap().map(|entry| entry.unwrap().path()).collect();
    dirs.retain(|dir| dir.is_dir());
    dirs.sort();
    assert!(dirs.len() >= 3);
    dirs
}

/// The cluster of a text that is right.
pub(crate) fn cluster(text: &str) -> Cluster {
    let (source, report, cluster) = check(text);
    cluster.unwrap_or_else(|| panic!("{}", draw(&report, &source)))
}

/// What there is to say about a text, and its cluster if it has one.
pub(crate) fn check(text: &str) -> (Source, Report, Option<Cluster>) {
    let source = Source::new("cluster.yaml", text);
    let mut report = Report::default();
    let cluster = spec::read(&source, &mut report).and_then(|spec| model::validate(&spec, &mut report));
    (source, report, cluster)
}

/// What there is to say about a description and the lock beside it, as `validate --locked` does: both by name and bytes.
pub(crate) fn check_both(
    (name, description): (&str, Vec<u8>),
    lock: Option<(&str, Vec<u8>)>,
) -> Vec<(Rc<Source>, Report)> {
    let source = match spec::decode(name, description) {
        Ok(source) => source,
        Err((source, report)) => return vec![(Rc::new(source), report)],
    };
    let mut report = Report::default();
    let spec = spec::read(&source, &mut report);
    let cluster = spec.as_ref().and_then(|spec| model::validate(spec, &mut report));
    if spec.is_some() {
        assert_eq!(cluster.is_none(), report.has_errors(), "{name}: a cluster exactly where there is no error");
    }
    let Some((lock_name, bytes)) = lock else { return vec![(Rc::new(source), report)] };
    let mut own = Report::default();
    let (locked, before) = lock::read(lock_name, bytes, &mut own);
    let locked = Rc::new(locked);
    assert_eq!(before.is_none(), own.has_errors(), "{lock_name}: a lock exactly where there is no error");
    if let (Some(spec), Some(cluster), Some(before)) = (&spec, &cluster, &before)
        && lock::agree(before, cluster, spec, &locked, &mut report)
        && let Some(behind) = lock::behind(Some(before), &Lock::assign(cluster, Some(before)))
    {
        report.push(behind.diagnostic(lock_name, Severity::Error));
    }
    vec![(Rc::new(source), report), (locked, own)]
}
