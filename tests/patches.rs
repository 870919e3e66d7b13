//! Every patch, applied, removes its diagnostic and introduces no error: over random descriptions that are wrong in one or several
//! places, each patch alone, and all that do not touch each other together.

use std::ops::Range;

use proptest::prelude::*;
use serde_json::{Value, json};
use vpcgen::diag::{Code, Diagnostic, Patch, Report, Severity};

mod support;
use support::check;

/// YAML as it is typed: scalars are raw text, so that `010` and `yes` can be written too.
#[derive(Debug, Clone)]
enum Yaml {
    Scalar(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    fn of(value: &Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(map) => Self::Map(map.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect()),
            Value::String(text) => Self::Scalar(text.clone()),
            other => Self::Scalar(other.to_string()),
        }
    }

    fn flow(&self) -> String {
        match self {
            Self::Scalar(text) => text.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::flow).collect::<Vec<_>>().join(", ")),
            Self::Map(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, value)| format!("{key}: {}", value.flow())).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// Block style down to this depth, flow style below it.
    fn block(&self, depth: usize, indent: usize, out: &mut String) {
        let margin = " ".repeat(indent);
        match self {
            Self::Map(entries) if depth > 0 && !entries.is_empty() => {
                for (key, value) in entries {
                    match value {
                        Self::Map(below) if depth > 1 && !below.is_empty() => {
                            *out += &format!("{margin}{key}:\n");
                            value.block(depth - 1, indent + 2, out);
                        }
                        _ => *out += &format!("{margin}{key}: {}\n", value.flow()),
                    }
                }
            }
            _ => *out += &format!("{margin}{}\n", self.flow()),
        }
    }

    /// Every node's address: indexes from the root.
    fn addresses(&self, at: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
        found.push(at.clone());
        let below: Vec<&Yaml> = match self {
            Self::Scalar(_) => return,
            Self::List(items) => items.iter().collect(),
            Self::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        };
        for (index, one) in below.into_iter().enumerate() {
            at.push(index);
            one.addresses(at, found);
            at.pop();
        }
    }

    fn get(&mut self, address: &[usize]) -> Option<&mut Self> {
        let Some((first, rest)) = address.split_first() else { return Some(self) };
        match self {
            Self::Scalar(_) => None,
            Self::List(items) => items.get_mut(*first)?.get(rest),
            Self::Map(entries) => entries.get_mut(*first)?.1.get(rest),
        }
    }
}

/// A right description with every kind of value.
fn base() -> Yaml {
    Yaml::of(&json!({
        "name": "kub", "project": "some-project", "region": "europe-west1", "zones": ["europe-west1-b", "europe-west1-c"],
        "labels": {"team": "platform"},
        "kubernetes": {"version": "1.36.3", "max_pods_per_node": 60},
        "network": {
            "name": "some-vpc", "subnet": "some-subnet", "mtu": 1500, "routing": "global", "nodes": "10.0.0.0/20",
            "pods": "10.4.0.0/14", "services": "10.8.0.0/20", "peers": ["10.64.0.0/16"], "nat": true, "ip_forward": false,
        },
        "access": {"ssh": ["10.64.0.0/16"], "api": ["10.64.0.0/16"], "os_login": false},
        "firewall": {
            "kub-extra": {"allow": ["tcp:22", "udp:1-2"], "from": ["10.0.0.0/8"]},
            "some-rule": {"allow": ["icmp"], "from": ["10.0.0.0/8"]},
        },
        "control_plane": {
            "machine_type": "n2-standard-4", "disk": {"size": 50, "type": "pd-ssd", "keep": true},
            "image": "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64",
        },
        "pools": {
            "web": {
                "names": ["first", "second"], "labels": {"a.io/b": "c"}, "disk": {"size": 50},
                "taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}],
            },
            "batch": {"count": 2, "machine_type": "e2-standard-4", "spot": true, "zones": ["europe-west1-b"]},
        },
        "terraform": {"backend": {"gcs": {"bucket": "some-bucket", "prefix": "some/prefix"}}},
    }))
}

