//! What holds for the topology of every description.

use std::collections::BTreeSet;

use proptest::prelude::*;
use vpcgen::plan::Plan;
use vpcgen::topology::{Detail, View, dot, mermaid, svg};

use super::{THREE_LINES, chart, descriptions, support};
use support::picture::{self, colour, contrast};

fn check(plan: &Plan) {
    let text = mermaid(plan);
    assert_eq!(text, mermaid(plan), "the same bytes each time");
    let chart = chart::read(&text);
    assert!(
        text.chars().count() < 5_000 && chart.boxes.len() < 60,
        "{} characters, {} boxes",
        text.len(),
        chart.boxes.len()
    );
    assert!(chart.links.len() < 280, "older versions of Mermaid draw no more links");
    let machines: BTreeSet<&str> =
        plan.groups().flat_map(|group| &group.nodes).map(|node| node.name.as_str()).collect();
    for detail in Detail::ALL {
        let columns = View::new(plan, detail).columns();
        let boxes = || columns.iter().flat_map(|column| &column.boxes);
        assert_eq!(boxes().map(|of| of.machines).sum::<usize>(), machines.len(), "{detail:?}");
        if detail == Detail::Machines {
            assert_eq!(boxes().map(|of| of.lines[0].as_str()).collect::<BTreeSet<_>>(), machines);
        }
    }
    // Who may come in is in the picture, with every rule.
    let view = View::new(plan, Detail::Machines);
    for (number, door) in view.doors.iter().enumerate() {
        assert!(view.sources.iter().any(|source| source.doors.contains(&number)), "nobody comes in by {}", door.name);
    }
    let picture = svg(plan);
    picture::check(&picture);
    for machine in machines {
        assert!(picture.contains(&format!(": {machine}, pods ")), "{machine}");
    }
    let graph = dot(plan);
    assert_eq!(graph.matches('{').count(), graph.matches('}').count(), "{graph}");
}

#[test]
fn descriptions_of_all_shapes() {
    for text in descriptions() {
        check(&support::plan(&text));
    }
}

#[test]
fn what_cannot_be_told_apart_is_counted() {
    let rules: String =
        (0..40).map(|n| format!("  rule-{n}: {{allow: [tcp:{}], from: [10.{n}.0.0/16]}}\n", n + 1)).collect();
    let pools: String = (0..40).map(|n| format!("  pool-{n}: {{count: 3}}\n")).collect();
    let plan = support::plan(&format!(
        "{THREE_LINES}network: {{nodes: 172.16.0.0/20, pods: 172.20.0.0/14, services: 172.24.0.0/20}}\nfirewall:\n{rules}pools:\n{pools}"
    ));
    check(&plan);
    let view = View::new(&plan, Detail::Machines);
    let other = view.doors.iter().find(|door| door.name == "33 other rules").unwrap();
    assert_eq!(other.to.words(), "to every VM in the VPC");
    let text = mermaid(&plan);
    assert!(text.contains("<b>40 pools</b><br>40 machines"), "{text}");
}

#[test]
fn a_cluster_without_a_way_out_says_so() {
    let text = mermaid(&support::plan(&format!("{THREE_LINES}network: {{nat: false}}\n")));
    assert!(text.contains("<b>No way to the internet</b><br>for all machines"), "{text}");
    let mixed = "network: {nat: false}\npools: {web: {count: 1, external_ip: true}}\n";
    let text = mermaid(&support::plan(&format!("{THREE_LINES}{mixed}")));
    assert!(text.contains("<b>No way to the internet</b><br>for the control plane"), "{text}");
    assert!(text.contains("<b>External addresses</b><br>of web"), "{text}");
}

#[test]
fn clients_on_the_internet_do_not_pass_the_internal_load_balancer() {
    let links = |external: bool| {
        let text = format!(
            "{THREE_LINES}control_plane: {{count: 3, external_ip: {external}}}\naccess: {{api: [8.8.0.0/16]}}\n"
        );
        chart::read(&mermaid(&support::plan(&text)))
            .links
            .into_iter()
            .map(|(from, _, to)| (from, to))
            .collect::<Vec<_>>()
    };
    let passes = ("d2".to_owned(), "lb".to_owned());
    assert!(links(false).contains(&passes) && !links(true).contains(&passes));
}

#[test]
fn inks_have_contrast_in_both_modes() {
    let (shared, own) = (include_str!("../../src/picture/style.css"), include_str!("../../src/topology/svg/style.css"));
    for dark in [false, true] {
        for frame in [".vpc", ".subnet", ".zone", ".card"] {
            let fill = colour(own, frame, "fill", dark);
            assert!(contrast(colour(shared, "text", "fill", dark), fill) >= 7.0, "{frame}");
            assert!(contrast(colour(shared, ".mute", "fill", dark), fill) >= 4.5, "{frame}");
            assert!(contrast(colour(own, ".line", "stroke", dark), fill) >= 3.0, "{frame}");
        }
    }
}

/// Any number of pools, rules, zones and peers.
fn description() -> impl Strategy<Value = String> {
    let pools = prop::collection::btree_map("p[a-z0-9]{0,8}", (0_usize..40, any::<bool>(), any::<bool>()), 0..12);
    let rules = prop::collection::btree_map("r-[a-z]{1,40}", (1_u16..60_000, 0_u8..4, 1_usize..5), 0..14);
    (pools, rules, prop::sample::select(&[1, 3, 5]), any::<[bool; 3]>()).prop_map(|(pools, rules, planes, flags)| {
        let [external, nat, open] = flags;
        let mut text = format!(
            "{THREE_LINES}network: {{pods: 10.64.0.0/12, nat: {nat}, peers: [10.200.0.0/16, 10.201.0.0/16]}}\n\
             control_plane: {{count: {planes}, external_ip: {external}}}\naccess: {{api: [{}]}}\n",
            if open { "0.0.0.0/0, 10.200.0.0/16" } else { "" }
        );
        let line = |(name, (count, spot, external)): (&String, &(usize, bool, bool))| {
            format!("  \"{name}\": {{count: {count}, spot: {spot}, external_ip: {external}}}\n")
        };
        let lines: String = pools.iter().map(line).collect();
        text += &if lines.is_empty() { "pools: {}\n".to_owned() } else { format!("pools:\n{lines}") };
        let sources = ["0.0.0.0/0", "10.200.1.0/24", "35.235.240.0/20", "192.168.7.0/24", "8.8.8.0/24", "10.64.0.0/12"];
        let rule = |(name, (port, to, from)): (&String, &(u16, u8, usize))| {
            let to = ["", ", to: nodes", ", to: control_plane", ""][usize::from(*to)];
            let from = sources[usize::from(*port) % 3..][..*from.min(&3)].join(", ");
            format!("  {name}: {{allow: [tcp:{port}, udp, icmp], from: [{from}]{to}}}\n")
        };
        let lines: String = rules.iter().map(rule).collect();
        if lines.is_empty() { text } else { format!("{text}firewall:\n{lines}") }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_machine_is_shown_or_counted_and_the_limits_hold(text in description()) {
        check(&support::plan(&text));
    }
}
