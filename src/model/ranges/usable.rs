//! Whether Google, kube-apiserver and the machines accept a range: the blocks that are refused, and those that cause problems later.

use super::range::{Range, Role};
use super::replacement::Replacements;
use super::text::SUBNET_PREFIX;
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::net::{Cidr, is_public};
use crate::source::Spanned;

/// Blocks that no subnet may touch, and whose they are (cloud.google.com/vpc/docs/subnets, "prohibited IPv4 subnet ranges").
const PROHIBITED: [(Cidr, &str); 7] = [
    (Cidr::literal(199, 36, 153, 4, 30), "restricted.googleapis.com"),
    (Cidr::literal(199, 36, 153, 8, 30), "private.googleapis.com"),
    (Cidr::literal(0, 0, 0, 0, 8), "this network (RFC 1122)"),
    (Cidr::literal(127, 0, 0, 0, 8), "loopback (RFC 1122)"),
    (Cidr::literal(169, 254, 0, 0, 16), "link-local, used by the metadata server (RFC 3927)"),
    (Cidr::literal(224, 0, 0, 0, 4), "multicast (RFC 5771)"),
    (Cidr::literal(255, 255, 255, 255, 32), "broadcast (RFC 919)"),
];

/// Allowed blocks that cause problems later, and which.
pub(super) const AWKWARD: [(Cidr, &str); 3] = [
    (Cidr::literal(172, 17, 0, 0, 16), "Docker's default bridge: machines that run Docker cannot reach it"),
    (Cidr::literal(10, 128, 0, 0, 9), "used by auto mode VPCs: this VPC could never be peered with one"),
    (Cidr::literal(240, 0, 0, 0, 4), "class E (RFC 1112): some systems refuse its addresses"),
];

/// Widest service range: kube-apiserver and kubeadm take 20 bits (`MaximumBitsForServiceSubnet`).
pub(super) const WIDEST_SERVICES: u8 = 12;
/// Narrowest service range: cluster DNS is its tenth address (`MinimumAddressesInServiceSubnet`).
pub(super) const NARROWEST_SERVICES: u8 = 28;

pub(super) fn is_prohibited(cidr: Cidr) -> bool {
    PROHIBITED.iter().any(|(block, _)| block.overlaps(cidr))
}

/// Whether the cluster can use the range for this; awkward ones are warned of.
pub(super) fn check(range: &Range, role: Role, replacements: &mut Replacements, report: &mut Report) -> bool {
    let Range { cidr, span: Some(span), .. } = range else { return true };
    let Some(problem) = problem(range, role) else {
        warn(range, report);
        return true;
    };
    let diagnostic = Diagnostic::error(problem.code, problem.message).at(span, problem.label);
    report.push(match replacements.find(role, *cidr) {
        Some(free) => diagnostic.help(format!("{}: {free} is free", problem.help)).patch(span, free.to_string()),
        None => diagnostic.help(problem.help),
    });
    false
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
