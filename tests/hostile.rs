//! No bytes make vpcgen panic or hang, and whatever it says is about a place inside the file.

use proptest::prelude::*;
use vpcgen::diag::{draw, json};
use vpcgen::{diag::Report, model, source::Source, spec};

/// Reads, judges and prints; panics are the test's failure.
fn survive(bytes: Vec<u8>) -> (Source, Report) {
    let source = match spec::decode("cluster.yaml", bytes) {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let mut report = Report::default();
    let spec = spec::read(&source, &mut report);
    let cluster = spec.and_then(|spec| model::validate(&spec, &mut report));
    assert_eq!(cluster.is_none(), report.has_errors());
    for label in report.sorted().iter().flat_map(|d| d.primary.iter().chain(&d.others)) {
        assert!(label.span.start <= label.span.end && label.span.end <= source.text.len(), "{label:?}");
    }
    draw(&report, &source);
    json(&report, &source);
    (source, report)
}

#[test]
fn known_attacks() {
    let deep = |open: &str| open.repeat(20_000).into_bytes();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    let attacks: Vec<Vec<u8>> = vec![
        Vec::new(),
        vec![0; 4096],
        (0..=255).collect(),
        vec![b'a'; 8 << 20],
        b"a: 1\n".repeat(1 << 18),
        b"- ".repeat(1 << 18),
        deep("["),
        deep("{a: "),
        deep("- "),
        deep("? "),
        bomb.into_bytes(),
        b"name: &n kub\nproject: *n\nregion: *missing\n".to_vec(),
        b"a: &a [*a]\n".to_vec(),
        b"<<: {<<: {<<: 1}}\n".to_vec(),
        b"!!binary name: !x kub\n".to_vec(),
        b"name: kub\n---\nname: kub\n".to_vec(),
        b"\xef\xbb\xbfname: kub\n".to_vec(),
        b"null\n".to_vec(),
        b"pools: {n: {count: 4294967295}}\n".to_vec(),
        b"pools: {n: {count: 99999999999999999999999999}}\n".to_vec(),
        b"network: {pods: 0.0.0.0/0, nodes: 255.255.255.255/32, services: 0.0.0.0/32}\n".to_vec(),
    ];
    for bytes in attacks {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let (_, report) = survive(bytes);
        assert!(report.has_errors(), "{shown}");
    }
}

/// A right description with one stretch replaced.
fn edited() -> impl Strategy<Value = Vec<u8>> {
    let base = include_str!("../generated-examples/three-zones/cluster.yaml");
    let junk = prop_oneof![
        any::<Vec<u8>>(),
        "[ -~\n]{0,20}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            "[", "{", "- ", ": ", "\n", "null", "0", "-1", "1e9", "é", "\u{0}", "*a", "&a", "'", "\"", "|", "/33"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    (0..base.len(), 0_usize..30, junk).prop_map(move |(at, length, junk)| {
        let mut bytes = base.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, junk);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_bytes(bytes in any::<Vec<u8>>()) {
        survive(bytes);
    }

    #[test]
    fn edits_of_a_right_description(bytes in edited()) {
        survive(bytes);
    }
}
