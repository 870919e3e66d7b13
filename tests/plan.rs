//! Promises about every plan, over descriptions nobody wrote: blocks are aligned, disjoint and inside the pod range; a pool
//! that joins at the end moves nobody; what validates also renders, in canonical form, and reads back as the plan says.

use std::collections::BTreeSet;

use proptest::prelude::*;
use vpcgen::plan::{Node, Plan};
use vpcgen::render::{Origin, format};

#[path = "support/random.rs"]
mod random;
mod support;
use random::description;
use support::{compile_valid, plan, readback};

fn nodes(plan: &Plan) -> Vec<&Node> {
    plan.groups().flat_map(|group| &group.nodes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn blocks_are_aligned_disjoint_and_inside_the_range(text in description()) {
        let compiled = compile_valid(&text);
        let width = compiled.cluster.kubernetes.node_prefix;
        let twice = 2 * u64::from(compiled.cluster.kubernetes.max_pods_per_node);
        let plan = compiled.plan();
        let nodes = nodes(&plan);
        for (index, node) in nodes.iter().enumerate() {
            prop_assert_eq!(node.pods.prefix(), width);
            prop_assert!(node.pods.size() >= twice);
            prop_assert!(plan.network.pods.contains(node.pods));
            for other in &nodes[..index] {
                prop_assert!(!other.pods.overlaps(node.pods) && other.name != node.name);
            }
        }
    }

    #[test]
    fn appending_a_pool_moves_no_machine(text in description(), more in 1_usize..5) {
        let longer = text.replace("pools: {}\n", "pools:\n") + &format!("  zz: {{count: {more}}}\n");
        let (before, after) = (plan(&text), plan(&longer));
        prop_assert_eq!(nodes(&before), nodes(&after)[..nodes(&before).len()].to_vec());
        prop_assert_eq!(nodes(&after).len(), nodes(&before).len() + more);
    }

    #[test]
    fn what_validates_renders_and_reads_back(text in description()) {
        let compiled = compile_valid(&text);
        let origin = Origin::single("cluster.yaml".into());
        for file in compiled.tree(&origin) {
            if file.path.ends_with(".tf") {
                prop_assert_eq!(format::format(&file.text), file.text);
            }
        }
        readback::compare(&compiled.single(&origin), &compiled.plan());
    }
}

#[test]
fn every_example_reads_back_as_planned() {
    for dir in support::examples() {
        let compiled = compile_valid(&std::fs::read_to_string(dir.join("cluster.yaml")).unwrap());
        let files = compiled.tree(&Origin::tree("cluster.yaml".into()));
        let hcl = files.iter().filter(|file| file.path.ends_with(".tf"));
        readback::compare(&hcl.map(|file| file.text.as_str()).collect::<Vec<_>>().join("\n"), &compiled.plan());
    }
}

/// What a resource refers to is rendered too.
#[test]
fn every_reference_leads_to_a_resource() {
    for dir in support::examples() {
        let resources = plan(&std::fs::read_to_string(dir.join("cluster.yaml")).unwrap()).resources();
        let there: BTreeSet<String> =
            resources.iter().map(|resource| format!("{}.{}", resource.address.kind, resource.address.label)).collect();
        let referred: BTreeSet<String> = resources.iter().flat_map(|resource| resource.refers_to()).collect();
        assert!(referred.len() > 4 && referred.is_subset(&there), "{referred:?}");
    }
}

/// The list of resources is held against the text, and the text against the list: a change of one alone shows.
#[test]
fn an_unplanned_argument_is_detected() {
    let compiled = compile_valid(include_str!("../generated-examples/three-zones/cluster.yaml"));
    let (text, plan) = (compiled.single(&Origin::single("cluster.yaml".into())), compiled.plan());
    readback::compare(&text, &plan);
    for (find, put) in [
        ("min_ports_per_vm ", "min_ports_per_machine "),
        ("target_tags ", "source_tags "),
        ("\"INTERNAL\"", "\"EXTERNAL\""),
        ("ignore_changes = [", "ignore_changes = [tags, "),
        ("replicas {", "replica {"),
        ("resource \"google_compute_router\" \"nat\"", "resource \"google_compute_router\" \"other\""),
    ] {
        assert!(text.contains(find), "the example no longer says {find:?}: find another change");
        let changed = text.replace(find, put);
        let seen = std::panic::catch_unwind(|| readback::compare(&changed, &plan)).is_err();
        assert!(seen, "{find} → {put} passes");
    }
}

#[test]
fn the_guides_cluster_gets_the_guides_blocks() {
    let text = include_str!("../generated-examples/vpc-native/cluster.yaml");
    let plan = plan(text);
    let blocks: Vec<String> = nodes(&plan).iter().map(|node| format!("{} {}", node.name, node.pods)).collect();
    assert_eq!(blocks, ["kub-m 192.168.16.0/24", "kub-n-1 192.168.17.0/24", "kub-n-2 192.168.18.0/24"]);
}

#[test]
fn nodes_spread_over_the_zones_in_order() {
    let text = "name: kub\nproject: some-project\nregion: us-east1\npools: {n: {count: 4}}\n";
    let plan = plan(text);
    let zones: Vec<&str> = nodes(&plan).iter().map(|node| node.zone.as_str()).collect();
    assert_eq!(zones, ["us-east1-b", "us-east1-b", "us-east1-c", "us-east1-d", "us-east1-b"]);
}

/// Resources that are part of another one, and need no name of their own.
const UNNAMED: [&str; 7] = [
    "google_compute_instance_group_membership",
    "google_compute_router_nat",
    "google_dns_record_set",
    "google_project_iam_member",
    "google_secret_manager_secret_iam_member",
    "google_service_account_iam_member",
    "google_storage_bucket_iam_member",
];

/// A resource that is added must be added there too.
#[test]
fn preflight_asks_for_the_name_of_every_resource() {
    let plan = plan(
        "name: kub\nproject: some-project\nregion: europe-west1\ncontrol_plane: {count: 3}\n\
         firewall: {kub-x: {allow: [icmp], from: [10.0.0.0/8]}}\naccess: {api: [10.0.0.0/8]}\n",
    );
    let asked = plan.preflight();
    let asked = asked.names.iter().flat_map(|names| &names.names);
    let asked: BTreeSet<&str> = asked.map(|name| name.rsplit('/').next().unwrap()).collect();
    for resource in plan.resources() {
        let name = ["account_id", "role_id", "secret_id", "name"]
            .into_iter()
            .find_map(|key| resource.arguments.get(key)?.as_str());
        let found = name.is_some_and(|name| asked.contains(name));
        assert!(found || UNNAMED.contains(&resource.address.kind), "{}: {name:?}", resource.address);
    }
}
