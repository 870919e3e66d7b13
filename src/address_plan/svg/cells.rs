//! The part of the pod range that is shown block by block.

use super::grid::{GUTTER, Grid, Words};
use super::tooltip;
use crate::address_plan::{Group, View};
use crate::net::Cidr;
use crate::picture::{Area, MARGIN, Page, colour, coloured, shorten};
use crate::plan::Node;

/// A node with its group's number and the number of its block in the range.
pub(super) struct Taken<'a> {
    pub(super) group: usize,
    pub(super) node: &'a Node,
    pub(super) block: u64,
}

/// Beyond so many blocks each would be a pixel or two: runs of a pool's blocks are drawn as one.
const MOST_SINGLE: u64 = 2048;

/// Neighbours of one pool, in rows of so many blocks.
pub(super) fn runs<'a, 'b>(taken: &'b [Taken<'a>], row: u64) -> impl Iterator<Item = &'b [Taken<'a>]> {
    taken.chunk_by(move |a, b| a.group == b.group && a.block + 1 == b.block && a.block / row == b.block / row)
}

/// Every block of the grid, or every run of them; rows begin with their first address.
pub(super) fn cells(page: &mut Page, view: &View<'_>, grid: &Grid, taken: &[Taken<'_>], next: Option<u64>, top: f64) {
    let left = MARGIN + GUTTER;
    let size = 1_u64 << (32 - view.plan.boot.node_prefix);
    let cidr = |block: u64| {
        let first = view.pods().cidr.bounds().0 + block * size;
        Cidr::containing(u32::try_from(first).unwrap_or(u32::MAX).into(), view.plan.boot.node_prefix)
    };
    for row in (0..grid.rows()).step_by(usize::try_from(grid.label_every()).unwrap_or(1)) {
        let y = top + row as f64 * grid.cell.1 + grid.cell.1.min(24.0) / 2.0 + 4.0;
        page.text(left - 10.0, y, "mono tiny mute end", &cidr(grid.first + row * grid.columns).network().to_string());
    }
    let gap = if grid.cell.0 > 12.0 { 1.5 } else { 0.25 };
    let area = |block: u64, many: u64| {
        let (x, y) = grid.corner(block);
        Area { x: left + x, y: top + y, width: grid.cell.0 * many as f64, height: grid.cell.1 }.inset(gap)
    };
    if grid.blocks > MOST_SINGLE {
        page.rect(Area { x: left, y: top, width: grid.size().0, height: grid.size().1 }, "free", None);
        for run in runs(taken, grid.columns) {
            coloured(page, area(run[0].block, run.len() as u64), run[0].group, Some(&run_tooltip(view, run)));
        }
        if let Some(next) = next {
            page.rect(area(next, 1), "next", None);
        }
        return;
    }
    let mut at = taken.iter().peekable();
    for block in grid.first..grid.first + grid.blocks {
        let of = at.next_if(|taken| taken.block == block);
        match of {
            Some(Taken { group, node, .. }) => {
                coloured(page, area(block, 1), *group, Some(&tooltip(&view.groups[*group], node)));
                words(page, view, grid, area(block, 1), *group, node);
            }
            None => {
                let released = view.released.contains(&cidr(block));
                let (class, tooltip) = match (next == Some(block), released) {
                    (true, _) => ("next", "next"),
                    (false, true) => ("released", "released, reused last"),
                    (false, false) => ("free", "free"),
                };
                page.rect(area(block, 1), class, Some(&format!("{tooltip}: {}", cidr(block))));
                vacant(page, grid, area(block, 1), class, cidr(block));
            }
        }
    }
}

fn run_tooltip(view: &View<'_>, run: &[Taken<'_>]) -> String {
    let (first, last) = (&run[0], &run[run.len() - 1]);
    let name = view.groups[first.group].name;
    format!("{name}: {} to {}, {} to {}", first.node.name, last.node.name, first.node.pods, last.node.pods)
}

/// What is written into a node's block: as much as there is room for.
fn words(page: &mut Page, view: &View<'_>, grid: &Grid, area: Area, group: usize, node: &Node) {
    let ink = format!("on-{}", colour(group).0);
    let room = |pixels: f64| ((area.width - 10.0) / pixels) as usize;
    let (x, middle) = (area.x + area.width / 2.0, area.y + area.height / 2.0);
    match grid.words {
        Words::All | Words::NameAndBlock => {
            let x = area.x + 6.0;
            // What the names have in common goes first.
            let fits = node.name.len() <= room(7.3);
            let name = if fits { node.name.clone() } else { shorten(without(&view.plan.name, &node.name), room(7.3)) };
            page.text(x, area.y + 16.0, &format!("mono small bold {ink}"), &name);
            page.text(x, area.y + 30.0, &format!("mono least {ink}"), &node.pods.to_string());
            if grid.words == Words::All {
                page.text(x, area.y + 46.0, &format!("mono least {ink}"), &node.zone);
            }
        }
        Words::Short => {
            // In a pool all names are whole, or all are numbers.
            let of = &view.groups[group];
            let whole = of.nodes.iter().all(|node| without(&view.plan.name, &node.name).len() <= room(6.1));
            let number = if whole { None } else { number(&view.plan.name, of, node) };
            let name = number.unwrap_or_else(|| without(&view.plan.name, &node.name));
            page.text(x, middle + 4.0, &format!("mono least middle {ink}"), &shorten(name, room(6.1)));
        }
        Words::Number => {
            if let Some(number) = number(&view.plan.name, &view.groups[group], node) {
                page.text(x, middle + 3.5, &format!("mono least middle {ink}"), number);
            }
        }
        Words::None => {}
    }
}

/// A node's name without the cluster's.
fn without<'a>(cluster: &str, name: &'a str) -> &'a str {
    name.strip_prefix(cluster).and_then(|rest| rest.strip_prefix('-')).unwrap_or(name)
}

/// The number at the end of a derived name; of the control plane, what its name adds to the cluster's.
fn number<'a>(cluster: &str, group: &Group<'_>, node: &'a Node) -> Option<&'a str> {
    let own = without(cluster, &node.name);
    let number = own.strip_prefix(group.name).and_then(|rest| rest.strip_prefix('-')).unwrap_or(own);
    (number.len() <= 4).then_some(number)
}

fn vacant(page: &mut Page, grid: &Grid, area: Area, class: &str, cidr: Cidr) {
    let (x, middle) = (area.x + area.width / 2.0, area.y + area.height / 2.0);
    match (grid.words, class) {
        (Words::All | Words::NameAndBlock, _) => {
            let x = area.x + 6.0;
            match class {
                "next" => page.text(x, area.y + 16.0, "small bold", "next node"),
                "released" => page.text(x, area.y + 16.0, "small mute", "released"),
                _ => {}
            }
            page.text(x, area.y + 30.0, "mono least mute", &cidr.to_string());
        }
        (Words::Short, "next") => page.text(x, middle + 4.0, "tiny bold middle", "next"),
        (Words::Number, "next") => page.text(x, middle + 4.0, "small bold middle", "+"),
        _ => {}
    }
}
