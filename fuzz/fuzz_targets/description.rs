//! Any bytes as a description: read, judged, drawn, and rendered where they are right. Panics and hangs are findings, and so
//! is a place outside the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vpcgen::compile::{Document, compile};
use vpcgen::diag::{draw, json_all};
use vpcgen::render::Origin;

fuzz_target!(|bytes: &[u8]| {
    let outcome = compile(Document::new("cluster.yaml", bytes), None);
    for (report, source) in outcome.reports() {
        assert_eq!(outcome.compiled.is_none(), report.has_errors());
        for label in report.sorted().iter().flat_map(|d| d.primary.iter().chain(&d.others)) {
            assert!(label.span.start <= label.span.end && label.span.end <= source.text.len(), "{label:?}");
        }
        draw(report, source);
    }
    json_all(outcome.reports());
    if let Some(compiled) = outcome.compiled {
        compiled.tree(&Origin::tree("cluster.yaml".into()));
    }
});
