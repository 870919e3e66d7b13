//! Whether the machines fit the ranges.

use super::range::{Range, Ranges};
use crate::diag::{Code, Diagnostic, Report};
use crate::net::{Blocks, Cidr, next_free};
use crate::source::{Span, Spanned};

/// What Kubernetes recommends at most, and the default.
const USUAL_PODS: u32 = 110;
/// Fewest and most pods per node, as GKE has them.
const PODS: (u32, u32) = (8, 256);
/// Kubernetes' own limit (kubernetes.io/docs/setup/best-practices/cluster-large).
pub const MOST_NODES: usize = 5_000;
/// The same page's limit on pods in all.
const MOST_PODS: u64 = 150_000;
/// The addresses that Google keeps of every primary range: network, gateway, the last two.
pub const RESERVED: u64 = 4;
/// kubeadm's limit on how much wider the pod range is than one node's block (`PodSubnetNodeMaskMaxDiff`).
const KUBEADM_DIFFERENCE: u8 = 16;

/// Pods per node, and the prefix length of the block that holds twice as many: an address that was just given back is not
/// handed out again at once (GKE's rule; cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr). `None` where the
/// number is wrong, so that nothing follows from it.
pub(crate) fn pods_per_node(pods: Option<&Spanned<u32>>, report: &mut Report) -> Option<(u32, u8)> {
    let Some(asked) = pods else { return Some((USUAL_PODS, prefix(USUAL_PODS))) };
    let (fewest, most) = PODS;
    if !(fewest..=most).contains(&asked.value) {
        let message = format!("`max_pods_per_node` is {}; a node runs {fewest} to {most} pods", asked.value);
        let help = format!("Kubernetes recommends at most {USUAL_PODS}, the default");
        let nearest = if asked.value < fewest { fewest } else { USUAL_PODS };
        report.push(
            Diagnostic::error(Code::PodsPerNode, message)
                .at(&asked.span, "")
                .help(help)
                .patch(&asked.span, nearest.to_string()),
        );
        return None;
    }
    if asked.value > USUAL_PODS {
        let message = format!("`max_pods_per_node` is {}; Kubernetes recommends at most {USUAL_PODS}", asked.value);
        let help = format!("each node takes a /{} of the pod range", prefix(asked.value));
        report.push(Diagnostic::warning(Code::PodsPerNode, message).at(&asked.span, "").help(help));
    }
    Some((asked.value, prefix(asked.value)))
}

/// Prefix length of the block that holds twice as many addresses as pods.
pub(crate) fn prefix(pods: u32) -> u8 {
    let bits = (2 * pods).next_power_of_two().trailing_zeros();
    32 - u8::try_from(bits).expect("at most 512 addresses")
}

/// Whether Kubernetes carries as many pods as the nodes may run. `largest`: the largest pool.
pub(crate) fn pods(
    machines: usize,
    pods_per_node: u32,
    asked: Option<&Spanned<u32>>,
    largest: Option<&Span>,
    report: &mut Report,
) {
    let all = machines as u64 * u64::from(pods_per_node);
    if all <= MOST_PODS {
        return;
    }
    let fits = MOST_PODS / machines as u64;
    let message = format!(
        "{machines} machines of {pods_per_node} pods may run {all} pods; Kubernetes is made for {MOST_PODS} in a cluster"
    );
    let diagnostic = Diagnostic::warning(Code::TooManyPods, message);
    report.push(match (asked, largest) {
        (Some(asked), _) => diagnostic
            .at(&asked.span, "")
            .help(format!("{fits} pods on each node stay below it"))
            .patch(&asked.span, fits.to_string()),
        (None, Some(largest)) => diagnostic
            .at(largest, "the largest pool")
            .help(format!("set `kubernetes.max_pods_per_node: {fits}`, or make several clusters")),
        (None, None) => {
            diagnostic.help(format!("set `kubernetes.max_pods_per_node: {fits}`, or make several clusters"))
        }
    });
}

