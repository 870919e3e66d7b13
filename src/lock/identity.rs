//! The cluster's identity, and what a description that contradicts it would do.

use super::agree::Agreement;
use super::{Version, machines};
use crate::diag::Diagnostic;
use crate::model::Cluster;
use crate::net::Cidr;

/// Who the cluster is, and what else cannot change while it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Prefix of every derived name.
    pub name: String,
    /// Google Cloud project id.
    pub project: String,
    /// Compute Engine region.
    pub region: String,
    /// The VPC's name.
    pub network: String,
    /// The subnet's name.
    pub subnet: String,
    /// The machines' addresses. Google widens a subnet's range, and does nothing else to it.
    pub nodes: Cidr,
    /// ClusterIPs.
    pub services: Cidr,
    /// The first control plane: the one that runs `kubeadm init`.
    pub control_plane: String,
    /// The version of Kubernetes that was rendered last.
    pub kubernetes: Version,
}

impl Identity {
    /// A cluster's.
    ///
    /// # Panics
    /// If the cluster's version is not a full one, or it has no control plane: validation sees to both.
    pub fn of(cluster: &Cluster) -> Self {
        Self {
            name: cluster.name.clone(),
            project: cluster.project.clone(),
            region: cluster.region.clone(),
            network: cluster.network.name.clone(),
            subnet: cluster.network.subnet.clone(),
            nodes: cluster.network.nodes,
            services: cluster.network.services,
            control_plane: cluster.control_plane.names.first().expect("a control plane").clone(),
            kubernetes: cluster.kubernetes.version.parse().expect("a full version"),
        }
    }
}

impl Agreement<'_> {
    /// Another name is another cluster: whatever else differs follows from that, and is not worth a diagnostic of its own.
    pub(super) fn name(&self, locked: &Identity) -> Option<Diagnostic> {
        let (name, old, file) = (&self.cluster.name, &locked.name, self.file());
        if name == old {
            return None;
        }
        let network = &self.cluster.network;
        let differ: Vec<_> = [
            ("project", self.cluster.project != locked.project),
            ("region", self.cluster.region != locked.region),
            ("network.nodes", network.nodes != locked.nodes),
            ("network.pods", network.pods != self.lock.pods),
            ("network.services", network.services != locked.services),
        ]
        .into_iter()
        .filter_map(|(key, differs)| differs.then_some(format!("`{key}`")))
        .collect();
        let message = format!(
            "`name` is `{name}`, but {file} belongs to the cluster `{old}`: Terraform would plan to destroy its {} and build another \
             cluster",
            machines(self.lock.nodes.len())
        );
        let help = match differ.is_empty() {
            true => format!(
                "change the name back; if this describes another cluster, delete its copy of {file}; to go through with it, \
                 change `name` in the lock as well"
            ),
            false => format!(
                "{} differ{} as well: if this is a copied folder for another cluster, delete its copy of {file}; otherwise, \
                 change the name back",
                differ.join(", "),
                if differ.len() == 1 { "s" } else { "" }
            ),
        };
        let written = self.spec.name.as_ref();
        Some(self.contradiction(message, written, &["cluster", "name"], "the cluster that exists").back(old).help(help))
    }

    pub(super) fn project(&self, locked: &Identity) -> Option<Diagnostic> {
        let (project, old) = (&self.cluster.project, &locked.project);
        if project == old {
            return None;
        }
        let all = machines(self.lock.nodes.len());
        let message = if self.cluster.terraform.module {
            // In module mode every resource names its project.
            format!("`project` is {project}, but the cluster runs in {old}: Terraform would plan to destroy its {all}")
        } else {
            // The provider's default project applies to new resources only; existing ones keep theirs from the state.
            format!(
                "`project` is {project}, but the cluster runs in {old}: its {all} would stay there, while new machines and \
                 IAM roles would go to {project}"
            )
        };
        let help = format!(
            "a cluster cannot move: describe a new one in a folder of its own and migrate the workloads; {}",
            self.otherwise("project")
        );
        let written = self.spec.project.as_ref();
        Some(self.contradiction(message, written, &["cluster", "project"], "where it runs").back(old).help(help))
    }

    pub(super) fn region(&self, locked: &str) -> Option<Diagnostic> {
        let region = &self.cluster.region;
        if region == locked {
            return None;
        }
        let message = format!(
            "`region` is {region}, but the cluster runs in {locked}: Terraform would plan to destroy its {} and its network",
            machines(self.lock.nodes.len())
        );
        let help = format!(
            "a cluster cannot move: describe a new one in a folder of its own and migrate the workloads; {}",
            self.if_not_applied()
        );
        let at = match &self.lock.identity {
            Some(_) => self.at(&["cluster", "region"]),
            None => self.at(&["nodes", self.lock.nodes.keys().next()?, "zone"]),
        };
        let written = self.spec.region.as_ref();
        // No patch: the zones that the description lists may be of the new region.
        Some(self.contradiction_at(message, written, at, "where it runs").help(help))
    }

    pub(super) fn control_plane(&self, locked: Option<&Identity>) -> Option<Diagnostic> {
        let now = self.cluster.control_plane.names.first()?;
        let written = self.spec.control_plane.as_ref().and_then(|spec| spec.names.as_ref()?.value.first());
        let Some(Identity { control_plane: old, .. }) = locked else { return self.nobody_known(now) };
        if now == old {
            return None;
        }
        let path = ["cluster", "control_plane"];
        if self.cluster.control_plane.names.contains(old) {
            let message = format!(
                "`control_plane.names` begins with {now}, but the cluster was founded by {old}: the first one must stay the first"
            );
            let help = format!("put {old} first again; {}", self.otherwise("control_plane"));
            return Some(self.contradiction(message, written, &path, "the first control plane").help(help));
        }
        let message = format!(
            "the control plane is named `{now}`, but it exists as `{old}`: Terraform would plan to destroy {old} and its state disk, \
             which holds etcd's data"
        );
        let help = match written {
            Some(_) => format!("change it back; {}", self.otherwise("control_plane")),
            None => format!("add `control_plane: {{ names: [{old}] }}`; {}", self.otherwise("control_plane")),
        };
        Some(self.contradiction(message, written, &path, "the control plane that exists").back(old).help(help))
    }

    /// A lock of format version 1 has no names but the machines'.
    fn nobody_known(&self, control_plane: &str) -> Option<Diagnostic> {
        if self.lock.nodes.is_empty() || self.lock.nodes.contains_key(control_plane) {
            return None;
        }
        let (file, all) = (self.file(), machines(self.lock.nodes.len()));
        let message = format!(
            "the control plane is named `{control_plane}`, and {file} has no such machine: Terraform would plan to destroy the control \
             plane among the {all} in it"
        );
        let help = format!(
            "change `name` or `control_plane.names` back; if this describes another cluster, delete its copy of {file}"
        );
        let written = self.spec.name.as_ref();
        Some(self.contradiction(message, written, &["nodes"], "the machines that exist").help(help))
    }
}
