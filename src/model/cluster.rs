//! The types of the valid world. No `Option` here means "default".

use indexmap::IndexMap;

use super::Release;
use crate::net::Cidr;
pub use crate::spec::{PodSecurity, Routing, RuleTarget};

/// A cluster that can be planned.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Prefix of every derived name.
    pub name: String,
    /// Google Cloud project id.
    pub project: String,
    /// Compute Engine region.
    pub region: String,
    /// Google labels, for every resource that can have them.
    pub labels: IndexMap<String, String>,
    /// Versions and sizes of Kubernetes.
    pub kubernetes: Kubernetes,
    /// The VPC.
    pub network: Network,
    /// Who reaches the machines from outside.
    pub access: Access,
    /// Extra firewall rules, in file order.
    pub firewall: Vec<FirewallRule>,
    /// The control plane.
    pub control_plane: ControlPlane,
    /// Node pools in file order. Empty: the control plane runs the workloads.
    pub pools: Vec<Pool>,
    /// What is installed beside Kubernetes itself.
    pub addons: Addons,
    /// Snapshots of etcd; `None`: none.
    pub backup: Option<Backup>,
    /// How the Terraform is used.
    pub terraform: Terraform,
}

/// Versions and sizes of Kubernetes.
#[derive(Debug, Clone)]
pub struct Kubernetes {
    /// Full version, such as `1.36.3`.
    pub version: String,
    /// What was tested with this minor.
    pub release: &'static Release,
    /// Pods that one node may run.
    pub max_pods_per_node: u32,
    /// Prefix length of each node's alias IP range: at least twice the pods.
    pub node_prefix: u8,
    /// The Pod Security Standard that namespaces enforce by default.
    pub pod_security: PodSecurity,
    /// Secrets are stored encrypted.
    pub encrypt_secrets: bool,
}

/// What is installed beside Kubernetes itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addons {
    /// The disk driver: the types of its StorageClasses, starting with the default; `None` if it is not installed.
    pub disk_csi: Option<Vec<&'static str>>,
    /// metrics-server.
    pub metrics_server: bool,
}

/// The VPC and its subnet.
#[derive(Debug, Clone)]
pub struct Network {
    /// The VPC's name.
    pub name: String,
    /// The subnet's name; the secondary ranges are `<subnet>-pod` and `<subnet>-svc`.
    pub subnet: String,
    /// Largest packet in bytes.
    pub mtu: u32,
    /// Dynamic routing.
    pub routing: Routing,
    /// The machines' addresses.
    pub nodes: Cidr,
    /// The pods' addresses.
    pub pods: Cidr,
    /// ClusterIPs.
    pub services: Cidr,
    /// Ranges elsewhere, never masqueraded.
    pub peers: Vec<Cidr>,
    /// Whether machines without external address get out through Cloud NAT.
    pub nat: bool,
    /// `can_ip_forward` on every machine.
    pub ip_forward: bool,
    /// NetworkPolicy objects are enforced.
    pub policy: bool,
}

/// Who reaches the machines from outside the VPC.
#[derive(Debug, Clone)]
pub struct Access {
    /// Source ranges for port 22.
    pub ssh: Vec<Cidr>,
    /// Source ranges for port 6443.
    pub api: Vec<Cidr>,
    /// OS Login instead of keys in metadata.
    pub os_login: bool,
}

/// A firewall rule for incoming traffic.
#[derive(Debug, Clone)]
pub struct FirewallRule {
    /// Its name.
    pub name: String,
    /// What it lets in, one entry for each protocol.
    pub allow: Vec<Allow>,
    /// From where: ranges in canonical notation, all IPv4 or all IPv6.
    pub from: Vec<String>,
    /// To which machines; `None`: every machine in the VPC.
    pub to: Option<RuleTarget>,
}

/// A protocol and its ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// `tcp`, `icmp`, `all`, a number.
    pub protocol: String,
    /// `22`, `30000-32767`; empty for all.
    pub ports: Vec<String>,
}

/// The control plane.
#[derive(Debug, Clone)]
pub struct ControlPlane {
    /// Instance names: one, three or five.
    pub names: Vec<String>,
    /// The zones they spread over, in order.
    pub zones: Vec<String>,
    /// The disk of each that outlives its machine.
    pub state_disk: StateDisk,
    /// What kind of machine.
    pub machine: Machine,
}

/// A pool of identical nodes.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// Instance names.
    pub names: Vec<String>,
    /// The zones they spread over, in order.
    pub zones: Vec<String>,
    /// Spot VMs.
    pub spot: bool,
    /// Kubernetes labels.
    pub labels: IndexMap<String, String>,
    /// Kubernetes taints.
    pub taints: Vec<Taint>,
    /// What kind of machine.
    pub machine: Machine,
}

/// A taint of a Kubernetes node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taint {
    /// Key.
    pub key: String,
    /// Value; may be empty.
    pub value: String,
    /// NoSchedule, PreferNoSchedule or NoExecute.
    pub effect: String,
}

/// What kind of machine.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Compute Engine machine type.
    pub machine_type: String,
    /// Whether Google can move it to another host while it runs.
    pub live_migration: bool,
    /// Boot image, long form.
    pub image: String,
    /// Boot disk.
    pub disk: Disk,
    /// Has an external address.
    pub external_ip: bool,
    /// Secure Boot.
    pub secure_boot: bool,
    /// An existing service account's email address; `None`: the one that is created.
    pub service_account: Option<String>,
}

/// A boot disk.
#[derive(Debug, Clone)]
pub struct Disk {
    /// GB.
    pub size: u32,
    /// Disk type.
    pub kind: String,
    /// Not deleted with the machine.
    pub keep: bool,
}

/// What holds etcd's data and the cluster's CA.
#[derive(Debug, Clone)]
pub struct StateDisk {
    /// GB.
    pub size: u32,
    /// Disk type.
    pub kind: String,
}

/// Snapshots of etcd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The bucket that is created for them.
    pub bucket: String,
    /// Minutes from one to the next.
    pub every: u32,
    /// Days that each is kept.
    pub keep_hourly: u32,
    /// Days that the first of each day is kept.
    pub keep_daily: u32,
}

/// How the generated Terraform is used.
#[derive(Debug, Clone)]
pub struct Terraform {
    /// Where state is kept; `None`: a local file.
    pub backend: Option<Backend>,
    /// Called as a module: no provider, no backend.
    pub module: bool,
}

/// A Cloud Storage bucket for the state.
#[derive(Debug, Clone)]
pub struct Backend {
    /// The bucket.
    pub bucket: String,
    /// Folder inside it; empty: the top.
    pub prefix: String,
}
