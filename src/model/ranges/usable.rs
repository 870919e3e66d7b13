//! Whether Google, kube-apiserver and the machines accept a range: the blocks that are refused, and those that cause problems later.

use super::limits::{AWKWARD, NARROWEST_SERVICES, PROHIBITED, SUBNET_PREFIX, WIDEST_SERVICES};
use super::range::{Range, Role};
use super::replacement::Replacements;
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::net::{Cidr, is_public};
use crate::source::Spanned;

/// Whether the cluster can use the range for this; awkward ones are warned of.
pub(super) fn check(range: &Range, role: Role, replacements: &mut Replacements, report: &mut Report) -> bool {
    let Range { cidr, span: Some(span), .. } = range else { return true };
    let Some(problem) = problem(range, role) else {
        warn(range, report);
        return true;
    };
    let diagnostic = Diagnostic::error(problem.code, problem.message).at(span, problem.label);
    let used = replacements.in_use(role).filter(|_| !replacements.is_in_use(role, *cidr));
    report.push(match (replacements.find(role, *cidr), used) {
        (Some(back), Some(used)) => diagnostic.help(back_to(used)).patch(span, back.to_string()),
        (None, Some(used)) => diagnostic.help(back_to(used)),
        (Some(free), None) => {
            diagnostic.help(format!("{}: {free} is free", problem.help)).patch(span, free.to_string())
        }
        (None, None) => diagnostic.help(problem.help),
    });
    false
}

/// Advice where machines use another range than the description says.
pub(super) fn back_to(used: Cidr) -> String {
    format!("the cluster uses {used}, which cannot move: change it back")
}

struct Problem {
    code: Code,
    message: String,
    label: String,
    help: String,
}

/// Why a range cannot be used. Nothing about other ranges.
fn problem(range: &Range, role: Role) -> Option<Problem> {
    let Range { key, cidr, .. } = range;
    let prefix = cidr.prefix();
    let addresses = match cidr.size() {
        1 => "1 address".to_owned(),
        size => format!("{} addresses", thousands(size)),
    };
    let problem = |code, message, label, help: &str| Some(Problem { code, message, label, help: help.to_owned() });
    let (widest, narrowest) = SUBNET_PREFIX;
    if !(widest..=narrowest).contains(&prefix) {
        let message = format!("`{key}` is a /{prefix}; a subnet's range must be /{widest} to /{narrowest}");
        return problem(Code::RangeSize, message, addresses, "choose another size");
    }
    if let Some((block, whose)) = PROHIBITED.iter().find(|(block, _)| block.overlaps(*cidr)) {
        let message = format!("`{key}` {cidr} overlaps {block}, which Google refuses");
        return problem(Code::ProhibitedRange, message, (*whose).to_owned(), "use a private range");
    }
    if role != Role::Services {
        return None;
    }
    if prefix < WIDEST_SERVICES {
        let message = format!("`{key}` is a /{prefix}; kube-apiserver accepts a /{WIDEST_SERVICES} or smaller");
        return problem(Code::ServiceRange, message, addresses, "choose a smaller range");
    }
    if prefix > NARROWEST_SERVICES {
        let message = format!("`{key}` has {addresses}; cluster DNS needs the tenth");
        let help = format!("a /{NARROWEST_SERVICES} is the smallest that works");
        return problem(Code::ServiceRange, message, addresses, &help);
    }
    None
}

fn warn(range: &Range, report: &mut Report) {
    let Range { key, cidr, span: Some(span), .. } = range else { return };
    if let Some((block, why)) = AWKWARD.iter().find(|(block, _)| block.overlaps(*cidr)) {
        report.push(
            Diagnostic::warning(Code::AwkwardRange, format!("`{key}` {cidr} overlaps {block}, {why}"))
                .at(span, "")
                .help("allowed, but another private range avoids this"),
        );
    } else if is_public(*cidr) {
        report.push(
            Diagnostic::warning(Code::AwkwardRange, format!("`{key}` {cidr} is public address space used privately"))
                .at(span, "")
                .help("the cluster cannot reach these addresses on the internet, and peerings do not import them by default"),
        );
    }
}

/// A peer's range is never masqueraded, so nothing of it that lies on the internet answers a pod.
pub(super) fn public_peer(cidr: Cidr, text: &Spanned<String>, report: &mut Report) {
    if is_public(cidr) {
        report.push(
            Diagnostic::warning(Code::AwkwardRange, format!("the peer {cidr} contains public addresses"))
                .at(&text.span, "")
                .help("pods keep their own addresses on the way to a peer, so hosts on the internet cannot answer them: list only ranges that a VPN, an interconnect or a peering leads to"),
        );
    }
}