/// Whether this many machines get a block of pods and an address each.
/// `addresses`: the machines' and that of the API's load balancer. `largest`: the largest pool, which is to blame where a range is a
/// default.
pub(crate) fn check(
    ranges: &Ranges,
    machines: usize,
    addresses: usize,
    (pods_per_node, node_prefix): (u32, u8),
    largest: Option<&Span>,
    report: &mut Report,
) {
    let taken: Vec<Cidr> = ranges.all().iter().map(|range| range.cidr).collect();
    let needed = machines as u64;
    if let Some(pods) = &ranges.pods {
        let blocks = Blocks::new(pods.cidr, node_prefix).capacity();
        if blocks < needed {
            let wanted = node_prefix - bits(needed);
            let message = format!(
                "`{}` {} holds {blocks} {} of /{node_prefix} ({pods_per_node} pods per node); the cluster has {machines} {}",
                pods.key,
                pods.cidr,
                plural(blocks, "block"),
                plural(needed, "machine"),
            );
            report.push(too_small(pods, message, wanted, &taken, largest));
        } else if node_prefix - pods.cidr.prefix() > KUBEADM_DIFFERENCE {
            let widest = node_prefix - KUBEADM_DIFFERENCE;
            let message = format!(
                "`{}` is a /{} and each node's block a /{node_prefix}; kubeadm takes a difference of {KUBEADM_DIFFERENCE} at most",
                pods.key,
                pods.cidr.prefix()
            );
            let diagnostic = Diagnostic::error(Code::RangeSize, message).help(format!(
                "with {pods_per_node} pods per node the pod range is /{widest} at most: {}",
                Cidr::containing(pods.cidr.network(), widest)
            ));
            let diagnostic = at(diagnostic, pods, largest);
            report.push(match &pods.span {
                Some(span) => diagnostic.patch(span, Cidr::containing(pods.cidr.network(), widest).to_string()),
                None => diagnostic,
            });
        }
    }
    if let Some(nodes) = &ranges.nodes {
        let free = nodes.cidr.size().saturating_sub(RESERVED);
        let needed = addresses as u64;
        if free < needed {
            let message = format!(
                "`{}` {} has {free} addresses for machines (Google keeps {RESERVED}); the cluster needs {needed}",
                nodes.key, nodes.cidr
            );
            report.push(too_small(nodes, message, 32 - bits(needed + RESERVED), &taken, largest));
        }
    }
}

fn too_small(range: &Range, message: String, prefix: u8, taken: &[Cidr], largest: Option<&Span>) -> Diagnostic {
    let diagnostic = at(Diagnostic::error(Code::RangeFull, message), range, largest);
    let others: Vec<Cidr> = taken.iter().copied().filter(|cidr| *cidr != range.cidr).collect();
    match (next_free(range.cidr, prefix, &others), &range.span) {
        (Some(free), Some(span)) => diagnostic
            .help(format!("a /{prefix} is large enough; the next free one is {free}"))
            .patch(span, free.to_string()),
        (Some(free), None) => diagnostic.help(format!("a /{prefix} is large enough: set `{}: {free}`", range.key)),
        (None, _) => diagnostic
            .help(format!("a /{prefix} is large enough, but none is free: fewer machines or fewer pods per node")),
    }
}

fn at(diagnostic: Diagnostic, range: &Range, largest: Option<&Span>) -> Diagnostic {
    match (&range.span, largest) {
        (Some(span), _) => diagnostic.at(span, ""),
        (None, Some(largest)) => diagnostic.at(largest, "the largest pool"),
        (None, None) => diagnostic,
    }
}

fn plural(count: u64, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// Bits that number so many things.
fn bits(count: u64) -> u8 {
    u8::try_from(count.next_power_of_two().trailing_zeros()).unwrap_or(32).min(24)
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
