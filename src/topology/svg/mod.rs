//! The topology as a picture. Its rows are always the same: who comes in, firewall rules, the subnet with a column for each zone, the ways
//! out and where they lead. All places are computed first, so that lines can be drawn below the boxes that they connect.

mod cards;
mod cells;
mod entrance;
mod table;
mod zones;

use cards::Cards;
use entrance::Entrance;
use zones::Zones;

use super::{Detail, View};
use crate::diag::quantity;
use crate::picture::{Area, MARGIN, Page, STYLE, WIDTH};
use crate::plan::Plan;

/// What this picture has beside the shared style sheet.
const OWN_STYLE: &str = include_str!("style.css");
/// Between a frame and what is in it.
const PADDING: f64 = 16.0;
/// For a frame's title.
const TITLE: f64 = 34.0;
/// For lines between two rows.
const GAP: f64 = 36.0;

/// The picture, light or dark as the viewer prefers. It shows every machine.
pub fn svg(plan: &Plan) -> String {
    let view = View::new(plan, Detail::Machines);
    let places = Places::of(&view);
    let mut page = Page::default();
    let title = format!("{}: network topology", plan.name);
    let summary = format!(
        "{} in {} of {}, project {}.",
        quantity(view.machines() as u64, "machine"),
        quantity(view.zones.len() as u64, "zone"),
        plan.region,
        plan.project,
    );
    page.text(MARGIN, 52.0, "title", &title);
    page.text(MARGIN, 76.0, "mute", &summary);
    places.draw(&mut page, &view);
    page.finish(WIDTH, places.bottom + MARGIN, &title, &summary, &format!("{STYLE}{OWN_STYLE}"))
}

/// Where everything is.
struct Places<'a> {
    entrance: Entrance,
    vpc: Area,
    subnet: Area,
    zones: Zones<'a>,
    exits: Cards,
    destinations: Cards,
    bottom: f64,
}

impl<'a> Places<'a> {
    fn of(view: &'a View<'a>) -> Self {
        let full = (MARGIN, WIDTH - 2.0 * MARGIN);
        let inside = (full.0 + PADDING, full.1 - 2.0 * PADDING);
        let entrance = Entrance::place(view, full, inside);
        let (top, subnet_top) = (entrance.vpc_top(), entrance.bottom() + GAP);
        let zones = Zones::place(view, (inside.0 + PADDING, inside.1 - 2.0 * PADDING), subnet_top + TITLE);
        let subnet = Area { x: inside.0, y: subnet_top, width: inside.1, height: zones.bottom + PADDING - subnet_top };
        let exits = view.exits.iter().map(|exit| vec![exit.name.clone(), exit.words.clone()]).collect();
        let exits = Cards::place(exits, inside, subnet.y + subnet.height + GAP);
        let vpc = Area { x: full.0, y: top, width: full.1, height: exits.bottom + PADDING - top };
        let destinations = super::exits::destinations(view).into_iter().map(<[String]>::to_vec).collect();
        let destinations = Cards::place(destinations, full, vpc.y + vpc.height + GAP);
        let bottom = destinations.bottom;
        Self { entrance, vpc, subnet, zones, exits, destinations, bottom }
    }

    fn draw(&self, page: &mut Page, view: &View<'_>) {
        let network = &view.plan.network;
        page.rect(self.vpc, "vpc", None);
        page.rect(self.subnet, "subnet", None);
        let (left, right, y) =
            (self.subnet.x + PADDING, self.subnet.x + self.subnet.width - PADDING, self.subnet.y + 22.0);
        page.text(left, y, "mono bold", &network.subnet);
        let ranges = format!("machines {} · pods {} · Services {}", network.nodes, network.pods, network.services);
        page.text(right, y, "mono small end", &ranges);
        self.lines(page, view);
        page.text(self.vpc.x + PADDING, self.vpc.y + 22.0, "mono bold halo", &network.vpc);
        self.entrance.draw(page);
        self.zones.draw(page, view);
        self.exits.draw(page);
        self.destinations.draw(page);
    }

    fn lines(&self, page: &mut Page, view: &View<'_>) {
        self.entrance.lines(page, view, self.subnet.y);
        let destinations = super::exits::destinations(view);
        for (exit, area) in view.exits.iter().zip(&self.exits.areas) {
            let Some(to) = destinations.iter().position(|to| exit.to.as_deref() == Some(to)) else { continue };
            let bottom = self.subnet.y + self.subnet.height;
            cards::down(page, Area { y: bottom, height: 0.0, ..*area }, area.y);
            cards::curve(page, *area, self.destinations.areas[to]);
        }
    }
}
