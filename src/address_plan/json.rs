use serde::Serialize;

use super::{Limit, Range, View};
use crate::net::Cidr;

#[derive(Serialize)]
struct Document<'a> {
    ranges: &'a [Range],
    nodes: Vec<Node<'a>>,
    fits: Fits<'a>,
}

#[derive(Serialize)]
struct Node<'a> {
    name: &'a str,
    pool: &'a str,
    zone: &'a str,
    pods: Cidr,
}

#[derive(Serialize)]
struct Fits<'a> {
    more: u64,
    limit: Limit,
    next: Vec<Next<'a>>,
}

#[derive(Serialize)]
struct Next<'a> {
    pool: &'a str,
    name: Option<&'a str>,
    pods: Cidr,
}

/// `{"ranges": [{"name", "kind", "cidr", "blocks", "free", …}], "nodes": [{"name", "pool", "zone", "pods"}], "fits": …}`. The
/// shape is a promise; more fields may follow.
pub fn json(view: &View<'_>) -> String {
    let nodes = view.groups.iter().flat_map(|group| {
        group.nodes.iter().map(|node| Node { name: &node.name, pool: group.name, zone: &node.zone, pods: node.pods })
    });
    let next = view.groups.iter().filter_map(|group| {
        let next = group.next.as_ref()?;
        Some(Next { pool: group.name, name: next.name.as_deref(), pods: next.pods })
    });
    let document = Document {
        ranges: &view.ranges,
        nodes: nodes.collect(),
        fits: Fits { more: view.more, limit: view.limit, next: next.collect() },
    };
    serde_json::to_string_pretty(&document).expect("plain data") + "\n"
}
