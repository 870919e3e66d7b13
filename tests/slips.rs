//! What people write at the end of a long day: each mistake is one diagnostic, and what it proposes is what they meant.

use vpcgen::diag::draw;

mod support;
use support::check;

/// The lines that every description begins with, unless the slip is in one of them.
const FIRST: [(&str, &str); 3] = [("name", "kub"), ("project", "youzhi-lab"), ("region", "europe-west1")];

/// What was written, the code, and what the message or its fix must hold.
const SLIPS: &[(&str, &str, &str)] = &[
    ("name: prod_cluster", "invalid-name", "`prod-cluster`"),
    ("project: Youzhi Lab", "invalid-project", "+ project: youzhi-lab"),
    ("region: europe-west1-b", "invalid-region", "the zone under `zones`"),
    ("region: eu-west-1", "invalid-region", "did you mean `europe-west1`?"),
    ("region: us-east-1", "invalid-region", "did you mean `us-east1`?"),
    ("region: europe-west99", "unknown-region", "did you mean `europe-west9`?"),
    ("zones: [b]", "zone-outside-region", "did you mean `europe-west1-b`?"),
    ("zones: europe-west1-b", "wrong-type", "+ zones: [europe-west1-b]"),
    ("zone: europe-west1-b", "unknown-key", "did you mean `zones`?"),
    ("pools: {n: {nodes: 3}}", "unknown-key", "did you mean `count`?"),
    ("pools: {n: {count: 3, machineType: e2-standard-4}}", "unknown-key", "did you mean `machine_type`?"),
    ("pools: {n: {min: 1}}", "unknown-key", "autoscaled pools are not supported yet"),
    ("pools: [{name: n, count: 2}]", "wrong-type", "`pools: {n: {count: 2}}`"),
    ("pools: {n: {count: \"2\"}}", "wrong-type", "found `\"2\"`"),
    ("pools: {n: {count: 2, spot: yes}}", "wrong-type", "spot: true"),
    ("pools: {n: {names: [web, web]}}", "name-clash", "listed twice"),
    ("pools: {n: {count: 2}, n: {count: 3}}", "duplicate-key", "first here"),
    (
        "pools: {n: {count: 2, taints: [\"dedicated=gpu:NoSchedule\"]}}",
        "wrong-type",
        "{key: dedicated, value: gpu, effect: NoSchedule}",
    ),
    (
        "pools: {n: {count: 2, labels: {node-role.kubernetes.io/worker: true}}}",
        "invalid-node-label",
        "kubectl label node",
    ),
    ("pools: {n: {count: 2, image: ubuntu-2404-lts}}", "invalid-image", "family/ubuntu-2404-lts-amd64"),
    ("pools: {n: {count: 2, machine_type: t2a-standard-4}}", "architecture-mismatch", "lts-arm64"),
    ("pools: {n: {count: 2, machine_type: n2-standard-3}}", "unknown-machine-type", "did you mean `n2-standard-4`?"),
    ("pools: {n: {count: 2, machine_type: c4-standard-4}}", "disk-mismatch", "hyperdisk-balanced"),
    ("network: {pods: 10.4.1.7/14}", "host-bits", "10.4.0.0/14"),
    ("network: {pods: 10.4.0.0}", "invalid-cidr", "add a prefix length"),
    ("network: {pod_cidr: 10.4.0.0/14}", "unknown-key", "did you mean `pods`?"),
    ("network: {services: 10.4.0.0/20}", "overlap", "the next free"),
    ("network: {nodes: 172.17.0.0/16}", "awkward-range", "Docker"),
    ("network: {mtu: 9000}", "mtu", "8896"),
    ("network: {nat: false}", "no-egress", "remove `nat`"),
    ("network: {nat: false}", "no-egress", "the control plane and the pool `n` cannot"),
    (
        "network: {nat: false}\npools: {web: {count: 1}, batch: {count: 1}, db: {count: 1}}",
        "no-egress",
        "the control plane and the pools `web`, `batch` and `db` cannot",
    ),
    (
        "network: {nat: false}\ncontrol_plane: {external_ip: true}\npools: {web: {count: 1}, db: {count: 1}}",
        "no-egress",
        "the pools `web` and `db` cannot",
    ),
    ("network: {pods: 10.4.0.0/24}", "range-full", "a /22 is large enough"),
    ("kubernetes: {version: 1.30}", "unsupported-version", "unsupported since"),
    ("kubernetes: {version: v1.36.3}", "unsupported-version", "remove the `v`"),
    ("kubernetes: {version: \"1.37\"}", "unsupported-version", "no cloud-controller-manager"),
    ("kubernetes: {max_pods_per_node: 500}", "pods-per-node", "8 to 256"),
    ("access: {ssh: [203.0.113.7]}", "invalid-cidr", "203.0.113.7/32"),
    ("access: {api: [0.0.0.0]}", "invalid-cidr", "for every address, write 0.0.0.0/0"),
    ("firewall: {web: {allow: tcp:80, from: [0.0.0.0/0]}}", "wrong-type", "allow: [tcp:80]"),
    ("firewall: {web: {allow: [tcp:443-80], from: [0.0.0.0/0]}}", "invalid-allow", "tcp:80-443"),
    ("firewall: {web: {allow: [443], from: [0.0.0.0/0]}}", "invalid-allow", "tcp:443"),
    ("firewall: {web: {allow: [tcp:443], from: [any]}}", "invalid-cidr", "for every address, write 0.0.0.0/0"),
    ("firewall: {web: {allow: [443-80], from: [0.0.0.0/0]}}", "invalid-allow", "write `tcp:80-443`"),
    ("firewall: {web: {allow: [99999], from: [0.0.0.0/0]}}", "invalid-allow", "use numbers up to 65535"),
    ("firewall: {dns: {allow: [udp/53], from: [10.0.0.0/8]}}", "invalid-allow", "write `udp:53`"),
    ("firewall: {dns: {allow: [53/udp], from: [10.0.0.0/8]}}", "invalid-allow", "write `udp:53`"),
    ("kubernetes: 1.36", "wrong-type", "+ kubernetes: {version: \"1.36\"}"),
    ("network: {vpc: k8s-vpc}", "unknown-key", "did you mean `name`?"),
    ("pools: {n: 3}", "wrong-type", "+ pools: {n: {count: 3}}"),
    ("pools: {n: {count: 2, disk: 200GB}}", "wrong-type", "disk: {size: 200}"),
    ("pools: {n: {count: 2, image: ubuntu-24.04}}", "invalid-image", "family/ubuntu-2404-lts-amd64"),
    ("pools: {n: {count: 2, image: ubuntu-2204}}", "invalid-image", "family/ubuntu-2204-lts"),
    ("pools: {n: {count: 2, image: ubuntu-2004-lts}}", "withdrawn-image", "withdrawn in 2025"),
    ("pools: {n: {count: 2, image: debian-cloud/debian-12}}", "not-supported", "use an Ubuntu image"),
    ("control_plane: {zones: [europe-west1-b]}", "unknown-key", "set them at the top level"),
    ("control_plane: {spot: true}", "unknown-key", "only pools have `spot`"),
    ("control_plane: {disk: 50}", "wrong-type", "disk: {size: 50}"),
    ("control_plane: {disk: {sizeGb: 50}}", "unknown-key", "did you mean `size`?"),
    ("subnetwork: {name: a}", "unknown-key", "the keys here are name, project"),
    ("control_plane: {disk: {size: 100GB}}", "wrong-type", "size: 100"),
    ("control_plane: {disk: {type: ssd}}", "invalid-disk", "did you mean `pd-ssd`?"),
    ("control_plane: {disk: {keep: true}}", "irreplaceable", "disk: {keep: false}}"),
    ("control_plane: {machine_type: e2-micro}", "machine-too-small", "`kubeadm init` needs at least"),
    ("control_plane: {count: 2}", "invalid-count", "an even number adds no fault tolerance"),
    ("labels: {costCenter: a}", "invalid-label", "costcenter"),
    ("terraform: {backend: {gcs: {bucket: gs://states/kub}}}", "invalid-backend", "`prefix: kub` beside it"),
    ("name: 'kub '", "invalid-name", "hyphen: `kub`"),
    ("name: 1kub", "invalid-name", "`kub`"),
    ("name: kub.prod", "invalid-name", "`kub-prod`"),
    ("name: a-rather-long-cluster-name", "name-too-long", "at most 16 characters"),
    ("name: A_Rather_Long_Cluster_Name", "invalid-name", "`a-rather-long-cl`"),
    ("name：kub", "syntax", "full-width colon (U+FF1A)"),
    ("project: 123456789012", "invalid-project", "project number"),
    ("project: prod", "invalid-project", "6 to 30"),
    ("region: europe-west1#prod", "syntax", "put a space before it"),
    ("region: Europe-West1", "invalid-region", "did you mean `europe-west1`?"),
    ("region: [europe-west1]", "wrong-type", "found a list"),
    ("zones: [europe-west1-b, europe-west1-b]", "invalid-region", "listed twice"),
    ("zones: [us-central1-a]", "zone-outside-region", "europe-west1-a and so on"),
    ("zones: []", "invalid-region", "`zones` is empty"),
    ("zones: [1-b]", "zone-outside-region", "did you mean `europe-west1-b`?"),
    ("zones: [europe-west1-b，europe-west1-c]", "syntax", "full-width comma (U+FF0C)"),
    ("labels:\u{a0}{team: a}", "syntax", "no-break space (U+00A0)"),
    ("labels: {team: “a”}", "syntax", "+ labels: {team: \"a\"}"),
    ("labels: [team=a]", "wrong-type", "`labels: {env: prod}`"),
    ("labels: {team: }", "wrong-type", "found nothing"),
    ("pools: {n: {count: 010}}", "wrong-type", "count: 10}"),
    ("pools: {n: {count: 2.0}}", "wrong-type", "count: 2}"),
    ("pools: {n: {count: two}}", "wrong-type", "write only digits"),
    ("pools: {n: {count: -1}}", "invalid-count", "must be at least 0"),
    ("pools: {n: {count: -3}}", "invalid-count", "count: 3}"),
    ("pools: {n: {count: 4294967296}}", "invalid-count", "4,294,967,296 nodes; Kubernetes supports at most 5,000"),
    ("pools: {n: {count: -4294967296}}", "invalid-count", "use 0 to 5,000"),
    ("pools: {n: {count: 99999999999999999999}}", "wrong-type", "at most 9,223,372,036,854,775,807"),
    ("pools: {n: {count: -99999999999999999999}}", "wrong-type", "at least -9,223,372,036,854,775,808"),
    ("control_plane: {count: -3}", "invalid-count", "use 1, 3 or 5"),
    ("control_plane: {count: 4294967296}", "invalid-count", "4,294,967,296 control planes; at most 5"),
    ("control_plane: {state_disk: {size: 99999999999}}", "invalid-disk", "at most 65,536 GB, not 99,999,999,999"),
    ("control_plane: {state_disk: {size: -1}}", "invalid-disk", "at least 10 GB, not -1"),
    ("control_plane: {disk: {size: 4294967296}}", "invalid-disk", "at most 65,536 GB, not 4,294,967,296"),
    ("control_plane: {disk: {size: -1}}", "invalid-disk", "at least 10 GB, not -1"),
    ("network: {mtu: 4294967296}", "mtu", "must be 1300 to 8896"),
    ("network: {mtu: -1}", "mtu", "must be 1300 to 8896"),
    ("kubernetes: {max_pods_per_node: 4294967296}", "pods-per-node", "8 to 256"),
    ("kubernetes: {max_pods_per_node: -1}", "pods-per-node", "8 to 256"),
    ("pools: {n: {count: 6000}}", "invalid-count", "6,000 nodes; Kubernetes supports at most 5,000"),
    ("pools: {a: {count: 3000}, b: {count: 3000}}", "invalid-count", "6,001 machines"),
    ("pools: {n: {}}", "missing-key", "neither `count` nor `names`"),
    ("pools: {n_1: {count: 1}}", "invalid-name", "`n-1`"),
    ("pools: {m: {count: 1}}", "name-clash", "reserved pool name"),
    ("pools: {n: {count: 3, names: [a, b]}}", "invalid-count", "3 nodes and 2 names"),
    ("pools: {n: {count: 2, disk: {size: 5}}}", "invalid-disk", "at least 10 GB"),
    ("pools: {n: {count: 2, disk: pd-ssd}}", "wrong-type", "disk: {type: pd-ssd}"),
    ("pools: {n: {count: 2, machine_type: n2_standard_4}}", "invalid-machine-type", "did you mean `n2-standard-4`?"),
    ("pools: {n: {count: 2, external_ip: yes}}", "wrong-type", "external_ip: true"),
    ("pools: {n: {count: 2, taints: {key: a, effect: NoSchedule}}}", "wrong-type", "found a mapping"),
    (
        "pools: {n: {count: 2, taints: [{key: a, effect: noschedule}]}}",
        "invalid-node-label",
        "did you mean `NoSchedule`?",
    ),
    ("network: {services: 127.0.0.0/20}", "prohibited-range", "10.8.0.0/20 is free"),
    ("network: {services: 10.8.0.0/29}", "service-range", "smallest that works"),
    ("network: {services: 10.4.0.0}", "invalid-cidr", "10.8.0.0/20 is free"),
    ("network: {pods: 10.4.0.0/33}", "invalid-cidr", "prefix length up to 32"),
    ("network: {pods: 10.4.0.0-10.7.255.255}", "invalid-cidr", "such as 10.0.0.0/20"),
    ("network: {nodes: 10.0.0.0/30}", "range-size", "10.0.0.0/29 is free"),
    ("network: {peers: 10.64.0.0/16}", "wrong-type", "peers: [10.64.0.0/16]"),
    ("network: {peers: [10.4.0.0/16]}", "overlap", "set `network.pods` to it"),
    ("network: {routing: Global}", "wrong-type", "routing: global"),
    ("network: {mtu: 1e3}", "wrong-type", "write only digits"),
    ("network: {mtu: jumbo}", "wrong-type", "write only digits"),
    ("kubernetes: {version: 1.36.99}", "unknown-version", "probably does not exist"),
    ("kubernetes: {version: latest}", "unsupported-version", "use a minor version"),
    ("kubernetes: v1.36", "wrong-type", "+ kubernetes: {version: \"1.36\"}"),
    ("firewall: {web: {allow: [http], from: [0.0.0.0/0]}}", "invalid-allow", "write `tcp:80`"),
    ("firewall: {web: {allow: [https], from: [0.0.0.0/0]}}", "invalid-allow", "write `tcp:443`"),
    ("firewall: {web: {allow: [tcp:443]}}", "invalid-source", "add `from:"),
    ("firewall: {web: {from: [0.0.0.0/0]}}", "invalid-allow", "add `allow:"),
    ("terraform: {backend: gcs}", "wrong-type", "name the bucket"),
    ("terraform: {backend: s3}", "wrong-type", "only supported backend"),
    ("terraform: {backend: {s3: {bucket: a}}}", "unknown-key", "the keys here are gcs"),
    ("terraform: {backend: {gcs: {}}}", "missing-key", "add `bucket:"),
    ("terraform: {module: yes}", "wrong-type", "module: true"),
    ("pools: {n: {names: [kub-m-state]}}", "name-clash", "the state disk of `kub-m`"),
    ("control_plane: {names: [a, a-state, b]}", "name-clash", "the boot disk of `a-state` and the state disk of `a`"),
    ("control_plane: {names: [a, b]}", "invalid-count", "adds no fault tolerance"),
];

