//! Whether any node accepts the pods that a user deploys.

use super::Pool;
use crate::diag::{Code, Diagnostic, Report};
use crate::spec::Spec;

/// Pools without a node, or with taints on every node, are valid, but every pod stays pending. With `pools: {}`, the control plane
/// runs the pods.
pub(super) fn check(spec: &Spec, pools: &[Pool], report: &mut Report) {
    let Some(written) = spec.pools.as_ref().filter(|written| !written.is_empty()) else { return };
    let counted = written.values().all(|pool| pool.value.count.is_some() || pool.value.names.is_some());
    if counted && written.values().all(|pool| pool.value.count.as_ref().is_none_or(|count| count.value == 0)) {
        let first = written.values().find_map(|pool| pool.value.count.as_ref());
        if let Some(count) = first.filter(|_| pools.iter().all(|pool| pool.names.is_empty())) {
            report.push(
                Diagnostic::warning(Code::NothingSchedulable, "no pool has a node, and the control plane does not run workloads")
                    .at(&count.span, "")
                    .help("pods would stay pending: give a pool a node, or write `pools: {}` to run workloads on the control plane")
                    .patch(&count.span, "1"),
            );
        }
        return;
    }
    let keeps_away =
        |pool: &&Pool| pool.taints.iter().any(|taint| matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute"));
    let with_nodes: Vec<&Pool> = pools.iter().filter(|pool| !pool.names.is_empty()).collect();
    if with_nodes.is_empty() || !with_nodes.iter().all(keeps_away) {
        return;
    }
    let taints = written.values().find_map(|pool| pool.value.taints.as_ref()?.first());
    let Some(taint) = taints else { return };
    report.push(
        Diagnostic::warning(Code::NothingSchedulable, "every node has a taint that keeps pods away")
            .at(&taint.span, "")
            .help("pods without a toleration, such as those of most charts, would stay pending: leave one pool without taints, or use `effect: PreferNoSchedule`"),
    );
}
