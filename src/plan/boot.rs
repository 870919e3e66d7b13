//! The boot files and commands of each machine, independent of the format that delivers them.

use super::Plan;
use crate::model::{self, Cluster, DISK_DRIVER, Derived, DiskDriver, METRICS_SERVER, NETWORK_POLICIES, PodSecurity};
use crate::net::Cidr;

/// The cipher suites for TLS 1.2; those of TLS 1.3 cannot be chosen. Each offers forward secrecy and authenticated encryption.
const TLS_CIPHER_SUITES: &[&str] = &[
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
];

/// The folder in a rendered tree that contains the boot files.
pub const BOOT_FOLDER: &str = "cloud-init";

/// The role of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs etcd and the API server.
    ControlPlane,
    /// Runs workloads.
    Node,
}

/// The values that the boot file templates use.
#[derive(Debug, Clone)]
pub struct Boot {
    /// Full version of Kubernetes.
    pub kubernetes: String,
    /// The newest minor version that vpcgen knows: the repository whose key is fetched.
    pub kubernetes_newest: &'static str,
    /// Version of the `containerd.io` package.
    pub containerd: &'static str,
    /// Tag of the sandbox image.
    pub pause: &'static str,
    /// Tag of the cloud-controller-manager's image.
    pub cloud_controller_manager: &'static str,
    /// Destinations for which pod traffic is not masqueraded: the VPC's ranges and its peers'.
    pub unmasqueraded: Vec<Cidr>,
    /// The audience that the identity tokens of machines that join must have: the API's URL.
    pub audience: String,
    /// Network tag of the machines that receive load balancer traffic.
    pub node_tag: String,
    /// Network tag of control planes.
    pub control_plane_tag: String,
    /// Prefix length of each node's pod range.
    pub node_prefix: u8,
    /// Maximum number of pods per node.
    pub max_pods: u32,
    /// The Pod Security Standard that namespaces without labels of their own enforce.
    pub pod_security: PodSecurity,
    /// The cipher suites of the API server and the kubelets.
    pub tls_cipher_suites: &'static [&'static str],
    /// The control plane also runs workloads, because there are no pools.
    pub schedulable: bool,
    /// The images of the disk driver; `None` if it is not installed.
    pub disk_csi: Option<&'static DiskDriver>,
    /// The types of its StorageClasses, starting with the default.
    pub storage_classes: Vec<&'static str>,
    /// The labels of the disks that it creates, as `key=value` with commas between them.
    pub disk_labels: String,
    /// Tag of metrics-server's image; `None` if it is not installed.
    pub metrics_server: Option<&'static str>,
    /// Tag of the image of the agent that enforces NetworkPolicy objects; `None` if they are not enforced.
    pub network_policies: Option<&'static str>,
    /// Secrets are stored encrypted.
    pub encrypt_secrets: bool,
    /// The replicas of cluster DNS can be spread over several machines.
    pub spread_dns: bool,
}

/// A file that a machine needs to join or found the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootFile {
    /// Its path on the machine.
    pub path: &'static str,
    /// Its permissions in octal.
    pub permissions: &'static str,
}

