//! The address plan as it is printed: a table and JSON for each example, and a picture that is a well-formed document, whose
//! text is legible and stays where it belongs.

use std::collections::BTreeSet;

use vpcgen::address_plan::{View, json, svg, table};
use vpcgen::lock::{Lock, Place, Released};
use vpcgen::plan::Plan;

mod support;
use support::picture::{self, contrast};
use support::{cluster, examples};

const THREE_LINES: &str = "name: kub\nproject: some-project\nregion: europe-west1\n";

/// The plan of a description that has no lock yet.
fn plan(text: &str) -> (Plan, Lock) {
    let compiled = support::compile_valid(text);
    (compiled.plan(), compiled.lock)
}

fn plan_after(text: &str, before: Option<&Lock>) -> (Plan, Lock) {
    let cluster = cluster(text);
    let lock = Lock::assign(&cluster, before);
    (vpcgen::plan::plan(&cluster, &lock), lock)
}

fn picture(more: &str) -> String {
    let (plan, lock) = plan(&format!("{THREE_LINES}{more}"));
    svg(&View::new(&plan, &lock))
}

#[test]
fn tables_and_json_of_the_examples() {
    for dir in examples() {
        let (plan, lock) = plan(&std::fs::read_to_string(dir.join("cluster.yaml")).unwrap());
        let view = View::new(&plan, &lock);
        let name = dir.file_name().unwrap().to_str().unwrap().to_owned();
        insta::with_settings!({snapshot_path => "ranges", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, format!("{}\n{}", table(&view, None), json(&view)));
        });
    }
}

/// Drawn anew in `generated-examples/three-zones` by `vpcgen ranges --format svg > ../../tests/ranges/three-zones.svg`. Look
/// at it in a browser, light and dark.
#[test]
fn the_picture_of_an_example() {
    let (plan, lock) = plan(include_str!("../generated-examples/three-zones/cluster.yaml"));
    assert!(svg(&View::new(&plan, &lock)) == include_str!("ranges/three-zones.svg"), "the picture differs");
}

#[test]
fn everything_adds_up() {
    for more in
        ["", "pools: {}\n", "network: {pods: 10.4.0.0/22}\npools: {a: {count: 2}, b: {names: [x]}, c: {count: 0}}\n"]
    {
        let (plan, lock) = plan(&format!("{THREE_LINES}{more}"));
        let view = View::new(&plan, &lock);
        for range in &view.ranges {
            assert_eq!(range.blocks, range.used + range.reserved + range.free, "{range:?}");
        }
        let taken: BTreeSet<_> = plan.groups().flat_map(|group| &group.nodes).map(|node| node.pods).collect();
        assert_eq!(view.pods().used, taken.len() as u64);
        for next in view.groups.iter().filter_map(|group| group.next.as_ref()) {
            assert!(view.pods().cidr.contains(next.pods) && !taken.contains(&next.pods), "{next:?}");
        }
        assert_eq!(view.groups.iter().any(|group| group.next.is_some()), view.more > 0 && view.groups.len() > 1);
    }
}

/// As many nodes fit as are announced, and not one more.
#[test]
fn what_fits_is_true() {
    for network in
        ["pods: 10.4.0.0/21", "pods: 10.4.0.0/25", "nodes: 10.0.0.0/29", "nodes: 10.32.0.0/16, pods: 10.4.0.0/15"]
    {
        let pods = if network.contains("/15") { 8 } else { 30 };
        let with = |count: u64| {
            format!(
                "{THREE_LINES}kubernetes: {{max_pods_per_node: {pods}}}\nnetwork: {{{network}}}\npools: {{n: {{count: {count}}}}}\n"
            )
        };
        let (plan, lock) = plan(&with(0));
        let more = View::new(&plan, &lock).more;
        assert!(support::check(&with(more)).2.is_some(), "{network}: {more} do not fit");
        assert!(support::check(&with(more + 1)).2.is_none(), "{network}: more than {more} fit");
    }
}

