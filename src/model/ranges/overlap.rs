//! Ranges that share addresses, and where each could go instead.

use super::range::{Range, Ranges};
use super::replacement::Replacements;
use super::usable::back_to;
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::net::Cidr;

/// Every pair but peers among themselves: those may overlap elsewhere. One report for each range that has to move.
pub(super) fn check(ranges: &Ranges, replacements: &mut Replacements, report: &mut Report) {
    let all: Vec<&Range> = ranges.all().collect();
    for (index, range) in all.iter().enumerate() {
        let Some(role) = range.own else { continue };
        let stays = |range: &Range| range.own.is_some_and(|role| replacements.is_in_use(role, range.cidr));
        let is_to_move = |other: usize, than: &Range| match (&range.span, &than.span) {
            // A peer is elsewhere and cannot move.
            _ if than.own.is_none() => true,
            // Of two of its own, the one that machines use stays.
            _ if stays(range) != stays(than) => stays(than),
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
            let in_use = replacements.in_use(role);
            report.push(overlap(range, &others, free, in_use));
        }
    }
}

fn overlap(range: &Range, others: &[&Range], free: Option<Cidr>, in_use: Option<Cidr>) -> Diagnostic {
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
    if let Some(used) = in_use {
        let help = match used == range.cidr || free.is_none() {
            true => format!(
                "the cluster uses {used}, which cannot move: renumber the other network, or list only ranges outside {used}"
            ),
            false => back_to(used),
        };
        return match (free, &range.span) {
            (Some(back), Some(span)) => diagnostic.help(help).patch(span, back.to_string()),
            _ => diagnostic.help(help),
        };
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
