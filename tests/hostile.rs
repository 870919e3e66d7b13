//! No bytes make vpcgen panic or hang, and whatever it says is about a place inside the file.

mod support;

use std::rc::Rc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use vpcgen::compile::{Checked, Document};
use vpcgen::diag::{Report, draw, json};
use vpcgen::source::Source;

/// More than any description may take, on a slow machine, without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

/// Compiles and prints; panics are the test's failure.
fn survive(bytes: Vec<u8>) -> (Rc<Source>, Report) {
    let Checked { source, report } = support::outcome(Document::new("cluster.yaml", bytes), None).description;
    draw(&report, &source);
    json(&report, &source);
    (source, report)
}

/// Descriptions that are wrong on purpose.
fn attacks() -> Vec<Vec<u8>> {
    let deep = |open: &str| open.repeat(20_000).into_bytes();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    let mut attacks: Vec<Vec<u8>> = vec![
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
    // So many of everything that a description of a megabyte holds.
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let list = |count: usize, one: &dyn Fn(usize) -> String| many(count, &|i| one(i) + ", ");
    let right = "name: kub\nproject: some-project\nregion: europe-west1\n";
    let texts = [
        format!("name: {}\n", "x".repeat(1_000_000)),
        format!("name: \"{}\"\n", "\u{202e}".repeat(300_000)),
        format!("a: &a {}\nb: [{}]\n", "x".repeat(900_000), list(99, &|_| "*a".into())),
        many(200, &|i| format!("k{i}: &a{i} {}\n", "x".repeat(2_000)))
            + &format!("b: [{}]", list(1_900, &|i| format!("*a{}", i % 200))),
        many(20_000, &|_| "a: 1\n".into()),
        many(20_000, &|i| format!("k{i}: 1\n")),
        format!("{right}pools: {{{}}}\n", list(9_000, &|i| format!("p{i}: {{count: 5000}}"))),
        format!("{right}pools: {{{}}}\n", list(9_000, &|i| format!("p{i}: {{count: 4294967295}}"))),
        format!("{right}pools: {{n: {{names: [{}]}}}}\n", list(40_000, &|_| "a".into())),
        format!("{right}pools: {{n: {{names: [{}]}}}}\n", list(40_000, &|i| format!("A{i}"))),
        format!("{right}network: {{peers: [{}]}}\n", list(40_000, &|i| format!("x{i}"))),
        format!("{right}network: {{peers: [{}]}}\n", list(20_000, &|i| format!("10.{}.{}.0/24", i % 256, i / 256))),
        format!("{right}labels: {{{}}}\n", list(16_000, &|i| format!("\"K{i}\": \"V V\""))),
        format!("{right}zones: [{}]\n", list(40_000, &|i| format!("z{i}"))),
        format!("{right}zones: [{}]\n", list(20_000, &|_| "{}".into())),
        "---\n".repeat(250_000),
        "\n".repeat(1_000_000),
        "!a ".repeat(300_000),
        many(120_000, &|i| format!("&a{i} ")),
    ];
    attacks.extend(texts.map(String::into_bytes));
    attacks
}

#[test]
fn known_attacks() {
    for bytes in attacks() {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let started = Instant::now();
        let (_, report) = survive(bytes);
        assert!(report.has_errors(), "{shown}");
        assert!(started.elapsed() < PATIENCE, "{shown}: {:?}", started.elapsed());
    }
}

/// The program itself, with 64 MB for everything it allocates (the kernel refuses more).
#[cfg(target_os = "linux")]
#[test]
fn known_attacks_within_64_mb() {
    let folder = support::folder::Folder::with("");
    for bytes in attacks() {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        std::fs::write(folder.path().join("cluster.yaml"), bytes).unwrap();
        for format in ["text", "json"] {
            let limited = format!("ulimit -d 65536; exec \"$0\" validate --format {format}");
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

/// A right description with one stretch replaced.
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

/// Any shape of YAML, in flow style, with the description's own words where they hurt most.
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
