//! Any bytes as a description: read, judged, drawn, and rendered where they are right. Panics and hangs are findings, and so
//! is a place outside the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vpcgen::diag::{Report, draw, json};
use vpcgen::render::{self, Origin};
use vpcgen::{model, plan, spec};

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = spec::decode("cluster.yaml", bytes.to_vec()) else { return };
    let mut report = Report::default();
    let cluster = spec::read(&source, &mut report).and_then(|spec| model::validate(&spec, &mut report));
    assert_eq!(cluster.is_none(), report.has_errors());
    for label in report.sorted().iter().flat_map(|d| d.primary.iter().chain(&d.others)) {
        assert!(label.span.start <= label.span.end && label.span.end <= source.text.len(), "{label:?}");
    }
    draw(&report, &source);
    json(&report, &source);
    if let Some(cluster) = cluster {
        render::tree(&plan::plan(cluster), &Origin::tree("cluster.yaml".into()));
    }
});
