//! The boot files and commands of each machine, independent of the format that delivers them.

use serde::Serialize;

use crate::model::{Cluster, Derived, PodSecurity};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs etcd and the API server.
    ControlPlane,
    /// Runs workloads.
    Node,
}

/// The values that the boot file templates use.
#[derive(Debug, Clone, Serialize)]
pub struct Boot {
    /// Full version of Kubernetes.
    pub kubernetes: String,
    /// Its minor version, which names the package repository.
    pub kubernetes_minor: &'static str,
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
    /// The replicas of cluster DNS can be spread over several machines.
    pub spread_dns: bool,
}

/// A file that a machine needs to join or found the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

/// On every machine.
static COMMON: [BootFile; 16] = [
    data("/etc/modules-load.d/kubernetes.conf"),
    data("/etc/sysctl.d/99-kubernetes.conf"),
    data("/etc/default/instance_configs.cfg.template"),
    data("/etc/needrestart/conf.d/50-kubernetes.conf"),
    data("/etc/containerd/config.toml"),
    data("/etc/containerd/cni.conflist.template"),
    data("/etc/containerd/certs.d/docker.io/hosts.toml"),
    data("/etc/kubernetes/credential-provider.yaml"),
    program("/usr/local/libexec/kubelet/gcp-credential-provider"),
    data("/etc/kubernetes/pod-egress.nft"),
    data("/etc/systemd/system/pod-egress.service"),
    program("/usr/local/sbin/pod-route"),
    data("/usr/local/lib/node-boot.sh"),
    program("/usr/local/sbin/node-prepare"),
    program("/usr/local/sbin/node-install"),
    program("/usr/local/sbin/annotate-node"),
];

static CONTROL_PLANE: [BootFile; 23] = [
    // Each container is a scope with this name prefix; systemd applies a drop-in for the prefix to all of them.
    data("/etc/systemd/system/cri-containerd-.scope.d/stop-timeout.conf"),
    data("/etc/kubernetes/kubeadm-init.yaml"),
    data("/etc/kubernetes/policy/authentication.yaml"),
    data("/etc/kubernetes/policy/admission.yaml"),
    data("/etc/kubernetes/policy/audit.yaml"),
    data("/etc/kubernetes/gce.conf"),
    data("/etc/kubernetes/cloud-controller-manager.yaml"),
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
    program("/usr/local/sbin/publish-join-data"),
    data("/etc/systemd/system/publish-join-data.service"),
    data("/etc/systemd/system/publish-join-data.timer"),
];

static NODE: [BootFile; 3] = [
    data("/etc/kubernetes/kubeadm-join.yaml"),
    program("/usr/local/sbin/kubeadm-join"),
    data("/etc/systemd/system/kubeadm-join.service"),
];

impl Role {
    /// The files of a machine with this role, in the order in which they are written.
    pub fn files(self) -> impl Iterator<Item = &'static BootFile> {
        let own: &[BootFile] = match self {
            Role::ControlPlane => &CONTROL_PLANE,
            Role::Node => &NODE,
        };
        COMMON.iter().chain(own)
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

pub(super) fn plan(cluster: &Cluster) -> Boot {
    let (release, network) = (cluster.kubernetes.release, &cluster.network);
    Boot {
        kubernetes: cluster.kubernetes.version.clone(),
        kubernetes_minor: release.minor,
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
        spread_dns: cluster.control_plane.names.len() + cluster.pools.iter().map(|p| p.names.len()).sum::<usize>() > 1,
    }
}
