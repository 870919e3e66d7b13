//! Machines that stay never move, over random histories of edits.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::LazyLock;

use proptest::prelude::*;
use vpcgen::diag::{Report, draw};
use vpcgen::lock::{self, Identity, Lock};
use vpcgen::model::Cluster;
use vpcgen::net::Cidr;
use vpcgen::plan::{Node, Plan, plan};
use vpcgen::source::{Source, Spanned};
use vpcgen::spec::{self, Spec};

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

fn left(lock: &Lock) -> impl Iterator<Item = Cidr> {
    lock.released.iter().map(|block| block.pods)
}

/// The blocks that machines come back to, by name.
fn own(lock: &Lock) -> HashMap<&String, (Cidr, &String)> {
    let named = lock.released.iter().filter_map(|block| Some((block.pods, block.last.as_ref()?)));
    named.map(|(pods, last)| (&last.name, (pods, &last.zone))).collect()
}

fn inside_and_disjoint(lock: &Lock) {
    let blocks: Vec<Cidr> = lock.nodes.values().map(|place| place.pods).chain(left(lock)).collect();
    let different: HashSet<Cidr> = blocks.iter().copied().collect();
    assert_eq!(blocks.len(), different.len(), "a block twice");
    // Blocks of one width are aligned by their type, so different ones are disjoint.
    assert!(blocks.iter().all(|block| block.prefix() == lock.node_prefix && lock.pods.contains(*block)));
}

/// A machine that comes back has the block that it left, in the zone where it was. For others, never-used blocks come first, in
/// order; then the longest released.
fn released_come_last(before: &Lock, after: &Lock) {
    let own = own(before);
    let back = |name: &String| own.get(name).filter(|_| !before.nodes.contains_key(name));
    for (name, place) in &after.nodes {
        assert!(back(name).is_none_or(|own| *own == (place.pods, &place.zone)), "{name} did not come back");
    }
    // In the order in which they were handed out.
    let new: Vec<Cidr> = after
        .nodes
        .iter()
        .filter(|(name, _)| !before.nodes.contains_key(*name) && back(name).is_none())
        .map(|(_, place)| place.pods)
        .collect();
    let had: HashSet<Cidr> = before.nodes.values().map(|place| place.pods).chain(left(before)).collect();
    let never = new.iter().take_while(|block| !had.contains(block)).count();
    assert!(new[..never].is_sorted());
    if never < new.len() {
        let all = 1 << (after.node_prefix - after.pods.prefix());
        assert_eq!(had.len() + never, all, "a block was reused while others were never used");
    }
    let mut gone: Vec<Cidr> =
        before.nodes.iter().filter(|(name, _)| !after.nodes.contains_key(*name)).map(|(_, place)| place.pods).collect();
    gone.sort_unstable();
    let returned: HashSet<Cidr> = after.nodes.keys().filter_map(back).map(|own| own.0).collect();
    let queue: Vec<Cidr> = left(before).filter(|block| !returned.contains(block)).chain(gone).collect();
    assert_eq!(new[never..], queue[..new.len() - never], "not the longest released");
    assert_eq!(left(after).collect::<Vec<_>>(), queue[new.len() - never..]);
}

/// No edit that a running cluster allows contradicts its lock.
fn agrees(before: &Lock, cluster: &Cluster) {
    // The text matters only where a diagnostic is drawn.
    let source = Rc::new(Source::new("cluster.lock.json", ""));
    let mut report = Report::default();
    // Without a version, the cluster would keep its own.
    let version = Some(Spanned::new(cluster.kubernetes.version.clone(), 0..0));
    let kubernetes = Some(spec::Kubernetes { version, ..spec::Kubernetes::default() });
    let spec = Spec { kubernetes, ..Spec::default() };
    let agreed = lock::agree(before, cluster, &spec, &source, &mut report);
    assert!(agreed && !report.has_errors(), "{}", draw(&report, &source));
}

/// The same cluster, but for what may change: a wider node range, a newer Kubernetes.
fn same_cluster(before: &Lock, after: &Lock) {
    let (old, new) = (before.identity.clone().unwrap(), after.identity.clone().unwrap());
    assert!(new.nodes.contains(old.nodes) && new.kubernetes >= old.kubernetes);
    assert_eq!(Identity { nodes: old.nodes, kubernetes: old.kubernetes, ..new }, old);
}

/// A kept disk is a machine's or an orphan, never forgotten, and an orphan only where no machine has its name and zone.
fn kept_disks_are_remembered(before: &Lock, after: &Lock) {
    let orphan =
        |name: &str, zone: &str| after.orphaned_disks.iter().filter(|d| d.name == name && d.zone == zone).count();
    let had =
        before.nodes.iter().filter(|(_, place)| place.kept_disk.is_some()).map(|(name, place)| (name, &place.zone));
    for (name, zone) in had.chain(before.orphaned_disks.iter().map(|disk| (&disk.name, &disk.zone))) {
        let owned = after.nodes.get(name).is_some_and(|place| place.zone == *zone);
        assert_eq!(orphan(name, zone), usize::from(!owned), "{name} in {zone}");
    }
    assert!(after.orphaned_disks.len() <= before.orphaned_disks.len() + before.nodes.len());
}

/// Each control plane's disk is recorded where its machine is, and stays.
fn state_disks_stay(before: &Lock, after: &Lock, cluster: &Cluster) {
    let names: HashSet<&String> = cluster.control_plane.names.iter().collect();
    assert_eq!(names, after.state_disks.keys().collect());
    for (name, disk) in &after.state_disks {
        assert_eq!(disk.zone, after.nodes[name].zone);
        assert!(before.state_disks.get(name).is_none_or(|old| old == disk));
    }
}

