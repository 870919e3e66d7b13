//! What people write at the end of a long day: each mistake is one diagnostic, and what it proposes is what they meant.

use vpcgen::diag::draw;

mod support;
use support::check;

/// The lines that every description begins with, unless the slip is in one of them.
const FIRST: [(&str, &str); 3] = [("name", "kub"), ("project", "youzhi-lab"), ("region", "europe-west1")];

/// What was written, the code, and what the message or its fix must hold.
const SLIPS: [(&str, &str, &str); 64] = [
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
    ("network: {pods: 10.4.0.0}", "invalid-cidr", "say how wide it is"),
    ("network: {pod_cidr: 10.4.0.0/14}", "unknown-key", "did you mean `pods`?"),
    ("network: {services: 10.4.0.0/20}", "overlap", "the next free"),
    ("network: {nodes: 172.17.0.0/16}", "awkward-range", "Docker"),
    ("network: {mtu: 9000}", "mtu", "8896"),
    ("network: {nat: false}", "no-egress", "leave `nat` out"),
    ("network: {pods: 10.4.0.0/24}", "range-full", "a /22 is large enough"),
    ("kubernetes: {version: 1.30}", "unsupported-version", "out of support"),
    ("kubernetes: {version: v1.36.3}", "unsupported-version", "written without `v`"),
    ("kubernetes: {version: \"1.37\"}", "unsupported-version", "no cloud-controller-manager"),
    ("kubernetes: {max_pods_per_node: 500}", "pods-per-node", "8 to 256"),
    ("access: {ssh: [203.0.113.7]}", "invalid-cidr", "203.0.113.7/32"),
    ("access: {api: [0.0.0.0]}", "invalid-cidr", "everywhere is 0.0.0.0/0"),
    ("firewall: {web: {allow: tcp:80, from: [0.0.0.0/0]}}", "wrong-type", "allow: [tcp:80]"),
    ("firewall: {web: {allow: [tcp:443-80], from: [0.0.0.0/0]}}", "invalid-allow", "tcp:80-443"),
    ("firewall: {web: {allow: [443], from: [0.0.0.0/0]}}", "invalid-allow", "tcp:443"),
    ("firewall: {web: {allow: [tcp:443], from: [any]}}", "invalid-cidr", "everywhere is 0.0.0.0/0"),
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
    ("control_plane: {zones: [europe-west1-b]}", "unknown-key", "set `zones` at the top level"),
    ("control_plane: {spot: true}", "unknown-key", "only pools have `spot`"),
    ("control_plane: {disk: 50}", "wrong-type", "disk: {size: 50}"),
    ("control_plane: {disk: {sizeGb: 50}}", "unknown-key", "did you mean `size`?"),
    ("subnetwork: {name: a}", "unknown-key", "the keys here are name, project"),
    ("control_plane: {disk: {size: 100GB}}", "wrong-type", "size: 100"),
    ("control_plane: {disk: {type: ssd}}", "invalid-disk", "did you mean `pd-ssd`?"),
    ("control_plane: {machine_type: e2-micro}", "machine-too-small", "`kubeadm init` needs at least"),
    ("control_plane: {count: 2}", "invalid-count", "an even number adds no fault tolerance"),
    ("labels: {costCenter: a}", "invalid-label", "costcenter"),
    ("terraform: {backend: {gcs: {bucket: gs://states/kub}}}", "invalid-backend", "`prefix: kub` beside it"),
];

#[test]
fn one_slip_is_one_diagnostic_that_says_what_was_meant() {
    let mut faults = String::new();
    for (slip, code, says) in SLIPS {
        let usual = FIRST.iter().filter(|(key, _)| !slip.starts_with(&format!("{key}: ")));
        let description = usual.map(|(key, value)| format!("{key}: {value}\n")).collect::<String>() + slip + "\n";
        let (source, report, _) = check(&description);
        let drawn = anstream::adapter::strip_str(&draw(&report, &source)).to_string();
        let codes: Vec<_> = report.sorted().iter().map(|diagnostic| diagnostic.code.as_str()).collect();
        if codes != [code] || !drawn.contains(says) {
            faults += &format!("`{slip}` should be {code} and say `{says}`:\n{drawn}\n");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn an_empty_file_and_a_broken_one_say_how_to_begin() {
    for (text, says) in [
        ("", "`vpcgen init` writes them"),
        ("{name: kub", "unclosed"),
        ("cluster:\n  name: kub\n  project: youzhi-lab\n  region: europe-west1\n", "stands below `cluster`"),
        ("kind: Cluster\nmetadata: {name: kub}\nspec: {project: youzhi-lab, region: a}\n", "stands below `spec`"),
        ("pools:\n\tn: {}\n", "no tabs"),
        ("pools:\n  n:\n   count: 2\n    spot: true\n", "indented like its neighbours"),
    ] {
        let (source, report, _) = check(text);
        let drawn = anstream::adapter::strip_str(&draw(&report, &source)).to_string();
        assert!(report.sorted().len() == 1 && drawn.contains(says), "{text}\n{drawn}");
    }
}
