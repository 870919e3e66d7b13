//! The zones, each a column with its machines.

use super::cells::Cells;
use crate::picture::{Area, Page};
use crate::topology::{View, Zone};

/// How many columns stand side by side.
const ABREAST: usize = 4;
const GAP: f64 = 14.0;
const PADDING: f64 = 12.0;
const TITLE: f64 = 30.0;

/// The zones, and where they are.
pub(super) struct Zones<'a> {
    zones: Vec<(&'a Zone<'a>, Area)>,
    cells: Cells,
    pub(super) bottom: f64,
}

impl<'a> Zones<'a> {
    pub(super) fn place(view: &'a View<'a>, (left, width): (f64, f64), top: f64) -> Self {
        let rows = view.zones.len().div_ceil(ABREAST).max(1);
        let abreast = view.zones.len().div_ceil(rows).max(1);
        let each = (width - GAP * (abreast - 1) as f64) / abreast as f64;
        let cells = Cells::fitting(each - 2.0 * PADDING, view.zones.iter().map(Zone::machines).max().unwrap_or(0));
        let height = |zone: &Zone<'_>| {
            let parts = zone.parts.iter().map(|part| cells.height(view, part));
            TITLE + parts.sum::<f64>() + PADDING
        };
        let mut zones = Vec::new();
        let mut y = top;
        for row in view.zones.chunks(abreast) {
            let tallest = row.iter().map(height).fold(0.0, f64::max);
            for (column, zone) in row.iter().enumerate() {
                let x = left + column as f64 * (each + GAP);
                zones.push((zone, Area { x, y, width: each, height: tallest }));
            }
            y += tallest + GAP;
        }
        Self { zones, cells, bottom: (y - GAP).max(top) }
    }

    pub(super) fn draw(&self, page: &mut Page, view: &View<'_>) {
        for (zone, area) in &self.zones {
            page.rect(*area, "zone", None);
            page.text(area.x + PADDING, area.y + 20.0, "bold", zone.name);
            let mut y = area.y + TITLE;
            for part in &zone.parts {
                y = self.cells.draw(page, view, part, (area.x + PADDING, y));
            }
        }
    }
}
