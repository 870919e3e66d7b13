//! The file: one line for each machine, refused where it is not understood, never a panic.

use std::io::Write as _;
use std::process::Command;

use proptest::prelude::*;
use vpcgen::diag::{Report, draw, json};
use vpcgen::lock::{self, Lock};

use crate::support::cluster;

const FIVE: &str = "name: kub\nproject: some-project\nregion: europe-west1\ncontrol_plane: {disk: {keep: true}}\npools: {b: {count: 2}, n: {count: 2}}\n";

fn text() -> String {
    Lock::assign(&cluster(FIVE), None).text()
}

/// Reads and prints; panics are the test's failure. Whatever is said is about a place inside the file.
fn survive(bytes: Vec<u8>) -> (Option<Lock>, Report) {
    let mut report = Report::default();
    let (source, lock) = lock::read("cluster.lock.json", bytes, &mut report);
    assert_eq!(lock.is_none(), report.has_errors());
    for label in report.sorted().iter().flat_map(|d| d.primary.iter().chain(&d.others)) {
        assert!(label.span.start <= label.span.end && label.span.end <= source.text.len(), "{label:?}");
    }
    let shown = anstream::adapter::strip_str(&draw(&report, &source)).to_string();
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{shown:?}");
    json(&report, &source);
    (lock, report)
}

#[test]
fn known_attacks() {
    let good = text();
    let disk = r#""kub-m": { "zone": "europe-west1-b", "type": "pd-ssd", "size": 20 }"#;
    assert!(good.contains(disk), "{good}");
    let deep = |open: &str| open.repeat(50_000);
    let pinned = |address: &str| {
        good.replacen(
            "\"zone\": \"europe-west1-b\", \"kept_disk\"",
            &format!("\"zone\": \"europe-west1-b\", \"address\": \"{address}\", \"kept_disk\""),
            1,
        )
    };
    let (accepted, report) = survive(pinned("10.0.0.2").into_bytes());
    assert!(accepted.is_some(), "{report:?}");
    let attacks = [
        pinned("10.0.0.02"),
        pinned("10.0.0.2/32"),
        pinned("192.168.0.2"),
        pinned("2001:db8::2"),
        pinned("10.0.0.2").replace("\"pods\": \"10.4.1.0/24\"", "\"pods\": \"10.4.1.0/24\", \"address\": \"10.0.0.3\""),
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        "1".repeat(100_000),
        deep("["),
        deep("{\"nodes\":"),
        format!("{{\"version\": 1, \"nodes\": {}", deep("[")),
        good.replace("\"version\": 3", "\"version\": 99999999999999999999"),
        good.replace("\"version\": 3", "\"version\": 0"),
        good.replace("\"version\": 3", "\"version\": \"1\""),
        good.replace("\"version\": 3,", ""),
        good.replace("\"version\": 3", "\"version\": 4"),
        good.replace("\"cluster\"", "\"claster\""),
        good.replace("\"name\": \"kub\"", "\"name\": \"Kub\""),
        good.replace("\"name\": \"kub\",", ""),
        good.replace("\"name\": \"kub\",", "\"name\": \"kub\", \"name\": \"kub\","),
        good.replace("some-project", "some project"),
        good.replace("some-project", ""),
        good.replace("\"region\": \"europe-west1\"", "\"region\": \"europe-west4\""),
        good.replace("10.8.0.0/20", "10.8.0.1/20"),
        good.replace("1.36.3", "1.36"),
        good.replace("1.36.3", "1.36.3-rc.1"),
        good.replace("\"pd-balanced\"", "\"\""),
        good.replace("\"pd-balanced\"", "true"),
        good.replace("\"version\": 3,", "\"version\": 3, \"version\": 3,"),
        good.replace("\"node_prefix\": 24", "\"node_prefix\": 33"),
        good.replace("\"node_prefix\": 24", "\"node_prefix\": 8"),
        good.replace("\"node_prefix\": 24", "\"node_prefix\": 256"),
        good.replace("\"size\": 20", "\"size\": -20"),
        good.replace("\"size\": 20", "\"size\": \"20\""),
        good.replace("\"type\": \"pd-ssd\"", "\"type\": \"PD SSD\""),
        good.replace("\"state_disks\": {", "\"state_disks\": { \"kub-m\": {}, "),
        good.replace("\"state_disks\": {", &format!("\"state_disks\": {{ {disk},")),
        good.replace(disk, &disk.replace("europe-west1-b", "us-east1-b")),
        good.replace(disk, &disk.replace("kub-m", "Kub")),
        good.replace("\"disk_size\": 100", "\"disk_size\": -1"),
        good.replace("\"disk_size\": 100", "\"disk_size\": \"100\""),
        good.replace("\"disk_type\": \"pd-balanced\"", "\"disk_type\": \"PD\""),
        good.replace("\"machine_type\": \"e2-standard-2\"", "\"machine_type\": \"e2 standard\""),
        good.replace("\"machine_type\": \"e2-standard-2\", ", ""),
        good.replace("\"control_plane\": { \"machine", "\"Control\": { \"machine"),
        good.replace("\"machines\": {", "\"machines\": { \"b\": {}, "),
        good.replace("    \"n\": { \"machine", "    \"b\": { \"machine"),
        good.replace("10.4.0.0/14", "::/0"),
        good.replace("kub-m", "kub\\u001b[31m"),
        good.replace("kub-m", "kub\u{1b}[31m"),
        good.replace("kub-m", "\u{202e}"),
        good.replace("kub-n-1", "kub-m"),
        good.replace("10.4.1.0/24", "10.4.0.0/24"),
        good.replace("10.4.1.0/24", "10.4.1.0/25"),
        good.replace("\"released\": []", "\"released\": [\"10.4.9.0/24\", \"10.4.9.0/24\"]"),
        format!("\u{feff}{good}"),
        format!("{good}{good}"),
        good.replace('{', "{ // mine\n"),
    ];
    for bytes in attacks {
        let (lock, _) = survive(bytes.clone().into_bytes());
        assert!(lock.is_none(), "{}", &bytes[..bytes.floor_char_boundary(200)]);
    }
    for bytes in [vec![0; 4096], (0..=255).collect(), vec![b' '; lock::MOST_BYTES + 1]] {
        assert!(survive(bytes).0.is_none());
    }
}

