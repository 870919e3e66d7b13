//! What several tests need: the examples, and the way from a text to a cluster.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod folder;
pub(crate) mod readback;

use std::path::{Path, PathBuf};

use vpcgen::diag::{Report, draw};
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
