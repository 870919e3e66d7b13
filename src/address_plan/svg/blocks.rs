//! The pod range: whole and to scale, then the part in use block by block.

use super::cells::{Taken, cells, runs};
use super::grid::{GUTTER, Grid, Words};
use crate::address_plan::View;
use crate::diag::{quantity, thousands};
use crate::net::Cidr;
use crate::picture::{Area, MARGIN, Number, Page, WIDTH, colour, shorten};

const FULL: f64 = WIDTH - 2.0 * MARGIN;

pub(super) fn draw(page: &mut Page, view: &View<'_>, top: f64) -> f64 {
    let pods = view.pods();
    let size = 1_u64 << (32 - view.plan.boot.node_prefix);
    let number = |cidr: Cidr| (cidr.bounds().0 - pods.cidr.bounds().0) / size;
    let groups = view.groups.iter().enumerate();
    let mut taken: Vec<Taken<'_>> = groups
        .flat_map(|(group, of)| of.nodes.iter().map(move |node| Taken { group, node, block: number(node.pods) }))
        .collect();
    taken.sort_by_key(|taken| taken.block);
    let next = view.groups.iter().find_map(|group| group.next.as_ref()).map(|next| number(next.pods));
    let shown = || taken.iter().map(|taken| taken.block).chain(next);
    let grid = Grid::holding(shown().min().unwrap_or(0), shown().max().unwrap_or(0), pods.blocks);

    page.text(MARGIN, top, "head", "The pod range, block by block");
    let shown = grid.first..grid.first + grid.blocks;
    let left = view.released.iter().map(|block| number(*block));
    let released = left.filter(|block| shown.contains(block) && next != Some(*block)).count() as u64;
    let vacant = grid.blocks - taken.len() as u64 - u64::from(next.is_some());
    legend(page, top, [next.is_some(), released > 0, vacant > released]);
    caption(page, view, &grid, top + 22.0);
    let top =
        if grid.blocks == pods.blocks { top + 60.0 } else { overview(page, &grid, &taken, pods.blocks, top + 60.0) };
    cells(page, view, &grid, &taken, next, top);
    top + grid.size().1
}

/// What is shown, in one line.
fn caption(page: &mut Page, view: &View<'_>, grid: &Grid, y: f64) {
    let (pods, width) = (view.pods(), view.plan.boot.node_prefix);
    let part = if grid.blocks == pods.blocks {
        "the whole range".to_owned()
    } else {
        format!("to scale, and below it {} of its {}", thousands(grid.blocks), quantity(pods.blocks, "block"))
    };
    let cell = quantity(1 << (32 - width), "address");
    let row = if grid.rows() > 1 { format!(", one row a /{}", width - bits(grid.columns)) } else { String::new() };
    let numbers = matches!(grid.words, Words::Short | Words::Number);
    let number = if numbers { ". Numbers are nodes' numbers in their pools" } else { "" };
    let name = shorten(&pods.name, 40);
    page.text(MARGIN, y, "mute", &format!("{name} {}, {part}.", pods.cidr));
    page.text(MARGIN, y + 20.0, "mute", &format!("One cell is a /{width} of {cell}{row}{number}."));
}

fn bits(columns: u64) -> u8 {
    u8::try_from(columns.trailing_zeros()).unwrap_or(0)
}

fn legend(page: &mut Page, top: f64, [next, released, free]: [bool; 3]) {
    let mut x = WIDTH - MARGIN;
    let entries = [
        ("free", "free", 32.0, free),
        ("released", "released", 58.0, released),
        ("next", "the next node's block", 140.0, next),
    ];
    for (class, word, width, _) in entries.into_iter().filter(|entry| entry.3) {
        page.text(x, top, "small mute end", word);
        x -= width + 18.0;
        page.rect(Area { x, y: top - 11.0, width: 16.0, height: 14.0 }, class, None);
        x -= 20.0;
    }
}

/// The whole range as one bar, and lines from the part that is shown below to where it is shown.
fn overview(page: &mut Page, grid: &Grid, taken: &[Taken<'_>], capacity: u64, top: f64) -> f64 {
    let scale = FULL / capacity as f64;
    let bar = Area { x: MARGIN, y: top, width: FULL, height: 18.0 };
    let below = (bar.y + bar.height + 4.0, bar.y + bar.height + 30.0);
    let (left, right) = (MARGIN + grid.first as f64 * scale, MARGIN + (grid.first + grid.blocks) as f64 * scale);
    let (grid_left, grid_right) = (MARGIN + GUTTER, MARGIN + GUTTER + grid.size().0);
    let corners =
        [left, below.0, right, below.0, grid_right, below.1, grid_left, below.1].map(|n| Number(n).to_string());
    let [a, b, c, d, e, f, g, h] = corners;
    page.path("zoom", &format!("M{a} {b}L{c} {d}L{e} {f}L{g} {h}Z"));
    page.rect(bar, "meter", None);
    for run in runs(taken, u64::MAX) {
        let (first, last) = (&run[0], &run[run.len() - 1]);
        let area = Area {
            x: MARGIN + first.block as f64 * scale,
            width: (last.block + 1 - first.block) as f64 * scale,
            ..bar
        };
        page.rect(area, &flat(first.group), None);
    }
    let frame = Area { x: left, y: top - 3.0, width: (right - left).max(1.0), height: bar.height + 6.0 };
    page.rect(frame, "frame", None);
    below.1
}

/// A colour without its outline, which would be wider than the block.
fn flat(group: usize) -> String {
    format!("{} flat", colour(group).0)
}