/// What a tired engineer types, by kind.
const WRONG: &[&str] = &[
    "",
    "yes",
    "off",
    "010",
    "0x10",
    "1_000",
    "-1",
    "0",
    "1",
    "3",
    "7",
    "9999",
    "70000",
    "4294967296",
    "1.30",
    "1.36",
    "v1.36",
    "1.35.99",
    "100GB",
    "50 GB",
    "\"2\"",
    "'true'",
    "True",
    "null",
    "[]",
    "{}",
    "[a]",
    "{a: b}",
    "{count: 2}",
    "Upper_Case",
    "under_score",
    "-dash-",
    "trailing-",
    "'a b'",
    "ä",
    "internal",
    "kub-ssh",
    "kub-internal",
    "kub-extra-ssh",
    "ssh",
    "m",
    "control-plane",
    "labels",
    "n",
    "kub-m",
    "kub",
    "12345678",
    "Some Project",
    "example.com:lab",
    "some-project-that-is-far-too-long-for-google",
    "google",
    "a-name-of-more-than-thirty-characters",
    "a-name-of-some-sixty-characters-which-is-fine-until-it-is-derived",
    "A_Name_Of_Far_More_Than_Sixty_Three_Characters_That_No_Machine_At_Google_Would_Take",
    "europe-west1-b",
    "europe-west1",
    "eu-west-1",
    "europe-west99",
    "us-east-1a",
    "b",
    "1-b",
    "us-central1-a",
    "127.0.0.0/20",
    "169.254.0.0/20",
    "224.0.0.0/4",
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/3",
    "10.4.0.0/30",
    "10.4.0.0/14",
    "10.4.0.0/16",
    "10.0.0.0/20",
    "10.8.0.0/20",
    "10.8.0.0/29",
    "10.4.1.7/14",
    "010.4.0.0/14",
    "10.4.0.0",
    "10.4.0.0/24",
    "10.64.0.0/16",
    "10.0.0.0/9",
    "fd00::/8",
    "'fd00::1/8'",
    "any",
    "10.128.0.0/20",
    "172.17.0.0/16",
    "8.8.8.0/24",
    "192.168.0.0/16",
    "10.0.0.0/08",
    "0.0.0.0",
    "tcp",
    "tcp:443-80",
    "443",
    "99999",
    "udp/53",
    "TCP:80",
    "icmp:1",
    "[http, https]",
    "https",
    "tcp:22,80",
    "'tcp:22, tcp:80'",
    "22",
    "e2-micro",
    "n2-standard-3",
    "n2-custom-5-8192",
    "c4-standard-4",
    "t2a-standard-4",
    "E2_Standard_2",
    "e2-standard2",
    "n2-custom-2-1000",
    "ssd",
    "pd_ssd",
    "hyperdisk-balanced",
    "local-ssd",
    "ubuntu-2404-lts",
    "ubuntu-24.04",
    "debian-cloud/debian-12",
    "ubuntu-os-cloud/ubuntu-2204-lts",
    "projects/ubuntu-os-cloud/global/images/family/ubuntu-2004-lts",
    "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts",
    "gs://states/kub",
    "Some_Bucket",
    "/prefix",
    "gcs",
    "noschedule",
    "NoExecutes",
    "dedicated=gpu:NoSchedule",
    "'#prod'",
    "europe-west1#prod",
    "Regional",
    "node-role.kubernetes.io/worker",
    "kubernetes.io/x",
    "a/b/c",
    "-x",
    "count",
    "names",
    "123456",
    "a.b",
];

/// Keys as they are called elsewhere, misspelt, or in the wrong place.
const KEYS: &[&str] = &[
    "zone",
    "nodes",
    "replicas",
    "machineType",
    "type",
    "max_pods",
    "maxPods",
    "version",
    "podCidr",
    "pods",
    "services",
    "sources",
    "ports",
    "disk",
    "size",
    "cidr",
    "vpc",
    "subnetwork",
    "master",
    "nodepools",
    "bakend",
    "buckt",
    "preemptible",
    "regoin",
    "nmae",
    "Labels",
    "min",
    "autoscale",
    "kub-ssh",
    "kub-extra-ssh",
    "ssh",
    "internal",
    "Web_Pool",
    "a-pool-with-a-name-that-is-much-too-long-for-an-instance-of-the-cluster",
    "A_pool_with_a_name_that_is_much_too_long_for_an_instance_of_the_cluster",
    "m",
    "costCenter",
    "kubernetes.io/role",
    "team",
    "web",
    "batch",
    "true",
    "1",
];

#[derive(Debug, Clone)]
enum Mistake {
    Value(String),
    Rename(String),
    Remove,
    /// The value of another place.
    Copy(prop::sample::Index),
    /// Nearly the right value.
    Slip(u8),
}

fn mistake() -> impl Strategy<Value = (prop::sample::Index, Mistake)> {
    let wrong = prop_oneof![
        16 => (0_u8..10).prop_map(Mistake::Slip),
        8 => prop::sample::select(WRONG.to_vec()).prop_map(|text| Mistake::Value(text.to_owned())),
        1 => "[a-zA-Z0-9_./:-]{1,70}".prop_map(Mistake::Value),
        4 => prop::sample::select(KEYS.to_vec()).prop_map(|text| Mistake::Rename(text.to_owned())),
        1 => Just(Mistake::Remove),
        2 => any::<prop::sample::Index>().prop_map(Mistake::Copy),
    ];
    (any::<prop::sample::Index>(), wrong)
}

