//! No bytes make vpcgen panic or hang, and every diagnostic points inside the file.

mod support;

use std::collections::BTreeSet;
use std::rc::Rc;

use proptest::prelude::*;
use vpcgen::compile::{Checked, Document};
use vpcgen::diag::{Report, draw, json};
use vpcgen::source::Source;

/// Compiles and prints; panics are the test's failure.
fn survive(bytes: Vec<u8>) -> (Rc<Source>, Report) {
    let Checked { source, report } = support::outcome(Document::new("cluster.yaml", bytes), None).description;
    draw(&report, &source);
    json(&report, &source);
    (source, report)
}

/// Descriptions that are each wrong in one deliberate way, with the code of the diagnostic.
fn attacks() -> Vec<(Vec<u8>, &'static str)> {
    let right = "name: kub\nproject: some-project\nregion: europe-west1\n";
    let deep = |open: &str| format!("{right}labels: {}\n", open.repeat(20_000));
    let mut bomb = format!("{right}x-a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        bomb += &format!("x-a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    // So many of everything that a description of a megabyte holds.
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let list = |count: usize, one: &dyn Fn(usize) -> String| many(count, &|i| one(i) + ", ");
    let anchors = many(200, &|i| format!("x-k{i}: &a{i} {}\n", "x".repeat(2_000)));
    let texts = [
        (String::new(), "wrong-type"),
        ("null\n".to_owned(), "wrong-type"),
        ("\n".repeat(1_000_000), "wrong-type"),
        ("\0".repeat(4096), "syntax"),
        ("a".repeat(8 << 20), "unreadable"),
        (format!("{right}{}", "x-a: 1\n".repeat(1 << 18)), "unreadable"),
        (format!("{right}labels: {}", "- ".repeat(1 << 18)), "syntax"),
        (deep("["), "excess"),
        (deep("{a: "), "excess"),
        (format!("{right}labels:\n  {}\n", "- ".repeat(20_000)), "excess"),
        (format!("{right}labels:\n  {}\n", "? ".repeat(20_000)), "excess"),
        (bomb, "excess"),
        (format!("{right}labels: {{a: *missing}}\n"), "syntax"),
        (format!("{right}x-a: &a [*a]\n"), "syntax"),
        (format!("{right}<<: {{<<: {{<<: 1}}}}\n"), "syntax"),
        (format!("{right}labels: {{a: !!binary b}}\n"), "syntax"),
        (format!("{right}---\nname: kub\n"), "syntax"),
        (format!("{right}pools: {{n: {{count: 4294967295}}}}\n"), "invalid-count"),
        (format!("{right}pools: {{n: {{count: 99999999999999999999999999}}}}\n"), "wrong-type"),
        (format!("{right}network: {{pods: 0.0.0.0/0}}\n"), "range-size"),
        (format!("{right}network: {{nodes: 255.255.255.255/32}}\n"), "range-size"),
        (format!("name: {}\nproject: some-project\nregion: europe-west1\n", "x".repeat(1_000_000)), "invalid-name"),
        (
            format!("name: \"{}\"\nproject: some-project\nregion: europe-west1\n", "\u{202e}".repeat(300_000)),
            "invalid-name",
        ),
        (format!("{right}x-a: &a {}\nx-b: [{}]\n", "x".repeat(900_000), list(99, &|_| "*a".into())), "excess"),
        (format!("{right}{anchors}x-b: [{}]", list(1_900, &|i| format!("*a{}", i % 200))), "excess"),
        (format!("{right}{}", many(20_000, &|_| "x-a: 1\n".into())), "duplicate-key"),
        (format!("{right}{}", many(20_000, &|i| format!("k{i}: 1\n"))), "unknown-key"),
        (format!("{right}pools: {{{}}}\n", list(9_000, &|i| format!("p{i}: {{count: 5000}}"))), "invalid-count"),
        (format!("{right}pools: {{{}}}\n", list(9_000, &|i| format!("p{i}: {{count: 4294967295}}"))), "invalid-count"),
        (format!("{right}pools: {{n: {{names: [{}]}}}}\n", list(40_000, &|_| "a".into())), "name-clash"),
        (format!("{right}pools: {{n: {{names: [{}]}}}}\n", list(1_000, &|i| format!("A{i}"))), "invalid-name"),
        (format!("{right}network: {{peers: [{}]}}\n", list(40_000, &|i| format!("x{i}"))), "invalid-cidr"),
        (
            format!("{right}network: {{peers: [{}]}}\n", list(20_000, &|i| format!("10.{}.{}.0/24", i % 256, i / 256))),
            "overlap",
        ),
        (format!("{right}labels: {{{}}}\n", list(16_000, &|i| format!("\"K{i}\": \"V V\""))), "invalid-label"),
        (format!("{right}zones: [{}]\n", list(40_000, &|i| format!("z{i}"))), "zone-outside-region"),
        (format!("{right}zones: [{}]\n", list(20_000, &|_| "{}".into())), "wrong-type"),
        (format!("{right}{}", "---\n".repeat(250_000)), "syntax"),
        (format!("{right}labels: {}\n", "!a ".repeat(300_000)), "syntax"),
        (format!("{right}labels: {}\n", many(100_000, &|i| format!("&a{i} "))), "syntax"),
        (format!("{right}labels: {{{}}}\n", "a：b，".repeat(50_000)), "syntax"),
    ];
    let mut attacks: Vec<_> = texts.into_iter().map(|(text, code)| (text.into_bytes(), code)).collect();
    attacks.push(((0..=255).collect(), "unreadable"));
    attacks
}

#[test]
fn known_attacks() {
    let mut wrong = String::new();
    for (bytes, code) in attacks() {
        let begin = bytes.iter().position(|b| *b == b'1').map_or(0, |at| at + 1).min(bytes.len());
        let shown = String::from_utf8_lossy(&bytes[begin..bytes.len().min(begin + 60)]).into_owned();
        let (_, report) = survive(bytes);
        let codes: BTreeSet<_> = report.sorted().iter().map(|d| d.code.as_str()).collect();
        if codes != BTreeSet::from([code]) || !report.has_errors() {
            wrong += &format!("{shown}: {codes:?} and not {code}: {:?}\n", report.sorted().first().map(|d| &d.message));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A byte order mark and CRLF are not part of any value.
#[test]
fn byte_order_marks_and_carriage_returns_are_ignored() {
    let (_, report) = survive(b"\xef\xbb\xbfname: kub\r\nproject: some-project\r\nregion: europe-west1\r\n".to_vec());
    assert!(report.sorted().is_empty(), "{:?}", report.sorted());
}

/// The program itself, with 64 MB for everything it allocates (the kernel refuses more) and 30 seconds of processor time (it ends a
/// program that takes more, so a busy machine is no reason to fail).
#[cfg(target_os = "linux")]
#[test]
fn known_attacks_within_64_mb_and_30_seconds() {
    let folder = support::folder::Folder::with("");
    for (bytes, _) in attacks() {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        std::fs::write(folder.path().join("cluster.yaml"), bytes).unwrap();
        for format in ["text", "json"] {
            let limited = format!("ulimit -d 65536; ulimit -t 30; exec \"$0\" validate --format {format}");
            let mut command = std::process::Command::new("sh");
            let run = folder.start(command.args(["-c", &limited, env!("CARGO_BIN_EXE_vpcgen")]));
            assert_eq!(
                run.status(),
                Some(1),
                "{format}: {shown}: {}",
                &run.err()[run.err().len().saturating_sub(300)..]
            );
        }
    }
}

/// A valid description with one stretch of bytes replaced.
fn edited() -> impl Strategy<Value = Vec<u8>> {
    let bases = [
        include_str!("../generated-examples/minimal/cluster.yaml"),
        include_str!("../generated-examples/vpc-native/cluster.yaml"),
        include_str!("../generated-examples/three-zones/cluster.yaml"),
    ];
    let junk = prop_oneof![
        any::<Vec<u8>>(),
        "[ -~\n]{0,20}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            "[", "{", "- ", ": ", "\n", "null", "0", "-1", "1e9", "é", "\u{0}", "*a", "&a", "'", "\"", "|", "/33"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, junk), 1..4);
    (prop::sample::select(bases.to_vec()), edits).prop_map(|(base, edits)| {
        let mut bytes = base.as_bytes().to_vec();
        for (at, length, junk) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, junk);
        }
        bytes
    })
}

/// Any shape of YAML, in flow style, with the description's own keys where they do most harm.
fn shape() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "name",
            "project",
            "region",
            "zones",
            "labels",
            "kubernetes",
            "version",
            "max_pods_per_node",
            "network",
            "nodes",
            "pods",
            "services",
            "peers",
            "nat",
            "mtu",
            "access",
            "ssh",
            "api",
            "firewall",
            "allow",
            "from",
            "control_plane",
            "pools",
            "count",
            "names",
            "disk",
            "size",
            "type",
            "taints",
            "key",
            "effect",
            "terraform",
            "backend",
            "gcs",
            "bucket",
            "autoscale",
            "existing",
            "n",
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec![
            "kub",
            "some-project",
            "europe-west1",
            "europe-west1-b",
            "10.0.0.0/8",
            "10.4.0.0/33",
            "0.0.0.0/0",
            "::/0",
            "1.36",
            "null",
            "~",
            "true",
            "-1",
            "0x10",
            ".inf",
            "1e999",
            "4294967296",
            "2026-11-24",
            "tcp:22",
            "'tcp:1-0'",
            "\"\"",
            "\"\\u202e\"",
            "'é'",
            "!!str 1",
            "&a b",
            "*a",
            "<<",
        ])
        .prop_map(str::to_owned),
        "[a-z0-9./:-]{1,12}".prop_map(|word| format!("'{word}'")),
    ];
    word.clone().prop_recursive(6, 60, 8, move |inner| {
        let entry = (word.clone(), inner.clone()).prop_map(|(key, value)| format!("{key}: {value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec(entry, 0..8).prop_map(|entries| format!("{{{}}}", entries.join(", "))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_bytes(bytes in any::<Vec<u8>>()) {
        survive(bytes);
    }

    #[test]
    fn any_shape(shape in shape()) {
        survive(shape.into_bytes());
    }

    #[test]
    fn any_shape_at_each_key(shapes in prop::collection::vec(shape(), 6)) {
        let keys = ["zones", "labels", "network", "firewall", "pools", "control_plane"];
        let lines: String = keys.iter().zip(shapes).map(|(key, shape)| format!("{key}: {shape}\n")).collect();
        survive(format!("name: kub\nproject: some-project\nregion: europe-west1\n{lines}").into_bytes());
    }

    #[test]
    fn edits_of_right_descriptions(bytes in edited()) {
        survive(bytes);
    }
}
