//! Ranges that share addresses, and where each could go instead.

use super::range::{Range, Ranges};
use super::replacement::Replacements;
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::net::Cidr;

/// Every pair but peers among themselves: those may overlap elsewhere. One report for each range that has to move.
pub(super) fn check(ranges: &Ranges, replacements: &mut Replacements, report: &mut Report) {
    let all: Vec<&Range> = ranges.all().collect();
    for (index, range) in all.iter().enumerate() {
        let Some(role) = range.own else { continue };
        let is_to_move = |other: usize, than: &Range| match (&range.span, &than.span) {
            // A peer is elsewhere and cannot move.
            _ if than.own.is_none() => true,
            // A default has no line to change, so what was written moves; of two that were, the later one.
            (written, None) => written.is_some(),
            (None, Some(_)) => false,
            (Some(_), Some(_)) => other < index,
        };
        let others = all
            .iter()
            .enumerate()
            .filter(|(other, than)| *other != index && than.cidr.overlaps(range.cidr) && is_to_move(*other, than));
        let others: Vec<&Range> = others.map(|(_, other)| *other).collect();
        if !others.is_empty() {
            let free = replacements.find(role, range.cidr);
            report.push(overlap(range, &others, free));
        }
    }
}

fn overlap(range: &Range, others: &[&Range], free: Option<Cidr>) -> Diagnostic {
    let what: Vec<String> = others.iter().map(|other| relation(range.cidr, other)).collect();
    let default = if range.span.is_none() { ", its default," } else { "" };
    let message = format!("`{}` {}{default} {}", range.key, range.cidr, what.join(" and "));
    let mut diagnostic = Diagnostic::error(Code::Overlap, message);
    let mut places = others.iter().filter_map(|other| other.span.as_ref());
    if let Some(span) = range.span.as_ref().or_else(|| places.next()) {
        diagnostic = diagnostic.at(span, common(range.cidr, others));
    }
    for place in places {
        diagnostic = diagnostic.and(place, "with this range");
    }
    let Some(free) = free else {
        return diagnostic.help("no private range of that size is free: make one of them smaller");
    };
    let help = format!("the next free /{} is {free}", free.prefix());
    match &range.span {
        Some(span) => diagnostic.help(help).patch(span, free.to_string()),
        None => diagnostic.help(format!("{help}: set `{}` to it", range.key)),
    }
}

fn relation(range: Cidr, other: &Range) -> String {
    let how = match (range == other.cidr, range.contains(other.cidr)) {
        (true, _) => "is the same range as",
        (_, true) => "contains",
        _ => "lies inside",
    };
    let default = if other.span.is_none() { ", its default" } else { "" };
    format!("{how} `{}` {}{default}", other.key, other.cidr)
}

/// Ranges in CIDR notation are disjoint or nested, so what two have in common is the smaller one.
fn common(range: Cidr, others: &[&Range]) -> String {
    match others.iter().map(|other| other.cidr.size().min(range.size())).max().unwrap_or_default() {
        1 => "1 address in common".to_owned(),
        most => format!("{} addresses in common", thousands(most)),
    }
}
