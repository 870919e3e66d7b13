//! Whether the machines fit the ranges.

use super::limits::{Demand, KUBEADM_DIFFERENCE, RESERVED};
use super::range::{Range, Ranges, Role};
use super::replacement::Replacements;
use crate::diag::{Code, Diagnostic, Report, quantity, thousands};
use crate::net::Blocks;
use crate::source::{Span, Spanned};

/// What Kubernetes recommends at most, and the default.
const USUAL_PODS: u32 = 110;
/// Fewest and most pods per node, as GKE has them.
pub const PODS_PER_NODE: (u32, u32) = (8, 256);
/// Kubernetes' own limit (kubernetes.io/docs/setup/best-practices/cluster-large).
pub const MOST_NODES: usize = 5_000;
/// The same page's limit on pods in all.
const MOST_PODS: u64 = 150_000;
/// Pods per node, and the prefix length of the block that holds twice as many: an address that was just given back is not
/// handed out again at once (GKE's rule; cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr). `None` where the
/// number is wrong, so that nothing follows from it.
pub(crate) fn pods_per_node(pods: Option<&Spanned<i64>>, report: &mut Report) -> Option<(u32, u8)> {
    let Some(asked) = pods else { return Some((USUAL_PODS, prefix(USUAL_PODS))) };
    let (fewest, most) = PODS_PER_NODE;
    let Some(pods) = u32::try_from(asked.value).ok().filter(|pods| (fewest..=most).contains(pods)) else {
        let message = format!("`max_pods_per_node` is {}; it must be {fewest} to {most}", asked.value);
        let help = format!("Kubernetes recommends at most {USUAL_PODS}, the default");
        let nearest = if asked.value < i64::from(fewest) { fewest } else { USUAL_PODS };
        report.push(
            Diagnostic::error(Code::PodsPerNode, message)
                .at(&asked.span, "")
                .help(help)
                .patch(&asked.span, nearest.to_string()),
        );
        return None;
    };
    if pods > USUAL_PODS {
        let message = format!("`max_pods_per_node` is {pods}; Kubernetes recommends at most {USUAL_PODS}");
        let help = format!("each node gets a /{} of the pod range", prefix(pods));
        report.push(Diagnostic::warning(Code::PodsPerNode, message).at(&asked.span, "").help(help));
    }
    Some((pods, prefix(pods)))
}

/// Prefix length of the block that holds twice as many addresses as pods.
pub(crate) fn prefix(pods: u32) -> u8 {
    let bits = (2 * pods).next_power_of_two().trailing_zeros();
    32 - u8::try_from(bits).expect("at most 512 addresses")
}

/// Whether Kubernetes supports as many pods as the nodes may run. `largest`: the largest pool.
pub(crate) fn pods(
    machines: usize,
    pods_per_node: u32,
    asked: Option<&Spanned<i64>>,
    largest: Option<&Span>,
    report: &mut Report,
) {
    let all = machines as u64 * u64::from(pods_per_node);
    if all <= MOST_PODS {
        return;
    }
    let fits = MOST_PODS / machines as u64;
    let message = format!(
        "{} machines with {pods_per_node} pods each can run {} pods; Kubernetes supports at most {} per cluster",
        thousands(machines as u64),
        thousands(all),
        thousands(MOST_PODS)
    );
    let diagnostic = Diagnostic::warning(Code::TooManyPods, message);
    report.push(match (asked, largest) {
        (Some(asked), _) => diagnostic
            .at(&asked.span, "")
            .help(format!("at most {fits} pods per node stay within the limit"))
            .patch(&asked.span, fits.to_string()),
        (None, Some(largest)) => diagnostic
            .at(largest, "the largest pool")
            .help(format!("set `kubernetes.max_pods_per_node: {fits}`, or split this into several clusters")),
        (None, None) => {
            diagnostic.help(format!("set `kubernetes.max_pods_per_node: {fits}`, or split this into several clusters"))
        }
    });
}

