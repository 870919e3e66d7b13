//! Firewall rules as a table: of many, lines from those who come in to the rules would be a tangle.

use crate::picture::{Area, Page, shorten};
use crate::topology::{Source, Target, View};

const ROW: f64 = 24.0;
const PADDING: f64 = 12.0;
/// Where the columns begin, as shares of the width, and the width of a character in them.
const COLUMNS: [(f64, f64); 4] = [(0.0, 6.8), (0.40, 7.4), (0.63, 6.8), (0.83, 6.8)];

/// The table, and where it is.
pub(super) struct Table {
    rows: Vec<[String; 4]>,
    pub(super) area: Area,
}

impl Table {
    pub(super) fn place(view: &View<'_>, (left, width): (f64, f64), top: f64) -> Self {
        let from = |number: usize| {
            let sources = view.sources.iter().filter(|source| source.doors.contains(&number));
            sources.map(words).collect::<Vec<_>>().join("; ")
        };
        let mut rows: Vec<[String; 4]> = Vec::new();
        for (number, door) in view.doors.iter().enumerate() {
            rows.push([from(number), door.name.clone(), door.ports.clone(), door.to.words().to_owned()]);
        }
        if let Some(balancer) = &view.plan.load_balancer {
            let through = view.doors.iter().find(|door| view.through_balancer(door));
            let clients = through.map(|door| format!(", and whom {} lets in", door.name)).unwrap_or_default();
            rows.push([
                format!("The machines{clients}"),
                view.plan.dns.endpoint.clone(),
                format!("load balancer {}", balancer.name),
                Target::ControlPlanes.words().to_owned(),
            ]);
        }
        let height = ROW * (rows.len() + 1) as f64 + 6.0;
        Self { rows, area: Area { x: left, y: top, width, height } }
    }

    pub(super) fn draw(&self, page: &mut Page) {
        let Area { x, y, width, .. } = self.area;
        page.rect(self.area, "card", None);
        let inner = width - 2.0 * PADDING;
        let begin = |column: usize| x + PADDING + COLUMNS[column].0 * inner;
        for (column, head) in ["from", "firewall rule", "ports", "to"].into_iter().enumerate() {
            page.text(begin(column), y + 18.0, "small mute", head);
        }
        for (number, row) in self.rows.iter().enumerate() {
            let top = y + ROW * (number + 1) as f64;
            page.stroke("rule", (x + PADDING, top + 2.0), (x + width - PADDING, top + 2.0));
            for (column, words) in row.iter().enumerate() {
                let end = COLUMNS.get(column + 1).map_or(x + PADDING + inner, |_| begin(column + 1) - 12.0);
                let room = ((end - begin(column)) / COLUMNS[column].1) as usize;
                let class = if column == 1 { "mono small bold" } else { "small" };
                let words = if column == 3 { words.trim_start_matches("to ") } else { words };
                page.text(begin(column), top + 19.0, class, &shorten(words, room));
            }
        }
    }
}

fn words(source: &Source) -> String {
    format!("{} {}", source.name(), source.words())
}
