//! Boxes of text side by side, and the lines between them.

use crate::picture::{Area, Number, Page, shorten};

/// How many stand side by side.
const ABREAST: usize = 5;
const GAP: f64 = 16.0;
/// The widest that a card gets.
const WIDEST: f64 = 330.0;
const LINE: f64 = 15.0;

/// Boxes of text in rows, and where they are.
pub(super) struct Cards {
    texts: Vec<Vec<String>>,
    pub(super) areas: Vec<Area>,
    pub(super) bottom: f64,
}

impl Cards {
    /// Places them between `left` and `left + width`, in rows of the same height; centred, if there are few.
    pub(super) fn place(texts: Vec<Vec<String>>, (left, width): (f64, f64), top: f64) -> Self {
        let rows = texts.len().div_ceil(ABREAST).max(1);
        let abreast = texts.len().div_ceil(rows).max(1);
        let each = ((width - GAP * (abreast - 1) as f64) / abreast as f64).min(WIDEST);
        let lines = texts.iter().map(Vec::len).max().unwrap_or(0);
        let height = 14.0 + LINE * lines as f64;
        let mut areas = Vec::new();
        for at in 0..texts.len() {
            let (row, column) = (at / abreast, at % abreast);
            let in_row = abreast.min(texts.len() - row * abreast) as f64;
            let start = left + (width - in_row * each - (in_row - 1.0) * GAP) / 2.0;
            let x = start + column as f64 * (each + GAP);
            areas.push(Area { x, y: top + row as f64 * (height + GAP), width: each, height });
        }
        let bottom = areas.last().map_or(top, |area| area.y + area.height);
        Self { texts, areas, bottom }
    }

    pub(super) fn draw(&self, page: &mut Page) {
        for (lines, area) in self.texts.iter().zip(&self.areas) {
            page.rect(*area, "card", Some(&lines.join(", ")));
            let x = area.x + area.width / 2.0;
            let top = area.y + (area.height - LINE * lines.len() as f64) / 2.0 + 13.0;
            for (number, line) in lines.iter().enumerate() {
                let y = top + LINE * number as f64;
                let (class, advance) =
                    if number == 0 { ("bold small middle", 7.0) } else { ("small mute middle", 6.7) };
                page.text(x, y, class, &shorten(line, ((area.width - 12.0) / advance) as usize));
            }
        }
    }
}

/// From the lower edge of one box to the upper edge of another.
pub(super) fn curve(page: &mut Page, from: Area, to: Area) {
    let (x, y) = (from.x + from.width / 2.0, from.y + from.height);
    let (end_x, end_y) = (to.x + to.width / 2.0, to.y - 6.0);
    let middle = f64::midpoint(y, end_y);
    let [x, y, end_x, end_y, middle] = [x, y, end_x, end_y, middle].map(|number| Number(number).to_string());
    page.path("line", &format!("M{x} {y}C{x} {middle} {end_x} {middle} {end_x} {end_y}"));
    point(page, to.x + to.width / 2.0, to.y);
}

/// Straight down to a frame.
pub(super) fn down(page: &mut Page, from: Area, to: f64) {
    let x = from.x + from.width / 2.0;
    page.stroke("line", (x, from.y + from.height), (x, to - 6.0));
    point(page, x, to);
}

/// To the box on the right.
pub(super) fn across(page: &mut Page, from: Area, to: Area) {
    let y = from.y + from.height / 2.0;
    page.stroke("line", (from.x + from.width, y), (to.x - 6.0, y));
    let [x, left, above, below, y] = [to.x, to.x - 7.0, y - 4.0, y + 4.0, y].map(|number| Number(number).to_string());
    page.path("arrow", &format!("M{left} {above}L{x} {y}L{left} {below}Z"));
}

/// The point of an arrow that comes from above.
fn point(page: &mut Page, x: f64, y: f64) {
    let [left, right, above, x, y] = [x - 4.0, x + 4.0, y - 7.0, x, y].map(|number| Number(number).to_string());
    page.path("arrow", &format!("M{left} {above}L{right} {above}L{x} {y}Z"));
}
