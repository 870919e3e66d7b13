//! Nobody who stays ever moves, over histories nobody wrote.

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use vpcgen::diag::Report;
use vpcgen::lock::{self, Lock, Place};
use vpcgen::model::Cluster;
use vpcgen::net::Cidr;
use vpcgen::plan::{Node, Plan, plan};

use super::description::{Description, Edit, edit};
use crate::support::cluster;

fn nodes(plan: &Plan) -> Vec<Node> {
    plan.groups().flat_map(|group| group.nodes.clone()).collect()
}

/// Through the file, as from one run of vpcgen to the next.
fn read_back(lock: &Lock) -> Lock {
    let mut report = Report::default();
    let (_, read) = lock::read("cluster.lock.json", lock.text().into_bytes(), &mut report);
    read.unwrap_or_else(|| panic!("{report:?}\n{}", lock.text()))
}

fn inside_and_disjoint(lock: &Lock) {
    let blocks: Vec<Cidr> = lock.nodes.values().map(|place| place.pods).chain(lock.released.iter().copied()).collect();
    let different: HashSet<Cidr> = blocks.iter().copied().collect();
    assert_eq!(blocks.len(), different.len(), "a block twice");
    // Blocks of one width are aligned by their type, so different ones are disjoint.
    assert!(blocks.iter().all(|block| block.prefix() == lock.node_prefix && lock.pods.contains(*block)));
}

/// Never-used blocks come first, in order; then the longest released.
fn released_come_last(before: &Lock, after: &Lock) {
    // In the order in which they were handed out.
    let new: Vec<Cidr> =
        after.nodes.iter().filter(|(name, _)| !before.nodes.contains_key(*name)).map(|(_, place)| place.pods).collect();
    let had: HashSet<Cidr> =
        before.nodes.values().map(|place| place.pods).chain(before.released.iter().copied()).collect();
    let never = new.iter().take_while(|block| !had.contains(block)).count();
    assert!(new[..never].is_sorted());
    if never < new.len() {
        let all = 1 << (after.node_prefix - after.pods.prefix());
        assert_eq!(had.len() + never, all, "a block was reused while others were never used");
    }
    let mut gone: Vec<Cidr> =
        before.nodes.iter().filter(|(name, _)| !after.nodes.contains_key(*name)).map(|(_, place)| place.pods).collect();
    gone.sort_unstable();
    let queue: Vec<Cidr> = before.released.iter().copied().chain(gone).collect();
    assert_eq!(new[never..], queue[..new.len() - never], "not the longest released");
    assert_eq!(after.released, queue[new.len() - never..]);
}

static FIRST: LazyLock<Cluster> = LazyLock::new(|| Description::new().cluster());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nobody_who_stays_moves(edits in prop::collection::vec(edit(), 1..30)) {
        let mut description = Description::new();
        let mut before = Lock::assign(&FIRST, None);
        for edit in &edits {
            description.apply(edit);
            let cluster = description.cluster_like(&FIRST);
            let after = Lock::assign(&cluster, Some(&before));
            inside_and_disjoint(&after);
            for (name, place) in &after.nodes {
                prop_assert!(before.nodes.get(name).is_none_or(|had| had == place), "{} moved: {:?}", name, edit);
            }
            released_come_last(&before, &after);
            // The file says it all, and planning twice changes nothing.
            let read = read_back(&after);
            prop_assert_eq!(&read, &after);
            prop_assert_eq!(read.text(), after.text());
            prop_assert!(lock::behind(Some(&read), &Lock::assign(&cluster, Some(&read))).is_none());
            before = after;
        }
        before = read_back(&before);
        // And the plan of the written description is what the lock says.
        let planned = nodes(&plan(&description.cluster(), &before));
        let names: Vec<&String> = planned.iter().map(|node| &node.name).collect();
        let alike = Lock::assign(&description.cluster_like(&FIRST), None);
        prop_assert_eq!(names, alike.nodes.keys().collect::<Vec<_>>());
        for Node { name, zone, pods } in planned {
            prop_assert_eq!(&before.nodes[&name], &Place { pods, zone });
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn without_a_lock_it_is_first_fit_in_file_order(edits in prop::collection::vec(edit(), 0..16)) {
        let mut description = Description::new();
        edits.iter().for_each(|edit| description.apply(edit));
        let nodes = nodes(&crate::support::plan(&description.text()));
        prop_assert!(nodes.is_sorted_by_key(|node| node.pods));
        prop_assert!(nodes.iter().zip(vpcgen::net::Blocks::new(Cidr::literal(10, 64, 0, 0, 20), 24)).all(|(n, b)| n.pods == b));
    }
}

/// The histories above do reach what they are about: full ranges, blocks in their second life, machines kept in old zones.
#[test]
fn histories_reach_every_corner() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut reused, mut kept, mut middle) = (0, 0, 0);
    for _ in 0..200 {
        let edits: Vec<Edit> = prop::collection::vec(edit(), 25).new_tree(&mut runner).unwrap().current();
        let mut description = Description::new();
        let mut before = Lock::assign(&FIRST, None);
        for edit in &edits {
            description.apply(edit);
            let cluster = description.cluster_like(&FIRST);
            let after = Lock::assign(&cluster, Some(&before));
            reused += before.released.iter().filter(|block| !after.released.contains(block)).count();
            let anew = Lock::assign(&cluster, None);
            kept += usize::from(after.nodes.iter().any(|(name, place)| anew.nodes[name] != *place));
            middle += usize::from(matches!(edit, Edit::NameOff { .. }) && after.nodes.len() < before.nodes.len());
            before = after;
        }
    }
    assert!(reused > 20 && kept > 500 && middle > 20, "reused {reused}, kept {kept}, removed in the middle {middle}");
}

#[test]
fn new_machines_go_where_the_fewest_of_their_pool_are() {
    let text = |names: &str, zones: &str| {
        format!(
            "name: kub\nproject: some-project\nregion: us-east1\nzones: [{zones}]\npools: {{n: {{names: [{names}]}}}}\n"
        )
    };
    let first = Lock::assign(&cluster(&text("a, b, c", "us-east1-b, us-east1-c, us-east1-d")), None);
    // b leaves us-east1-c, so d takes that zone, and its block stays free for later.
    let second = Lock::assign(&cluster(&text("d, c, a", "us-east1-b, us-east1-c, us-east1-d")), Some(&first));
    assert_eq!(second.nodes["d"].zone, "us-east1-c");
    assert_eq!(second.nodes["d"].pods.to_string(), "10.4.4.0/24");
    assert_eq!(second.released, [first.nodes["b"].pods]);
    // us-east1-b is given up: whoever is there stays, nobody follows.
    let third = Lock::assign(&cluster(&text("d, c, a, e, f", "us-east1-d, us-east1-c")), Some(&second));
    let zones: Vec<&str> = third.nodes.values().map(|place| place.zone.as_str()).collect();
    assert_eq!(zones, ["us-east1-b", "us-east1-c", "us-east1-d", "us-east1-b", "us-east1-d", "us-east1-c"]);
}
