//! Who comes in, and the firewall rules that let them in.

use super::cards::{self, Cards};
use super::table::Table;
use super::{GAP, TITLE};
use crate::picture::Page;
use crate::topology::{Door, Source, Target, View};

/// So many fit side by side and can be connected with lines.
const MOST_CARDS: usize = 5;
/// Below the summary.
const TOP: f64 = 116.0;

/// Cards that are connected with lines, or a table.
pub(super) enum Entrance {
    Cards { sources: Cards, doors: Cards },
    Table(Table),
}

impl Entrance {
    /// Those who come in above the VPC's frame, the rules inside it; a table is inside as a whole.
    pub(super) fn place(view: &View<'_>, full: (f64, f64), inside: (f64, f64)) -> Self {
        let doors = doors(view);
        if doors.len().max(view.sources.len()) > MOST_CARDS {
            return Self::Table(Table::place(view, inside, TOP - 16.0 + TITLE));
        }
        let sources = Cards::place(sources(view), full, TOP);
        let doors = Cards::place(doors, inside, sources.bottom + GAP + TITLE);
        Self::Cards { sources, doors }
    }

    /// Where the VPC's frame begins.
    pub(super) fn vpc_top(&self) -> f64 {
        match self {
            Self::Cards { sources, .. } => sources.bottom + GAP,
            Self::Table(table) => table.area.y - TITLE,
        }
    }

    pub(super) fn bottom(&self) -> f64 {
        match self {
            Self::Cards { doors, .. } => doors.bottom,
            Self::Table(table) => table.area.y + table.area.height,
        }
    }

    /// The lines, which end at the subnet's frame.
    pub(super) fn lines(&self, page: &mut Page, view: &View<'_>, subnet: f64) {
        let (sources, doors) = match self {
            Self::Cards { sources, doors } => (&sources.areas, &doors.areas),
            Self::Table(table) => return cards::down(page, table.area, subnet),
        };
        let balancer = balancer_at(view);
        let place = |door: usize| door + usize::from(balancer.is_some_and(|at| at <= door));
        for (source, from) in view.sources.iter().zip(sources) {
            for door in &source.doors {
                cards::curve(page, *from, doors[place(*door)]);
            }
        }
        for (number, door) in view.doors.iter().enumerate() {
            let from = doors[place(number)];
            if view.through_balancer(door) {
                cards::across(page, from, doors[place(number) + 1]);
            } else {
                cards::down(page, from, subnet);
            }
        }
        if let Some(at) = balancer {
            cards::down(page, doors[at], subnet);
        }
    }

    pub(super) fn draw(&self, page: &mut Page) {
        match self {
            Self::Cards { sources, doors } => {
                sources.draw(page);
                doors.draw(page);
            }
            Self::Table(table) => table.draw(page),
        }
    }
}

fn sources(view: &View<'_>) -> Vec<Vec<String>> {
    let lines = |source: &Source| std::iter::once(source.name().to_owned()).chain(source.lines()).collect();
    view.sources.iter().map(lines).collect()
}

/// The firewall rules, and among them the load balancer.
fn doors(view: &View<'_>) -> Vec<Vec<String>> {
    let lines = |door: &Door| {
        let ports = door.ports.split(", ").map(str::to_owned);
        std::iter::once(door.name.clone()).chain(ports).chain([door.to.words().to_owned()]).collect()
    };
    let mut all: Vec<Vec<String>> = view.doors.iter().map(lines).collect();
    if let (Some(at), Some(balancer)) = (balancer_at(view), &view.plan.load_balancer) {
        let name = view.plan.dns.endpoint.clone();
        let words = [format!("load balancer {}", balancer.name), Target::ControlPlanes.words().to_owned()];
        all.insert(at, std::iter::once(name).chain(words).collect());
    }
    all
}

/// Where the load balancer stands among the firewall rules: to the right of the one for the clients of the API.
fn balancer_at(view: &View<'_>) -> Option<usize> {
    view.plan.load_balancer.as_ref()?;
    Some(view.doors.iter().position(|door| door.to_api).map_or(view.doors.len(), |at| at + 1))
}
