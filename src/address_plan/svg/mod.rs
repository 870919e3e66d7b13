//! The address plan as a picture: the ranges by size, each pool's blocks, and every block of the pod range to scale.
//!
//! Sizes differ by thousands. So the ranges' lengths are on an axis that doubles, and how full they are on one that does not;
//! the pod range is drawn whole and to scale, and the part in use again below it, block by block.

mod blocks;
mod cells;
mod grid;
mod pools;
mod sizes;

use super::table::limit;
use super::{Group, View};
use crate::diag::{quantity, thousands};
use crate::picture::{MARGIN, Page, STYLE, WIDTH};
use crate::plan::Node;

/// The picture, light or dark as the viewer prefers.
pub fn svg(view: &View<'_>) -> String {
    let plan = view.plan;
    let mut page = Page::default();
    let title = format!("{}: the address plan", plan.name);
    let pods = view.pods();
    let summary = format!(
        "{} in {}, {}. Each has a /{} of {} for its pods: {} of {} taken.",
        quantity(view.machines() as u64, "machine"),
        plan.project,
        plan.region,
        plan.boot.node_prefix,
        pods.cidr,
        thousands(pods.used),
        quantity(pods.blocks, "block"),
    );
    page.text(MARGIN, 52.0, "title", &title);
    page.text(MARGIN, 76.0, "mute", &summary);
    let y = sizes::draw(&mut page, view, 116.0);
    let y = pools::draw(&mut page, view, y + 40.0);
    let y = blocks::draw(&mut page, view, y + 40.0);
    page.finish(WIDTH, y + MARGIN, &title, &format!("{summary} {}", limit(view)), STYLE)
}

/// What a pointer above a node's block shows.
fn tooltip(group: &Group<'_>, node: &Node) -> String {
    format!("{}: {}, {}, {}", group.name, node.name, node.pods, node.zone)
}
