//! The legend, which is also what fits: each pool with its colour, its blocks and its next node.

use crate::address_plan::table::limit;
use crate::address_plan::{Group, View};
use crate::diag::thousands;
use crate::net::Cidr;
use crate::picture::{Area, MARGIN, Page, WIDTH, coloured, shorten};

const ROW: f64 = 28.0;
/// Where the columns begin, or end if they are aligned to the right.
const NAME: f64 = MARGIN + 30.0;
const COUNT_END: f64 = 270.0;
const BLOCKS: f64 = 288.0;
const NEXT: f64 = 592.0;
const NEXT_BLOCK: f64 = 868.0;
const MORE_END: f64 = WIDTH - MARGIN;

pub(super) fn draw(page: &mut Page, view: &View<'_>, top: f64) -> f64 {
    page.text(MARGIN, top, "head", "Blocks by pool, and room to grow");
    page.text(MORE_END, top, "mute end", &limit(view));
    let heads = top + 26.0;
    page.text(NAME, heads, "small mute", "pool");
    page.text(COUNT_END, heads, "small mute end", "nodes");
    page.text(BLOCKS, heads, "small mute", "blocks");
    if view.groups.len() > 1 {
        page.text(NEXT, heads, "small mute", "next node");
        page.text(NEXT_BLOCK, heads, "small mute", "its block");
        page.text(MORE_END, heads, "small mute end", "room for");
    }
    let mut y = heads + 8.0;
    for (index, group) in view.groups.iter().enumerate() {
        page.stroke("rule", (MARGIN, y), (WIDTH - MARGIN, y));
        let base = y + 19.0;
        coloured(page, Area { x: MARGIN + 1.0, y: y + 6.0, width: 18.0, height: 16.0 }, index, None);
        page.text(NAME, base, "mono small bold", &shorten(group.name, 22));
        page.text(COUNT_END, base, "mono small end", &thousands(group.nodes.len() as u64));
        page.text(BLOCKS, base, "mono small", &blocks(group));
        if index > 0 {
            let (name, block) = match &group.next {
                Some(next) => (next.name.as_deref().unwrap_or("named by you"), next.pods.to_string()),
                None => ("none", String::new()),
            };
            page.text(NEXT, base, "mono small", &shorten(name, 36));
            page.text(NEXT_BLOCK, base, "mono small", &block);
            page.text(MORE_END, base, "mono small end", &format!("{} more", thousands(view.more)));
        }
        y += ROW;
    }
    y
}

/// `A`, `A to B`, or how scattered they are.
fn blocks(group: &Group<'_>) -> String {
    let mut sorted: Vec<Cidr> = group.nodes.iter().map(|node| node.pods).collect();
    sorted.sort();
    let runs = 1 + sorted.windows(2).filter(|pair| pair[0].bounds().1 + 1 != pair[1].bounds().0).count();
    match (sorted.first(), sorted.last()) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) if runs == 1 => format!("{first} to {last}"),
        (Some(first), Some(_)) => format!("from {first}, in {runs} runs"),
        _ => "none".to_owned(),
    }
}