/// Whether the machines get a block of pods and an address each.
/// `largest`: the largest pool, which is to blame where a range is a default.
pub(super) fn check(
    ranges: &Ranges,
    demand: &Demand,
    largest: Option<&Span>,
    replacements: &mut Replacements,
    report: &mut Report,
) {
    let (machines, node_prefix, pods_per_node) = (demand.machines, demand.node_prefix, demand.pods_per_node);
    let needed = machines as u64;
    if let Some(pods) = &ranges.pods {
        let blocks = Blocks::new(pods.cidr, node_prefix).capacity();
        if blocks < needed {
            let message = format!(
                "`{}` {} holds {} of /{node_prefix} ({pods_per_node} pods per node); the cluster has {}",
                pods.key,
                pods.cidr,
                quantity(blocks, "block"),
                quantity(needed, "machine"),
            );
            report.push(too_small(pods, Role::Pods, message, largest, replacements));
        } else if node_prefix.saturating_sub(pods.cidr.prefix()) > KUBEADM_DIFFERENCE {
            let widest = node_prefix.saturating_sub(KUBEADM_DIFFERENCE);
            let message = format!(
                "`{}` is a /{} and each node's block a /{node_prefix}; kubeadm allows a difference of at most {KUBEADM_DIFFERENCE}",
                pods.key,
                pods.cidr.prefix()
            );
            let diagnostic = at(Diagnostic::error(Code::RangeSize, message), pods, largest);
            let help = format!("with {pods_per_node} pods per node, the pod range must be a /{widest} or smaller");
            report.push(match (replacements.find(Role::Pods, pods.cidr), &pods.span) {
                (Some(fits), Some(span)) => diagnostic.help(format!("{help}: {fits}")).patch(span, fits.to_string()),
                _ => diagnostic.help(help),
            });
        }
    }
    if let Some(nodes) = &ranges.nodes {
        let free = nodes.cidr.size().saturating_sub(RESERVED);
        let needed = demand.addresses as u64;
        if free < needed {
            let message = format!(
                "`{}` {} has {free} addresses for machines (Google reserves {RESERVED}); the cluster needs {needed}",
                nodes.key, nodes.cidr
            );
            report.push(too_small(nodes, Role::Nodes, message, largest, replacements));
        }
    }
}

fn too_small(
    range: &Range,
    role: Role,
    message: String,
    largest: Option<&Span>,
    replacements: &mut Replacements,
) -> Diagnostic {
    let diagnostic = at(Diagnostic::error(Code::RangeFull, message), range, largest);
    let found = replacements.find(role, range.cidr);
    if let Some(used) = replacements.in_use(role).filter(|_| replacements.is_in_use(role, range.cidr)) {
        // Only the node range can grow.
        let help = match found {
            Some(wider) => format!("a /{} is large enough: set `{}: {wider}`", wider.prefix(), range.key),
            None => format!("the cluster uses {used}, which cannot change: use fewer machines"),
        };
        return match (found, &range.span) {
            (Some(wider), Some(span)) => diagnostic.help(help).patch(span, wider.to_string()),
            _ => diagnostic.help(help),
        };
    }
    match (found, &range.span) {
        (Some(free), Some(span)) => diagnostic
            .help(format!("a /{} is large enough; the next free one is {free}", free.prefix()))
            .patch(span, free.to_string()),
        (Some(free), None) => {
            diagnostic.help(format!("a /{} is large enough: set `{}: {free}`", free.prefix(), range.key))
        }
        (None, _) => {
            diagnostic.help("no range that is large enough is free: use fewer machines or fewer pods per node")
        }
    }
}

fn at(diagnostic: Diagnostic, range: &Range, largest: Option<&Span>) -> Diagnostic {
    match (&range.span, largest) {
        (Some(span), _) => diagnostic.at(span, ""),
        (None, Some(largest)) => diagnostic.at(largest, "the largest pool"),
        (None, None) => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_twice_the_pods() {
        // GKE's table.
        for (pods, expected) in
            [(8, 28), (9, 27), (16, 27), (17, 26), (32, 26), (64, 25), (65, 24), (110, 24), (256, 23)]
        {
            assert_eq!(prefix(pods), expected, "{pods}");
        }
    }
}