static FIRST: LazyLock<Cluster> = LazyLock::new(|| Description::new().cluster());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A change that is rendered and taken back before anything is applied moves no machine that is there, unless a new one has
    /// taken its block meanwhile.
    #[test]
    fn a_change_and_its_reverse_move_no_machine(
        (edits, mistake) in (prop::collection::vec(edit(), 0..15), prop::collection::vec(edit(), 1..5))
    ) {
        let mut description = Description::new();
        let mut lock = Lock::assign(&FIRST, None);
        for edit in &edits {
            description.apply(edit);
            lock = read_back(&Lock::assign(&description.cluster_like(&FIRST), Some(&lock)));
        }
        let (right, mut between, mut taken) = (description.clone(), lock.clone(), HashSet::new());
        for edit in &mistake {
            description.apply(edit);
            let after = read_back(&Lock::assign(&description.cluster_like(&FIRST), Some(&between)));
            taken.extend(after.blocks().filter(|block| !between.blocks().any(|had| had == *block)));
            between = after;
        }
        let back = Lock::assign(&right.cluster_like(&FIRST), Some(&between));
        for (name, place) in &lock.nodes {
            let Some(now) = back.nodes.get(name) else { continue };
            let own = between.nodes.get(name).is_some_and(|between| between.pods == place.pods);
            if own || !taken.contains(&place.pods) {
                prop_assert_eq!((now.pods, &now.zone), (place.pods, &place.zone), "{} moved: {:?}", name, mistake);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn machines_that_stay_never_move(edits in prop::collection::vec(edit(), 1..30)) {
        let mut description = Description::new();
        let mut before = Lock::assign(&FIRST, None);
        for edit in &edits {
            description.apply(edit);
            let cluster = description.cluster_like(&FIRST);
            agrees(&before, &cluster);
            let after = Lock::assign(&cluster, Some(&before));
            inside_and_disjoint(&after);
            same_cluster(&before, &after);
            kept_disks_are_remembered(&before, &after);
            state_disks_stay(&before, &after, &cluster);
            for (name, place) in &after.nodes {
                prop_assert!(before.nodes.get(name).is_none_or(|had| (had.pods, &had.zone) == (place.pods, &place.zone)), "{} moved: {:?}", name, edit);
            }
            released_come_last(&before, &after);
            // The file says it all, and planning twice changes nothing.
            let read = read_back(&after);
            prop_assert_eq!(&read, &after);
            prop_assert_eq!(read.text(), after.text());
            prop_assert!(lock::behind(Some(&read), &Lock::assign(&cluster, Some(&read))).is_none());
            before = after;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// The descriptions of the histories above are never read. Read, they are the same clusters, and planned as the lock says.
    #[test]
    fn what_is_written_is_planned_as_the_lock_says(edits in prop::collection::vec(edit(), 1..30)) {
        let mut description = Description::new();
        let mut lock = Lock::assign(&FIRST, None);
        for edit in &edits {
            description.apply(edit);
            lock = Lock::assign(&description.cluster_like(&FIRST), Some(&lock));
        }
        let cluster = description.cluster();
        prop_assert!(lock::behind(Some(&lock), &Lock::assign(&cluster, Some(&lock))).is_none());
        let planned = nodes(&plan(&cluster, &read_back(&lock)));
        let alike = Lock::assign(&description.cluster_like(&FIRST), None);
        prop_assert!(planned.iter().map(|node| &node.name).eq(alike.nodes.keys()));
        for Node { name, zone, pods, .. } in planned {
            let place = &lock.nodes[&name];
            prop_assert_eq!((place.pods, &place.zone), (pods, &zone));
        }
    }

    #[test]
    fn without_a_lock_it_is_first_fit_in_file_order(edits in prop::collection::vec(edit(), 0..16)) {
        let mut description = Description::new();
        edits.iter().for_each(|edit| description.apply(edit));
        let nodes = nodes(&crate::support::plan(&description.text()));
        prop_assert!(nodes.is_sorted_by_key(|node| node.pods));
        prop_assert!(nodes.iter().zip(vpcgen::net::Blocks::new(Cidr::literal(10, 64, 0, 0, 20), 24)).all(|(n, b)| n.pods == b));
    }
}

/// The histories do cover full ranges, reused blocks and machines that stay in old zones.
#[test]
fn histories_reach_every_corner() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut reused, mut kept, mut middle, mut orphaned, mut back) = (0, 0, 0, 0, 0);
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
            orphaned += after.orphaned_disks.iter().filter(|disk| !before.orphaned_disks.contains(disk)).count();
            back += before.orphaned_disks.iter().filter(|disk| !after.orphaned_disks.contains(disk)).count();
            middle += usize::from(matches!(edit, Edit::NameOff { .. }) && after.nodes.len() < before.nodes.len());
            before = after;
        }
    }
    assert!(reused > 20 && kept > 500 && middle > 20, "reused {reused}, kept {kept}, removed in the middle {middle}");
    assert!(orphaned > 50 && back > 5, "orphaned {orphaned}, back {back}");
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
    assert_eq!(left(&second).collect::<Vec<_>>(), [first.nodes["b"].pods]);
    // us-east1-b is no longer listed: its machines stay, and no new one goes there.
    let third = Lock::assign(&cluster(&text("d, c, a, e, f", "us-east1-d, us-east1-c")), Some(&second));
    let zones: Vec<&str> = third.nodes.values().map(|place| place.zone.as_str()).collect();
    assert_eq!(zones, ["us-east1-b", "us-east1-c", "us-east1-d", "us-east1-b", "us-east1-d", "us-east1-c"]);
}
