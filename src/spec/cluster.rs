use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::backup::Backup;
use super::grammar::{
    Allow, LabelKey, LabelValue, Mapping, Name, ProjectId, Range, Region, Source, Text, Version, Zone,
};
use super::machine::{ControlPlane, Pool};
use super::network::Network;
use crate::source::Spanned;

/// A cluster's description: the whole file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping that describes a cluster, beginning with `name: …`")]
#[schemars(title = "A cluster for vpcgen", extend("required" = ["name", "project", "region"], "patternProperties" = {"^x-": true}))]
pub struct Spec {
    /// Prefix of every derived name; RFC 1035, short enough for the tightest of them.
    #[schemars(with = "Name", example = &"kub")]
    pub name: Option<Spanned<String>>,
    /// Google Cloud project id.
    #[schemars(with = "ProjectId")]
    pub project: Option<Spanned<String>>,
    /// Compute Engine region, such as `asia-southeast1`.
    #[schemars(with = "Region")]
    pub region: Option<Spanned<String>>,
    /// Zones that machines spread over, in order. Default: the first three of the region.
    #[schemars(with = "Vec<Zone>")]
    pub zones: Option<Spanned<Vec<Spanned<String>>>>,
    /// Labels on every resource that can have labels.
    #[schemars(with = "Mapping<LabelKey, LabelValue>")]
    pub labels: Option<IndexMap<Spanned<String>, Spanned<String>>>,
    /// Versions and sizes of Kubernetes.
    pub kubernetes: Option<Kubernetes>,
    /// The VPC, its ranges and its way out.
    pub network: Option<Network>,
    /// Who reaches the machines from outside.
    pub access: Option<Access>,
    /// Extra firewall rules by name.
    #[schemars(with = "Mapping<Name, FirewallRule>")]
    pub firewall: Option<IndexMap<Spanned<String>, Spanned<FirewallRule>>>,
    /// The machines that run the control plane.
    pub control_plane: Option<ControlPlane>,
    /// Node pools by name. Default: one pool `n` of two nodes. `{}`: the control plane runs the workloads.
    #[schemars(with = "Mapping<Name, Pool>")]
    pub pools: Option<IndexMap<Spanned<String>, Spanned<Pool>>>,
    /// What is installed beside Kubernetes itself.
    pub addons: Option<Addons>,
    /// Snapshots of etcd in a Cloud Storage bucket. Default: one every hour; `false`: none.
    pub backup: Option<Spanned<Backup>>,
    /// How the generated Terraform is used.
    pub terraform: Option<Terraform>,
    /// Keys that are in the file but could not be read, joined by dots: they are not reported as missing.
    #[serde(skip)]
    pub unread: Vec<String>,
}

impl Spec {
    /// Whether a key is there, but could not be read. `key`: its path, joined by dots.
    pub fn is_unread(&self, key: &str) -> bool {
        self.unread.iter().any(|unread| unread == key)
    }
}

/// Versions and sizes of Kubernetes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping with `version`, `max_pods_per_node`, `pod_security` and `encrypt_secrets`"
)]
pub struct Kubernetes {
    /// Minor (`1.36`) or full (`1.36.3`) version.
    #[schemars(with = "Version")]
    pub version: Option<Spanned<String>>,
    /// Pods that one node may run; fixes the width of each node's alias IP range. Default: 110.
    #[schemars(range(min = 8, max = 256), extend("default" = 110))]
    pub max_pods_per_node: Option<Spanned<i64>>,
    /// The Pod Security Standard that namespaces enforce if they have no label `pod-security.kubernetes.io/enforce`; `kube-system` is
    /// exempt. Default: baseline.
    #[schemars(extend("default" = "baseline"))]
    pub pod_security: Option<Spanned<PodSecurity>>,
    /// The API server encrypts Secrets before it stores them, so that snapshots of etcd do not contain them in clear text. The key is
    /// derived from the CA's. Default: false.
    #[schemars(extend("default" = false))]
    pub encrypt_secrets: Option<bool>,
}

/// What is installed beside Kubernetes itself.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping with `disk_csi` and `metrics_server`")]
pub struct Addons {
    /// The driver that creates Compute Engine disks for PersistentVolumeClaims, with a StorageClass for each type of disk that the
    /// machines take. Default: true.
    #[schemars(extend("default" = true))]
    pub disk_csi: Option<bool>,
    /// metrics-server, which `kubectl top` and the HorizontalPodAutoscaler need; kubelets then serve with certificates of the
    /// cluster's CA. Default: false.
    #[schemars(extend("default" = false))]
    pub metrics_server: Option<bool>,
}

/// A Pod Security Standard (<https://kubernetes.io/docs/concepts/security/pod-security-standards/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PodSecurity {
    /// No restrictions: a pod can take over its node.
    Privileged,
    /// No known way from a pod to its node: neither the host's network, processes or files, nor privileged containers.
    Baseline,
    /// Baseline, and pods must give up what hardened ones do not need, such as running as root.
    Restricted,
}

impl std::fmt::Display for PodSecurity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        })
    }
}

/// Who reaches the machines from outside the VPC.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping with `ssh`, `api` and `os_login`")]
pub struct Access {
    /// Ranges that reach port 22 of all machines. They replace the default: Identity-Aware Proxy's range.
    #[schemars(with = "Vec<Range>")]
    pub ssh: Option<Spanned<Vec<Spanned<String>>>>,
    /// Ranges that reach the API server: port 6443 of the control planes. List ranges on-premises under `network.peers` too.
    /// Default: none.
    #[schemars(with = "Vec<Range>")]
    pub api: Option<Vec<Spanned<String>>>,
    /// OS Login instead of SSH keys in metadata. Default: true.
    #[schemars(extend("default" = true))]
    pub os_login: Option<bool>,
}

/// One extra firewall rule for traffic to machines and their pods, in gcloud's short form.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping with `allow`, `from` and `to`")]
#[schemars(extend("required" = ["allow", "from"]))]
pub struct FirewallRule {
    /// `tcp:22`, `tcp:30000-32767`, `icmp`.
    #[schemars(with = "Vec<Allow>")]
    pub allow: Option<Spanned<Vec<Spanned<String>>>>,
    /// Source ranges.
    #[schemars(with = "Vec<Source>")]
    pub from: Option<Spanned<Vec<Spanned<String>>>>,
    /// Only these machines. Default: every machine in the VPC.
    pub to: Option<RuleTarget>,
}

/// The machines that a firewall rule applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleTarget {
    /// Those of all pools and their pods; with `pools: {}`, the control planes.
    Nodes,
    /// The control planes and their pods.
    ControlPlane,
}

/// How the generated Terraform is used.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping with `backend` and `module`")]
pub struct Terraform {
    /// Where Terraform keeps its state. Default: a local file.
    pub backend: Option<Backend>,
    /// Leaves out provider and backend, so that the tree can be called as a module. Default: false.
    #[schemars(extend("default" = false))]
    pub module: Option<Spanned<bool>>,
}

/// Where Terraform keeps its state.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping with `gcs`")]
pub struct Backend {
    /// A Cloud Storage bucket.
    pub gcs: Option<Spanned<Gcs>>,
}

/// A Cloud Storage bucket as Terraform's backend.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping with `bucket` and `prefix`")]
#[schemars(extend("required" = ["bucket"]))]
pub struct Gcs {
    /// The bucket's name.
    #[schemars(with = "Text")]
    pub bucket: Option<Spanned<String>>,
    /// Folder inside the bucket. Default: the bucket's top.
    #[schemars(with = "Text")]
    pub prefix: Option<Spanned<String>>,
}
