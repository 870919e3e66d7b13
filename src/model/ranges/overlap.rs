//! Ranges that share addresses, and where each could go instead.

use super::range::{Range, Ranges};
use super::usable::AWKWARD;
use crate::diag::{Code, Diagnostic, Report};
use crate::net::{Cidr, next_free};

/// Every pair but peers among themselves: what is elsewhere may overlap there. One report for each range at fault, and
/// suggestions that fit together.
pub(super) fn check(ranges: &Ranges, report: &mut Report) {
    let all = ranges.all();
    let mut taken: Vec<Cidr> = all.iter().map(|range| range.cidr).chain(AWKWARD.map(|(block, _)| block)).collect();
    for (index, fault) in all.iter().enumerate().filter(|(_, range)| !range.is_peer()) {
        let blames = |other: usize, range: &Range| match (&fault.span, &range.span) {
            // A peer is elsewhere and cannot move.
            _ if range.is_peer() => true,
            // A default has no line to mend, so what was written is at fault; of two that were, the later one.
            (written, None) => written.is_some(),
            (None, Some(_)) => false,
            (Some(_), Some(_)) => other < index,
        };
        let conflicts = all
            .iter()
            .enumerate()
            .filter(|(other, range)| *other != index && range.cidr.overlaps(fault.cidr) && blames(*other, range));
        let others: Vec<&Range> = conflicts.map(|(_, range)| *range).collect();
        if !others.is_empty() {
            report.push(overlap(fault, &others, &mut taken));
        }
    }
}

fn overlap(fault: &Range, others: &[&Range], taken: &mut Vec<Cidr>) -> Diagnostic {
    let what: Vec<String> = others.iter().map(|other| relation(fault.cidr, other)).collect();
    let default = if fault.span.is_none() { ", its default," } else { "" };
    let message = format!("`{}` {}{default} {}", fault.key, fault.cidr, what.join(", "));
    let mut diagnostic = Diagnostic::error(Code::Overlap, message);
    let mut places = others.iter().filter_map(|other| other.span.as_ref());
    if let Some(span) = fault.span.as_ref().or_else(|| places.next()) {
        diagnostic = diagnostic.at(span, common(fault.cidr, others));
    }
    for place in places {
        diagnostic = diagnostic.and(place, "with this range");
    }
    let prefix = fault.cidr.prefix();
    match next_free(fault.cidr, prefix, taken) {
        Some(free) => {
            taken.push(free);
            match &fault.span {
                Some(span) => {
                    diagnostic.help(format!("the next free /{prefix} is {free}")).patch(span, free.to_string())
                }
                None => diagnostic.help(format!("the next free /{prefix} is {free}: set `{}` to it", fault.key)),
            }
        }
        None => diagnostic.help("no private range of that size is free: make one of them smaller"),
    }
}

fn relation(fault: Cidr, other: &Range) -> String {
    let how = match (fault == other.cidr, fault.contains(other.cidr)) {
        (true, _) => "is the same range as",
        (_, true) => "contains",
        _ => "lies inside",
    };
    let default = if other.span.is_none() { ", its default" } else { "" };
    format!("{how} `{}` {}{default}", other.key, other.cidr)
}

/// Ranges in CIDR notation are disjoint or nested, so what two have in common is the smaller one.
fn common(fault: Cidr, others: &[&Range]) -> String {
    let most = others.iter().map(|other| other.cidr.size().min(fault.size())).max().unwrap_or_default();
    let plural = if most == 1 { "address" } else { "addresses" };
    format!("{most} {plural} in common")
}
