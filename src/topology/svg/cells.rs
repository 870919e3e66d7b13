//! The machines of a group in a zone: a heading, and a cell for each machine, as large as there is room for.

use crate::diag::thousands;
use crate::picture::{Area, Page, colour, coloured, shorten};
use crate::plan::{Node, Role};
use crate::topology::{Part, View};

/// A line of the heading.
const LINE: f64 = 17.0;
/// Below the cells.
const AFTER: f64 = 12.0;

/// The kinds of cells, largest first: their least width, their height, and how many rows of them are not too many.
const KINDS: [(Words, f64, f64, usize); 3] =
    [(Words::NameAndBlock, 190.0, 38.0, 9), (Words::Number, 38.0, 22.0, 12), (Words::None, 13.0, 13.0, usize::MAX)];

/// What there is room for in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    NameAndBlock,
    Number,
    None,
}

/// How machines are drawn: all cells of a picture have the same size.
pub(super) struct Cells {
    words: Words,
    columns: usize,
    width: f64,
    height: f64,
    /// Of the whole row.
    room: f64,
}

impl Cells {
    /// The largest cells in which the zone with the most machines does not get too long.
    pub(super) fn fitting(room: f64, machines: usize) -> Self {
        let columns = |least: f64| ((room / least) as usize).max(1);
        let fits = |kind: &&(Words, f64, f64, usize)| machines <= columns(kind.1).saturating_mul(kind.3);
        let (words, least, height, _) = *KINDS.iter().find(fits).unwrap_or(&KINDS[2]);
        let columns = columns(least);
        Self { words, columns, width: room / columns as f64, height, room }
    }

    /// How high a part is, with its heading.
    pub(super) fn height(&self, view: &View<'_>, part: &Part<'_>) -> f64 {
        let rows = part.nodes.len().div_ceil(self.columns);
        self.heading(view, part) + rows as f64 * self.height + AFTER
    }

    fn heading(&self, view: &View<'_>, part: &Part<'_>) -> f64 {
        if self.second_line(view, part).is_empty() { LINE } else { 2.0 * LINE }
    }

    /// Draws a part; returns where the next one begins.
    pub(super) fn draw(&self, page: &mut Page, view: &View<'_>, part: &Part<'_>, (x, y): (f64, f64)) -> f64 {
        self.draw_heading(page, view, part, (x, y));
        let top = y + self.heading(view, part);
        for (at, node) in part.nodes.iter().enumerate() {
            let (row, column) = ((at / self.columns) as f64, (at % self.columns) as f64);
            let corner = (x + column * self.width, top + row * self.height);
            let area = Area { x: corner.0, y: corner.1, width: self.width, height: self.height };
            self.cell(page, view, part, node, area.inset(if self.words == Words::None { 1.0 } else { 1.5 }));
        }
        y + self.height(view, part)
    }

    fn draw_heading(&self, page: &mut Page, view: &View<'_>, part: &Part<'_>, (x, y): (f64, f64)) {
        let group = part.group;
        coloured(page, Area { x: x + 1.5, y: y + 1.0, width: 12.0, height: 12.0 }, part.number, None);
        let many =
            if part.nodes.len() > 1 { format!("{} × ", thousands(part.nodes.len() as u64)) } else { String::new() };
        let machines = format!("{many}{}{}", group.machine_type, if group.spot { ", Spot" } else { "" });
        let room = |pixels: f64, advance: f64| (pixels / advance) as usize;
        let characters = room(self.room - 24.0, 7.3);
        let name = shorten(&group.name, characters.saturating_sub(machines.len() + 2).max(8));
        page.text(x + 20.0, y + 11.0, "mono small bold", &name);
        let after = name.chars().count() + 1;
        let machines = shorten(&machines, characters.saturating_sub(after));
        page.text(x + 20.0 + 7.3 * after as f64, y + 11.0, "small mute", &machines);
        let second = self.second_line(view, part);
        if !second.is_empty() {
            page.text(x + 20.0, y + 26.0, "tiny mute", &shorten(&second, room(self.room - 20.0, 6.2)));
        }
    }

    /// What is to be said of a part beside its machines.
    fn second_line(&self, view: &View<'_>, part: &Part<'_>) -> String {
        let mut line = Vec::new();
        if self.words != Words::NameAndBlock {
            line.push(part.blocks());
        }
        if part.group.role == Role::ControlPlane && view.plan.load_balancer.is_none() {
            line.push(view.plan.dns.endpoint.clone());
        }
        if part.group.external_ip {
            line.push(if part.nodes.len() == 1 { "external address" } else { "external addresses" }.to_owned());
        }
        line.join(", ")
    }

    fn cell(&self, page: &mut Page, view: &View<'_>, part: &Part<'_>, node: &Node, area: Area) {
        let title = format!("{}: {}, pods {}", part.group.name, node.name, node.pods);
        coloured(page, area, part.number, Some(&title));
        let ink = format!("on-{}", colour(part.number).0);
        match self.words {
            Words::NameAndBlock => {
                let room = ((area.width - 12.0) / 7.3) as usize;
                page.text(area.x + 8.0, area.y + 15.0, &format!("mono small bold {ink}"), &shorten(&node.name, room));
                page.text(area.x + 8.0, area.y + 29.0, &format!("mono tiny {ink}"), &node.pods.to_string());
            }
            Words::Number => {
                let name = node.name.strip_prefix(&view.plan.name).unwrap_or(&node.name).trim_start_matches('-');
                let own = name.strip_prefix(&part.group.name).unwrap_or(name).trim_start_matches('-');
                let (x, y) = (area.x + area.width / 2.0, area.y + area.height / 2.0 + 4.0);
                page.text(
                    x,
                    y,
                    &format!("mono least middle {ink}"),
                    &shorten(own, ((area.width - 4.0) / 6.1) as usize),
                );
            }
            Words::None => {}
        }
    }
}