/// The value as a tired engineer types it.
fn slip(value: &Yaml, kind: u8) -> String {
    let text = value.flow();
    match kind {
        0 => text.to_uppercase(),
        1 => text.replace('-', "_"),
        2 => format!("\"{}\"", text.replace('"', "")),
        3 => format!("{text}#x"),
        4 => format!("0{text}"),
        5 => format!("{text}GB"),
        6 => text.trim_matches(['[', ']']).to_owned(),
        7 => text.replace(".0.0/", ".3.7/"),
        8 => text.chars().take(2).chain(text.chars().skip(1)).collect(),
        _ => text.repeat(4),
    }
}

fn description(mistakes: &[(prop::sample::Index, Mistake)], depth: usize) -> String {
    let mut yaml = base();
    for (at, mistake) in mistakes {
        let mut all = Vec::new();
        yaml.addresses(&mut Vec::new(), &mut all);
        all.remove(0);
        let address = &all[at.index(all.len())];
        let (last, above) = address.split_last().unwrap();
        match mistake {
            Mistake::Value(text) => *yaml.get(address).unwrap() = Yaml::Scalar(text.clone()),
            Mistake::Copy(from) => {
                let from = all[from.index(all.len())].clone();
                let copy = yaml.get(&from).unwrap().clone();
                *yaml.get(address).unwrap() = copy;
            }
            Mistake::Slip(kind) => {
                let value = yaml.get(address).unwrap();
                *value = Yaml::Scalar(slip(value, *kind));
            }
            Mistake::Rename(text) => {
                if let Some(Yaml::Map(entries)) = yaml.get(above) {
                    entries[*last].0 = text.clone();
                }
            }
            Mistake::Remove => match yaml.get(above).unwrap() {
                Yaml::List(items) => drop(items.remove(*last)),
                Yaml::Map(entries) => drop(entries.remove(*last)),
                Yaml::Scalar(_) => unreachable!("it has something below it"),
            },
        }
    }
    let mut text = String::new();
    yaml.block(depth, 0, &mut text);
    text
}

fn apply(text: &str, patch: &Patch) -> String {
    format!("{}{}{}", &text[..patch.span.start], patch.text, &text[patch.span.end..])
}

/// The errors that point at one of these places.
fn touching<'a>(report: &'a Report, places: &[Range<usize>]) -> Vec<&'a Diagnostic> {
    let mut errors = report.sorted();
    errors.retain(|d| d.severity == Severity::Error);
    errors.retain(|d| {
        let mut labels = d.primary.iter().chain(&d.others);
        labels.any(|label| places.iter().any(|place| label.span.start < place.end && place.start < label.span.end))
    });
    errors
}

fn same(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.message == b.message
}

/// Checks each patch of a description alone, then those that do not touch each other together. How many there were.
fn check_patches(text: &str) -> usize {
    let (source, before, _) = check(text);
    let text = &source.text;
    let before = before.sorted();
    let times = |report: &[&Diagnostic], d: &Diagnostic| report.iter().filter(|other| same(other, d)).count();
    let mut applied: Vec<&Patch> = Vec::new();
    for diagnostic in &before {
        let Some(patch) = &diagnostic.patch else { continue };
        let patched = apply(text, patch);
        let (_, after, _) = check(&patched);
        let problem = format!(
            "{}: {}\n---\n{text}\n--- patched with {patch:?}\n{patched}\n---",
            diagnostic.code, diagnostic.message
        );
        assert!(patched != *text, "the patch changes nothing: {problem}");
        assert!(times(&after.sorted(), diagnostic) < times(&before, diagnostic), "still there: {problem}");
        let place = patch.span.start..patch.span.start + patch.text.len();
        for error in touching(&after, &[place]) {
            assert!(before.iter().any(|d| same(d, error)), "new error {}: {problem}", error.message);
        }
        let errors = before.iter().filter(|d| d.severity == Severity::Error).count();
        let unparsed =
            after.sorted().into_iter().find(|d| d.code == Code::Syntax && !before.iter().any(|b| same(b, d)));
        assert!(unparsed.is_none(), "no longer YAML: {problem}");
        if diagnostic.code != Code::Syntax {
            let left = errors - usize::from(diagnostic.severity == Severity::Error);
            assert!(after.count(Severity::Error) <= left, "more errors than before: {:?}: {problem}", after.sorted());
        }
        if applied.iter().all(|other| other.span.end < patch.span.start || patch.span.end < other.span.start) {
            applied.push(patch);
        }
    }
    let count = applied.len();
    if count > 1 {
        applied.sort_by_key(|patch| patch.span.start);
        let (mut patched, mut places, mut from) = (String::new(), Vec::new(), 0);
        for patch in &applied {
            patched += &text[from..patch.span.start];
            places.push(patched.len()..patched.len() + patch.text.len());
            patched += &patch.text;
            from = patch.span.end;
        }
        patched += &text[from..];
        let (_, after, _) = check(&patched);
        for error in touching(&after, &places) {
            // What has no patch is still there.
            let left = before.iter().any(|d| same(d, error) && d.patch.is_none());
            assert!(left, "all at once: {}\n---\n{text}\n--- patched with {applied:?}\n{patched}", error.message);
        }
    }
    count
}