/// A lock scatters blocks, and remembers those that were left.
#[test]
fn blocks_may_lie_anywhere() {
    let block = |third: u8| format!("10.4.{third}.0/24").parse().unwrap();
    let place = |third: u8| Place {
        pods: block(third),
        zone: "europe-west1-b".to_owned(),
        pool: None,
        kept_disk: None,
        address: None,
    };
    let names =
        [("kub-m", 1), ("kub-web-1", 0), ("kub-web-2", 3), ("kub-web-3", 17), ("kub-web-4", 18), ("kub-gone-1", 4)];
    let nodes = names.map(|(name, third)| (name.to_owned(), place(third))).into_iter().collect();
    let before = Lock {
        machines: Default::default(),
        identity: None,
        pods: "10.4.0.0/14".parse().unwrap(),
        node_prefix: 24,
        nodes,
        released: vec![Released { pods: block(2), last: None }],
        orphaned_disks: Vec::new(),
        state_disks: Default::default(),
    };
    let text = format!("{THREE_LINES}pools: {{web: {{count: 4}}, batch: {{count: 2}}}}\n");
    let (plan, lock) = plan_after(&text, Some(&before));
    let view = View::new(&plan, &lock);
    // 2 and 4 were used before, 5 and 6 are the new pool's.
    assert!(view.groups.iter().skip(1).all(|group| group.next.as_ref().unwrap().pods == block(7)));
    let picture = svg(&view);
    roxmltree::Document::parse(&picture).unwrap();
    assert!(picture.contains("from 10.4.0.0/24, in 3 runs"), "{picture}");
    for node in view.groups.iter().flat_map(|group| group.nodes) {
        assert!(picture.contains(&format!("{}, {}, {}", node.name, node.pods, node.zone)), "{}", node.name);
    }
}

/// A node that comes back gets its own block; once everything else is taken, the block that was left longest ago comes next.
#[test]
fn released_blocks_are_reused_last() {
    let with = |count: u8| format!("{THREE_LINES}network: {{pods: 10.4.0.0/22}}\npools: {{n: {{count: {count}}}}}\n");
    let (_, before) = plan(&with(2));
    let (plan, lock) = plan_after(&with(1), Some(&before));
    let next =
        |plan: &Plan, lock: &Lock| View::new(plan, lock).groups[1].next.clone().map(|next| next.pods.to_string());
    assert_eq!(next(&plan, &lock).as_deref(), Some("10.4.2.0/24"));
    let text = with(1).replace("pools: {", "pools: {other: {count: 1}, ");
    let (_, lock) = plan_after(&text, Some(&lock));
    let other = |lock: &Lock| lock.next(None).map(|block| block.to_string());
    assert_eq!(other(&lock).as_deref(), Some("10.4.2.0/24"));
}

#[test]
fn a_table_keeps_within_a_narrow_terminal() {
    let (plan, lock) = plan(include_str!("../generated-examples/vpc-native/cluster.yaml"));
    for line in table(&View::new(&plan, &lock), Some(80)).lines().filter(|line| !line.ends_with('.')) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn pictures_of_all_sizes_are_well_formed_and_nothing_leaves_the_page() {
    let pools = |count: usize| format!("pools: {{web: {{count: {count}}}, unused: {{count: 0}}}}\n");
    let many: String = (0..30).map(|n| format!("  pool-{n}: {{count: 3}}\n")).collect();
    let sizes = [1, 3, 30, 100, 200, 300, 1000].map(pools);
    let wide = "kubernetes: {max_pods_per_node: 8}\nnetwork: {nodes: 10.32.0.0/16, pods: 10.64.0.0/12}\npools: {n: {count: 4900}}\n";
    let long = format!("network: {{subnet: {}, peers: [10.192.0.0/10, 172.20.0.0/14]}}\n", "a".repeat(59));
    let full = "network: {pods: 10.4.0.0/24}\npools: {}\n";
    for more in sizes.iter().map(String::as_str).chain([wide, &long, full, &format!("pools:\n{many}")]) {
        let text = picture(more);
        assert_eq!(text, picture(more), "the same bytes each time");
        picture::check(&text);
    }
}

/// Ink on each colour, and each colour's outline on the page: the contrasts that WCAG asks for, light and dark.
#[test]
fn colours_have_contrast_in_both_modes() {
    let style = include_str!("../src/picture/style.css");
    let value = |class: &str, key: &str, dark: bool| picture::colour(style, class, key, dark);
    for dark in [false, true] {
        let page = value(".page", "fill", dark);
        assert!(contrast(value("text", "fill", dark), page) >= 7.0);
        assert!(contrast(value(".mute", "fill", dark), page) >= 4.5);
        for class in ["m", "p0", "p1", "p2", "p3", "p4", "p5", "p6"] {
            let (fill, stroke) =
                (value(&format!(".{class}"), "fill", dark), value(&format!(".{class}"), "stroke", dark));
            let ink = value(&format!("text.on-{class}"), "fill", dark);
            assert!(contrast(ink, fill) >= 4.5, "{class}: ink {:.1}", contrast(ink, fill));
            let edge = contrast(fill, page).max(contrast(stroke, page));
            assert!(edge >= 3.0, "{class}: edge {edge:.1}");
        }
    }
}
