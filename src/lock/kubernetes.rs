//! Kubernetes goes up one minor version at a time, and never back.

use super::agree::{Agreement, Contradiction};
use super::{Identity, Version};
use crate::diag::{Code, Diagnostic};
use crate::model::release;

impl Agreement<'_> {
    /// kubeadm refuses a target more than one minor above the running version, and etcd's data and the API's stored objects
    /// may already be in a newer version's form (kubernetes.io/releases/version-skew-policy).
    pub(super) fn kubernetes(&self, locked: &Identity) -> Option<Diagnostic> {
        let (old, now) = (locked.kubernetes, Identity::of(self.cluster).kubernetes);
        let back = now < old;
        if !back && now.major == old.major && now.minor <= old.minor + 1 {
            return None;
        }
        let file = self.file();
        let written = self.spec.kubernetes.as_ref().and_then(|kubernetes| kubernetes.version.as_ref());
        let default = if written.is_none() { ", the default," } else { "" };
        let next = Version { minor: old.minor + 1, ..old }.series();
        let (message, target) = if back {
            let message = format!(
                "Kubernetes {now}{default} is older than {old}, the version in {file}: a cluster cannot be downgraded"
            );
            (message, old.to_string())
        } else {
            let message = format!(
                "Kubernetes {now}{default} is more than one minor version above {old}, the version in {file}: a control plane \
                 must not skip {next}"
            );
            (message, next.clone())
        };
        let known = release(&target).is_some();
        let on_purpose = format!("if {old} was never applied, change `kubernetes` in {file}");
        let help = match (back, known, written) {
            (true, true, _) => format!("set `kubernetes.version: \"{target}\"`; {on_purpose}"),
            (false, true, _) => {
                format!(
                    "set `kubernetes.version: \"{target}\"`, apply, upgrade the cluster, then continue; {on_purpose}"
                )
            }
            (true, false, _) => format!("a newer vpcgen wrote {file}: use that one; {on_purpose}"),
            (false, false, _) => {
                format!("this vpcgen does not know {target}: upgrade with an older one first; {on_purpose}")
            }
        };
        let error = Diagnostic::error(Code::UpgradePath, message).elsewhere(
            self.source,
            self.at(&["cluster", "kubernetes"]),
            "rendered last",
        );
        let error = Contradiction::new(error, written.map(|written| &written.span));
        Some(if known { error.back(&target).help(help) } else { error.help(help) })
    }
}
