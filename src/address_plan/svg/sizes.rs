//! The ranges, each a row: how large on an axis that doubles, how full on one that does not.

use crate::address_plan::{Kind, Range, View};
use crate::diag::{quantity, thousands};
use crate::picture::{Area, MARGIN, Page, WIDTH, shorten};

/// Where the columns begin.
const BAR: f64 = 392.0;
const BAR_WIDTH: f64 = 250.0;
const METER: f64 = 676.0;
const METER_WIDTH: f64 = 120.0;
const WORDS: f64 = 812.0;
const ROW: f64 = 44.0;
/// A tick of the axis for each factor of 16.
const TICK: u8 = 4;

pub(super) fn draw(page: &mut Page, view: &View<'_>, top: f64) -> f64 {
    let widest = view.ranges.iter().map(bits).max().unwrap_or(0).next_multiple_of(TICK).max(16);
    let at = |bits: u8| BAR + BAR_WIDTH * f64::from(bits) / f64::from(widest);
    page.text(MARGIN, top, "head", "The ranges");
    page.text(BAR, top, "small mute", "addresses, 16 times as many at each mark");
    page.text(METER, top, "small mute", "share in use");
    let rows = top + 30.0;
    let bottom = rows + ROW * view.ranges.len() as f64;
    for tick in (0..=widest).step_by(TICK.into()) {
        page.stroke("tick", (at(tick), rows - 6.0), (at(tick), bottom));
        page.text(at(tick), rows - 10.0, "tiny mute middle", &short(1 << u64::from(tick)));
    }
    for (index, range) in view.ranges.iter().enumerate() {
        let y = rows + ROW * index as f64;
        page.stroke("rule", (MARGIN, y), (WIDTH - MARGIN, y));
        let (first, last) = range.cidr.bounds();
        page.text(MARGIN, y + 19.0, "mono bold", &shorten(&range.name, 44));
        page.text(MARGIN, y + 35.0, "mono tiny mute", &range.cidr.to_string());
        let addresses = format!("{} to {}", address(first), address(last));
        page.text(MARGIN + 132.0, y + 35.0, "mono tiny mute", &addresses);
        let bar = Area { x: BAR, y: y + 14.0, width: at(bits(range)) - BAR, height: 16.0 };
        page.rect(bar, "bar", Some(&quantity(range.cidr.size(), "address")));
        let (what, use_) = words(range, view);
        page.text(WORDS, y + 19.0, "", &what);
        page.text(WORDS, y + 35.0, "small mute", &use_);
        if range.kind != Kind::Peer {
            let meter = Area { x: METER, y: y + 14.0, width: METER_WIDTH, height: 16.0 };
            page.rect(meter, "meter", None);
            let share = 1.0 - range.free as f64 / range.blocks.max(1) as f64;
            page.rect(Area { width: METER_WIDTH * share, ..meter }, "bar", Some(&use_));
        }
    }
    bottom
}

fn bits(range: &Range) -> u8 {
    32 - range.cidr.prefix()
}

fn address(number: u64) -> std::net::Ipv4Addr {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}

/// `256`, `64 K`, `16 M`, powers of two as engineers say them.
fn short(number: u64) -> String {
    match number {
        0..4096 => number.to_string(),
        4096..1_048_576 => format!("{} K", number >> 10),
        1_048_576..1_073_741_824 => format!("{} M", number >> 20),
        _ => format!("{} G", number >> 30),
    }
}

/// What it is, and how much of it is used.
fn words(range: &Range, view: &View<'_>) -> (String, String) {
    let (used, free) = (thousands(range.used), thousands(range.free));
    match range.kind {
        Kind::Nodes => {
            ("nodes: one address each".to_owned(), format!("{used} taken, {} Google's; {free} free", range.reserved))
        }
        Kind::Pods => {
            let what = format!("pods: {} of /{}", quantity(range.blocks, "block"), view.plan.boot.node_prefix);
            (what, format!("{used} taken; {free} free"))
        }
        Kind::Services => (
            "Services: one address each".to_owned(),
            format!("{} for Kubernetes itself; {free} free", range.used + range.reserved),
        ),
        Kind::Peer => ("peer".to_owned(), "avoided, never masqueraded".to_owned()),
    }
}