#[test]
fn the_base_is_right() {
    for depth in 0..3 {
        support::compile_valid(&description(&[], depth));
    }
}

/// What is derived from a wrong name is checked with the name that is suggested, so each error shows at once, and each has its patch.
#[test]
fn a_wrong_cluster_name_hides_no_error_of_derived_names() {
    for (name, rest, codes) in [
        (
            "a-rather-long-cluster-name",
            "pools: {a-pool-with-a-name-that-is-itself-much-too-long-for-any-cluster: {count: 2}}",
            ["name-too-long", "name-too-long"],
        ),
        (
            "A_Rather_Long_Cluster_Name",
            "pools: {a-pool-with-a-name-that-is-too-long-for-the-cluster: {count: 12}}",
            ["invalid-name", "name-too-long"],
        ),
        (
            "Kub",
            "firewall: {kub-api-health-checks: {allow: [icmp], from: [10.0.0.0/8]}}",
            ["invalid-name", "name-clash"],
        ),
    ] {
        let text = format!("name: {name}\nproject: some-project\nregion: europe-west1\n{rest}\n");
        let (_, report, _) = check(&text);
        assert_eq!(report.sorted().iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), codes, "{text}");
        assert_eq!(check_patches(&text), 2, "{text}");
        let mut patches: Vec<&Patch> = report.sorted().into_iter().filter_map(|d| d.patch.as_ref()).collect();
        patches.sort_by_key(|patch| std::cmp::Reverse(patch.span.start));
        support::compile_valid(&patches.into_iter().fold(text, |text, patch| apply(&text, patch)));
    }
}

/// Wrong values at every key, and other names of every key.
#[test]
fn one_mistake_at_each_place() {
    let mut all = Vec::new();
    base().addresses(&mut Vec::new(), &mut all);
    let mut patches = 0;
    let mut failures = Vec::new();
    for (place, address) in all.iter().enumerate().skip(1) {
        let (last, above) = address.split_last().unwrap();
        let words = WRONG.iter().map(|word| (word, false)).chain(KEYS.iter().map(|word| (word, true)));
        // One in five at each place, other ones at the next.
        for (word, is_key) in words.skip(place % 5).step_by(5) {
            let mut yaml = base();
            if is_key {
                let Some(Yaml::Map(entries)) = yaml.get(above) else { continue };
                entries[*last].0 = (*word).to_owned();
            } else {
                *yaml.get(address).unwrap() = Yaml::Scalar((*word).to_owned());
            }
            let mut text = String::new();
            yaml.block(2, 0, &mut text);
            match std::panic::catch_unwind(|| check_patches(&text)) {
                Ok(count) => patches += count,
                Err(error) => failures.push(format!("{address:?} {word}: {}", error.downcast_ref::<String>().unwrap())),
            }
        }
    }
    assert!(failures.is_empty(), "{} of {patches}:\n{}", failures.len(), failures.join("\n\n"));
    assert!(patches > 150, "{patches} patches");
}

/// Several mistakes at once. At least a quarter of the descriptions must have patches, or the test shows nothing.
#[test]
fn several_mistakes_at_once() {
    let cases = 300;
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let patched = std::cell::Cell::new(0);
    let mistakes = (prop::collection::vec(mistake(), 1..6), 0_usize..3);
    runner
        .run(&mistakes, |(mistakes, depth)| {
            patched.set(patched.get() + usize::from(check_patches(&description(&mistakes, depth)) > 0));
            Ok(())
        })
        .unwrap();
    assert!(patched.get() * 4 > cases as usize, "{} of {cases} had a patch", patched.get());
}
