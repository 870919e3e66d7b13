//! Whether Google, kube-apiserver and the machines take a range: the blocks that are refused, and those that hurt later.

use super::range::{NODES, PODS, Range, SERVICES};
use super::text::SUBNET_PREFIX;
use crate::diag::{Code, Diagnostic, Report};
use crate::net::{Cidr, next_free};
use crate::source::Spanned;

/// Blocks that no subnet may touch, and whose they are (cloud.google.com/vpc/docs/subnets, "prohibited IPv4 subnet ranges").
const PROHIBITED: [(Cidr, &str); 7] = [
    (Cidr::literal(199, 36, 153, 4, 30), "restricted.googleapis.com"),
    (Cidr::literal(199, 36, 153, 8, 30), "private.googleapis.com"),
    (Cidr::literal(0, 0, 0, 0, 8), "this network (RFC 1122)"),
    (Cidr::literal(127, 0, 0, 0, 8), "loopback (RFC 1122)"),
    (Cidr::literal(169, 254, 0, 0, 16), "link-local, the metadata server's (RFC 3927)"),
    (Cidr::literal(224, 0, 0, 0, 4), "multicast (RFC 5771)"),
    (Cidr::literal(255, 255, 255, 255, 32), "broadcast (RFC 919)"),
];

/// Legal blocks that hurt later, and how.
pub(super) const AWKWARD: [(Cidr, &str); 3] = [
    (Cidr::literal(172, 17, 0, 0, 16), "Docker's default bridge: machines with Docker cannot reach it"),
    (Cidr::literal(10, 128, 0, 0, 9), "what auto mode VPCs use: it can never be peered with one"),
    (Cidr::literal(240, 0, 0, 0, 4), "class E (RFC 1112): some systems refuse its addresses"),
];

/// What is not privately used public space (cloud.google.com/vpc/docs/subnets, "valid ranges").
const PRIVATE: [Cidr; 12] = [
    Cidr::literal(10, 0, 0, 0, 8),
    Cidr::literal(172, 16, 0, 0, 12),
    Cidr::literal(192, 168, 0, 0, 16),
    Cidr::literal(100, 64, 0, 0, 10),
    Cidr::literal(192, 0, 0, 0, 24),
    Cidr::literal(192, 0, 2, 0, 24),
    Cidr::literal(198, 51, 100, 0, 24),
    Cidr::literal(203, 0, 113, 0, 24),
    Cidr::literal(192, 88, 99, 0, 24),
    Cidr::literal(198, 18, 0, 0, 15),
    Cidr::literal(240, 0, 0, 0, 4),
    Cidr::literal(224, 0, 0, 0, 4),
];

/// Widest service range: kube-apiserver and kubeadm take 20 bits (`MaximumBitsForServiceSubnet`).
const WIDEST_SERVICES: u8 = 12;
/// Narrowest service range: cluster DNS is its tenth address (`MinimumAddressesInServiceSubnet`).
const NARROWEST_SERVICES: u8 = 28;

/// Whether Google takes it as a subnet's range; awkward ones are warned of.
pub(super) fn usable(range: &Range, report: &mut Report) -> bool {
    let Range { key, cidr, span: Some(span) } = range else { return true };
    let (widest, narrowest) = SUBNET_PREFIX;
    if !(widest..=narrowest).contains(&cidr.prefix()) {
        let message = format!("`{key}` is a /{}; a range of a subnet is /{widest} to /{narrowest}", cidr.prefix());
        report.push(
            Diagnostic::error(Code::RangeSize, message).at(span, format!("{} addresses", cidr.size())).help(
                if cidr.prefix() > narrowest { "a /20 holds 4,096 addresses" } else { "Google advises /8 at most" },
            ),
        );
        return false;
    }
    if let Some((block, whose)) = PROHIBITED.iter().find(|(block, _)| block.overlaps(*cidr)) {
        let message = format!("`{key}` {cidr} overlaps {block}, which Google refuses");
        let diagnostic = Diagnostic::error(Code::ProhibitedRange, message).at(span, whose.to_owned());
        let free = next_free(NODES, cidr.prefix().max(9), &[NODES, PODS, SERVICES]);
        report.push(match free {
            Some(free) => {
                diagnostic.help(format!("take a private range, such as {free}")).patch(span, free.to_string())
            }
            None => diagnostic.help("take a private range (RFC 1918)"),
        });
        return false;
    }
    if let Some((block, why)) = AWKWARD.iter().find(|(block, _)| block.overlaps(*cidr)) {
        report.push(
            Diagnostic::warning(Code::AwkwardRange, format!("`{key}` {cidr} overlaps {block}: {why}"))
                .at(span, "")
                .help("legal; another private range spares you that"),
        );
    } else if !PRIVATE.iter().any(|block| block.contains(*cidr)) {
        report.push(
            Diagnostic::warning(Code::AwkwardRange, format!("`{key}` {cidr} is public address space used privately"))
                .at(span, "")
                .help("the cluster can no longer reach these addresses on the internet, and peering does not import them by default"),
        );
    }
    true
}

/// A peer's range is never masqueraded, so nothing of it that lies on the internet answers a pod.
pub(super) fn public_peer(cidr: Cidr, text: &Spanned<String>, report: &mut Report) {
    if !PRIVATE.iter().any(|block| block.contains(cidr)) {
        report.push(
            Diagnostic::warning(Code::AwkwardRange, format!("the peer {cidr} holds public addresses"))
                .at(&text.span, "")
                .help("pods keep their own addresses on the way there, and only a VPN or an interconnect knows the way back: what of it is on the internet does not answer them"),
        );
    }
}

/// Whether kube-apiserver and kubeadm take it for Services.
pub(super) fn services_usable(range: &Range, report: &mut Report) -> bool {
    let Range { cidr, span: Some(span), .. } = range else { return true };
    let prefix = cidr.prefix();
    let (message, help, patch) = if prefix < WIDEST_SERVICES {
        let message = format!("`network.services` is a /{prefix}; kube-apiserver takes /{WIDEST_SERVICES} at most");
        let first = Cidr::containing(cidr.network(), WIDEST_SERVICES);
        (message, format!("the first /{WIDEST_SERVICES} of it is {first}: {} Services", first.size()), Some(first))
    } else if prefix > NARROWEST_SERVICES {
        let message = format!("`network.services` has {} addresses; cluster DNS is the tenth", cidr.size());
        let help = format!("a /{NARROWEST_SERVICES} is the smallest that works; a /20 holds 4,096 Services");
        (message, help, None)
    } else {
        return true;
    };
    let diagnostic =
        Diagnostic::error(Code::ServiceRange, message).at(span, format!("{} addresses", cidr.size())).help(help);
    report.push(match patch {
        Some(patch) => diagnostic.patch(span, patch.to_string()),
        None => diagnostic,
    });
    false
}