impl BootFile {
    /// The template that renders it: `templates/components/<file name>`.
    pub fn component(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

const DATA: &str = "0644";
const PROGRAM: &str = "0755";

const fn data(path: &'static str) -> BootFile {
    BootFile { path, permissions: DATA }
}

const fn program(path: &'static str) -> BootFile {
    BootFile { path, permissions: PROGRAM }
}

const DISK_CSI_FILE: &str = "/etc/kubernetes/disk-csi.yaml";
const METRICS_SERVER_FILE: &str = "/etc/kubernetes/metrics-server.yaml";
const NETWORK_POLICIES_FILE: &str = "/etc/kubernetes/network-policies.yaml";

/// On every machine.
static COMMON: [BootFile; 20] = [
    data("/etc/modules-load.d/kubernetes.conf"),
    data("/etc/sysctl.d/99-kubernetes.conf"),
    data("/etc/default/instance_configs.cfg.template"),
    data("/etc/needrestart/conf.d/50-kubernetes.conf"),
    data("/etc/apt/apt.conf.d/60-security-upgrades"),
    data("/etc/systemd/journald.conf.d/50-size.conf"),
    data("/etc/containerd/config.toml"),
    data("/etc/containerd/cni.conflist.template"),
    data("/etc/containerd/certs.d/docker.io/hosts.toml"),
    data("/etc/kubernetes/credential-provider.yaml"),
    program("/usr/local/libexec/kubelet/gcp-credential-provider"),
    program("/usr/local/sbin/reserve-resources"),
    data("/etc/systemd/system/kubelet.service.d/10-reserved.conf"),
    data("/etc/kubernetes/pod-egress.nft"),
    data("/etc/systemd/system/pod-egress.service"),
    program("/usr/local/sbin/pod-route"),
    data("/usr/local/lib/node-boot.sh"),
    program("/usr/local/sbin/node-prepare"),
    program("/usr/local/sbin/node-install"),
    program("/usr/local/sbin/annotate-node"),
];

static CONTROL_PLANE: [BootFile; 29] = [
    // Each container is a scope with this name prefix; systemd applies a drop-in for the prefix to all of them.
    data("/etc/systemd/system/cri-containerd-.scope.d/stop-timeout.conf"),
    data("/etc/kubernetes/kubeadm-init.yaml"),
    data("/etc/kubernetes/policy/authentication.yaml"),
    data("/etc/kubernetes/policy/admission.yaml"),
    data("/etc/kubernetes/policy/audit.yaml"),
    data("/etc/kubernetes/joining.yaml"),
    data("/etc/kubernetes/gce.conf"),
    data("/etc/kubernetes/cloud-controller-manager.yaml"),
    data(DISK_CSI_FILE),
    data(METRICS_SERVER_FILE),
    data(NETWORK_POLICIES_FILE),
    data("/etc/kubernetes/coredns-patch.yaml"),
    data("/etc/kubernetes/kubeadm-join.yaml"),
    data("/etc/systemd/system/var-lib-cluster.mount"),
    data("/etc/systemd/system/var-lib-etcd.mount"),
    data("/etc/systemd/system/kubelet.service.d/20-state.conf"),
    data("/usr/local/lib/cluster-state.sh"),
    program("/usr/local/sbin/state-disk"),
    program("/usr/local/sbin/control-plane"),
    program("/usr/local/sbin/control-plane-join"),
    program("/usr/local/sbin/cluster-addons"),
    data("/etc/systemd/system/control-plane.service"),
    program("/usr/local/sbin/approve-nodes"),
    data("/etc/systemd/system/approve-nodes.service"),
    program("/usr/local/sbin/housekeeping"),
    data("/etc/systemd/system/housekeeping.service"),
    program("/usr/local/sbin/publish-join-data"),
    data("/etc/systemd/system/publish-join-data.service"),
    data("/etc/systemd/system/publish-join-data.timer"),
];

/// What keeps a control plane alive: its certificates, and what tells how the cluster is.
static CARE: [BootFile; 8] = [
    data("/usr/local/lib/cluster.sh"),
    data("/etc/crictl.yaml"),
    data("/usr/local/lib/etcd-tools.sh"),
    program("/usr/local/sbin/renew-certificates"),
    data("/etc/systemd/system/renew-certificates.service"),
    data("/etc/systemd/system/renew-certificates.timer"),
    program("/usr/local/sbin/admin-kubeconfig"),
    program("/usr/local/sbin/cluster-status"),
];

/// Snapshots of etcd.
static BACKUP: [BootFile; 4] = [
    program("/usr/local/sbin/etcd-backup"),
    data("/etc/systemd/system/etcd-backup.service"),
    data("/etc/systemd/system/etcd-backup.timer"),
    program("/usr/local/sbin/etcd-restore"),
];

static NODE: [BootFile; 3] = [
    data("/etc/kubernetes/kubeadm-join.yaml"),
    program("/usr/local/sbin/kubeadm-join"),
    data("/etc/systemd/system/kubeadm-join.service"),
];

impl Role {
    /// The files of a machine with this role, in the order in which they are written.
    pub fn files(self, plan: &Plan) -> impl Iterator<Item = &'static BootFile> {
        let absent = [
            (DISK_CSI_FILE, plan.boot.disk_csi.is_none()),
            (METRICS_SERVER_FILE, plan.boot.metrics_server.is_none()),
            (NETWORK_POLICIES_FILE, plan.boot.network_policies.is_none()),
        ];
        let control_plane = self == Role::ControlPlane;
        let parts: [(&[BootFile], bool); 5] = [
            (&COMMON, true),
            (&CONTROL_PLANE, control_plane),
            (&CARE, control_plane),
            (&BACKUP, control_plane && plan.backup.is_some()),
            (&NODE, !control_plane),
        ];
        let all = parts.into_iter().filter(|(_, has)| *has).flat_map(|(files, _)| files);
        all.filter(move |file| !absent.contains(&(file.path, true)))
    }

    /// The commands to run once the files are written. They do not wait for the service: it retries by itself, and its first failure
    /// would make cloud-init report an error.
    pub fn steps(self) -> &'static [&'static [&'static str]] {
        match self {
            Role::ControlPlane => &[&["systemctl", "enable", "--now", "--no-block", "control-plane.service"]],
            Role::Node => &[&["systemctl", "enable", "--now", "--no-block", "kubeadm-join.service"]],
        }
    }
}

/// Those of the description, and by default the cluster's name, by which its disks can be found.
fn disk_labels(cluster: &Cluster) -> String {
    let own = Some(("cluster", cluster.name.as_str())).filter(|(key, _)| !cluster.labels.contains_key(*key));
    let written = cluster.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    own.into_iter().chain(written).map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

pub(super) fn plan(cluster: &Cluster) -> Boot {
    let (release, network) = (cluster.kubernetes.release, &cluster.network);
    Boot {
        kubernetes: cluster.kubernetes.version.clone(),
        kubernetes_newest: model::newest().minor,
        containerd: release.containerd,
        pause: release.pause,
        cloud_controller_manager: release.cloud_controller_manager,
        unmasqueraded: [network.nodes, network.pods].into_iter().chain(network.peers.iter().copied()).collect(),
        audience: format!("https://{}:6443", Derived(&cluster.name).endpoint()),
        node_tag: Derived(&cluster.name).node_tag(),
        control_plane_tag: Derived(&cluster.name).control_plane_tag(),
        node_prefix: cluster.kubernetes.node_prefix,
        max_pods: cluster.kubernetes.max_pods_per_node,
        pod_security: cluster.kubernetes.pod_security,
        tls_cipher_suites: TLS_CIPHER_SUITES,
        schedulable: cluster.pools.is_empty(),
        disk_csi: cluster.addons.disk_csi.is_some().then_some(&DISK_DRIVER),
        storage_classes: cluster.addons.disk_csi.clone().unwrap_or_default(),
        disk_labels: disk_labels(cluster),
        metrics_server: cluster.addons.metrics_server.then_some(METRICS_SERVER),
        network_policies: network.policy.then_some(NETWORK_POLICIES),
        encrypt_secrets: cluster.kubernetes.encrypt_secrets,
        spread_dns: cluster.control_plane.names.len() + cluster.pools.iter().map(|p| p.names.len()).sum::<usize>() > 1,
    }
}
