//! What all pictures share: a page to draw on, the style sheet with its light and dark colours, and the colours of pools.

mod page;
mod text;

pub(crate) use page::{Area, Number, Page};
pub(crate) use text::shorten;

/// The style sheet of every picture.
pub(crate) const STYLE: &str = include_str!("style.css");
/// The page's width, and the margin on each side.
pub(crate) const WIDTH: f64 = 1120.0;
pub(crate) const MARGIN: f64 = 32.0;
/// How many colours there are for pools.
const COLOURS: usize = 7;

/// How a group of machines is coloured: its class, and the hatch on it once the colours repeat. The control plane is group 0.
pub(crate) fn colour(group: usize) -> (String, Option<&'static str>) {
    let Some(pool) = group.checked_sub(1) else { return ("m".to_owned(), None) };
    let hatch = [None, Some("h1"), Some("h2")][pool / COLOURS % 3];
    (format!("p{}", pool % COLOURS), hatch)
}

/// A block or a swatch in its group's colour.
pub(crate) fn coloured(page: &mut Page, area: Area, group: usize, title: Option<&str>) {
    let (class, hatch) = colour(group);
    page.rect(area, &class, title);
    if let Some(hatch) = hatch {
        page.rect(area, hatch, None);
    }
}