#[test]
fn one_slip_is_one_diagnostic_that_says_what_was_meant() {
    let mut failures = String::new();
    for &(slip, code, says) in SLIPS {
        let usual = FIRST.iter().filter(|(key, _)| !slip.starts_with(&format!("{key}: ")));
        let description = usual.map(|(key, value)| format!("{key}: {value}\n")).collect::<String>() + slip + "\n";
        let (source, report, _) = check(&description);
        let drawn = anstream::adapter::strip_str(&draw(&report, &source)).to_string();
        let codes: Vec<_> = report.sorted().iter().map(|diagnostic| diagnostic.code.as_str()).collect();
        if codes != [code] || !drawn.contains(says) {
            failures += &format!("`{slip}` should be {code} and say `{says}`:\n{drawn}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn an_empty_file_and_a_broken_one_say_how_to_begin() {
    for (text, says) in [
        ("", "`vpcgen init` writes them"),
        ("{name: kub", "unclosed"),
        ("cluster:\n  name: kub\n  project: youzhi-lab\n  region: europe-west1\n", "nested under `cluster`"),
        ("kind: Cluster\nmetadata: {name: kub}\nspec: {project: youzhi-lab, region: a}\n", "nested under `spec`"),
        ("pools:\n\tn: {}\n", "no tabs"),
        ("name: kub\n---\nname: other\n", "more than one YAML document"),
        ("pools:\n  n:\n   count: 2\n    spot: true\n", "indented like their neighbours"),
    ] {
        let (source, report, _) = check(text);
        let drawn = anstream::adapter::strip_str(&draw(&report, &source)).to_string();
        assert!(report.sorted().len() == 1 && drawn.contains(says), "{text}\n{drawn}");
    }
}

/// What only looks like a mistake, or is a different one.
#[test]
fn no_false_alarms() {
    for right in [
        "labels: {project: shop, region: south}",
        "x-pool: &pool {count: 2, spot: true}\npools: {a: *pool, b: *pool}",
        "labels: {team: a} # “a”，b：c",
        "terraform: {backend: {gcs: {bucket: states, prefix: a#b}}}",
        "labels: {团队: 平台}",
    ] {
        support::compile_valid(&format!("name: kub\nproject: youzhi-lab\nregion: europe-west1\n{right}\n"));
    }
    // A label called `project` is no description nested under `labels`.
    let (_, report, _) = check("labels: {project: shop}\n");
    let messages: Vec<_> = report.sorted().iter().map(|d| d.message.clone()).collect();
    assert_eq!(
        messages,
        ["missing required key `name`", "missing required key `project`", "missing required key `region`"]
    );
}

#[test]
fn an_error_in_a_part_that_is_used_twice_counts_once() {
    let text = "name: kub\nproject: youzhi-lab\nregion: europe-west1\npools: {a: &a {count: 2, spot: yes, disk: {size: 1}}, b: *a}\n";
    let (source, report, _) = check(text);
    assert_eq!(report.sorted().len(), 2);
    assert!(draw(&report, &source).ends_with("2 errors\n"), "{}", draw(&report, &source));
}

/// Two ranges that Google refuses, and a peer where the first suggestion would be.
#[test]
fn suggestions_for_ranges_fit_together() {
    let text = "name: kub\nproject: youzhi-lab\nregion: europe-west1\n\
                network: {services: 127.0.0.0/20, pods: 169.254.0.0/20, peers: [10.4.0.0/20, 10.8.0.0/20]}\n";
    let (_, report, _) = check(text);
    let patches: Vec<_> =
        report.sorted().iter().filter_map(|d| d.patch.as_ref()).map(|patch| patch.text.clone()).collect();
    assert_eq!(patches, ["10.8.16.0/20", "10.4.16.0/20"]);
}

#[test]
fn a_small_pod_range_without_a_name_is_only_a_missing_name() {
    let (_, report, _) = check("project: youzhi-lab\nregion: europe-west1\nnetwork: {pods: 192.168.0.0/22}\n");
    let messages: Vec<_> = report.sorted().iter().map(|d| d.message.clone()).collect();
    assert_eq!(messages, ["missing required key `name`"]);
}