#[test]
fn a_reformatted_lock_is_still_read() {
    let good = text();
    let value: serde_json::Value = serde_json::from_str(&good).unwrap();
    for other in [value.to_string(), format!("{value:#}"), good.replace('\n', "\r\n")] {
        let (read, _) = survive(other.into_bytes());
        assert_eq!(read, survive(good.clone().into_bytes()).0);
    }
}

#[test]
fn a_machine_is_one_line() {
    let before = text();
    let after =
        Lock::assign(&cluster(&FIVE.replace("b: {count: 2}", "b: {count: 3}")), survive(text().into()).0.as_ref());
    let after = after.text();
    let new: Vec<&str> = after.lines().filter(|line| !before.lines().any(|old| old == *line)).collect();
    assert_eq!(new, [r#"    "kub-b-3": { "pods": "10.4.5.0/24", "zone": "europe-west1-d" },"#]);
    assert_eq!(before.lines().filter(|line| !after.lines().any(|old| old == *line)).count(), 0);
}

/// Git merges two branches that each added a machine without a conflict, and the block that both took is refused.
#[test]
fn git_merges_it_and_a_duplicate_block_is_reported() {
    let before = survive(text().into()).0.unwrap();
    let branch = |from: &str, to: &str| Lock::assign(&cluster(&FIVE.replace(from, to)), Some(&before)).text();
    let dir = tempfile::TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("base", &before.text());
    write("ours", &branch("b: {count: 2}", "b: {count: 3}"));
    write("theirs", &branch("n: {count: 2}", "n: {count: 3}"));
    let Ok(merged) =
        Command::new("git").args(["merge-file", "-p", "ours", "base", "theirs"]).current_dir(dir.path()).output()
    else {
        let _ = writeln!(std::io::stderr(), "skipped, git is not here: two branches merged");
        return;
    };
    assert!(merged.status.success(), "a conflict:\n{}", String::from_utf8_lossy(&merged.stdout));
    let (lock, report) = survive(merged.stdout.clone());
    assert!(lock.is_none());
    let codes: Vec<&str> = report.sorted().iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["lock-conflict"]);
    // As the help says: one of the two lines goes, and that machine gets a block of its own.
    let merged = String::from_utf8(merged.stdout).unwrap();
    let line = merged.lines().find(|line| line.contains("kub-b-3")).unwrap();
    let fixed = survive(merged.replace(&format!("{line}\n"), "").into_bytes()).0.unwrap();
    let both = cluster(&FIVE.replace("count: 2", "count: 3"));
    let after = Lock::assign(&both, Some(&fixed));
    assert_eq!(after.nodes["kub-n-3"].pods.to_string(), "10.4.5.0/24");
    assert_eq!(after.nodes["kub-b-3"].pods.to_string(), "10.4.6.0/24");
}

/// A valid lock with one stretch of bytes replaced.
fn edited() -> impl Strategy<Value = Vec<u8>> {
    let base = text().into_bytes();
    let junk = prop_oneof![
        any::<Vec<u8>>(),
        "[ -~\n]{0,20}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            "[", "{", "\"", ",", "}", "null", "0", "-1", "1e999", "é", "\u{0}", "\\u0000", "/33", "\\"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    (0..base.len(), 0_usize..30, junk).prop_map(move |(at, length, junk)| {
        let mut bytes = base.clone();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, junk);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes(bytes in any::<Vec<u8>>()) {
        survive(bytes);
    }

    #[test]
    fn edits_of_a_right_lock(bytes in edited()) {
        // What is still a lock can be planned with.
        let lock = survive(bytes).0.filter(|lock| lock.pods.to_string() == "10.4.0.0/14" && lock.node_prefix == 24);
        if let Some(lock) = lock {
            Lock::assign(&cluster(FIVE), Some(&lock));
        }
    }
}

#[test]
fn the_readme_shows_the_guides_lock() {
    let lock = include_str!("../../generated-examples/vpc-native/cluster.lock.json");
    assert!(include_str!("../../README.md").contains(&format!("```json\n{lock}```\n")));
}
