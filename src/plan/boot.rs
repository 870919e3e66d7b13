//! What each machine boots with: one list of files and steps, from which any way of delivering them is printed.

use serde::Serialize;

use crate::model::{Cluster, Derived};
use crate::net::Cidr;

/// The folder of the boot files in a rendered tree.
pub const BOOT_FOLDER: &str = "cloud-init";

/// What a machine is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs etcd and the API server.
    ControlPlane,
    /// Runs workloads.
    Node,
}

/// The values that boot files are filled in with.
#[derive(Debug, Clone, Serialize)]
pub struct Boot {
    /// Full version of Kubernetes.
    pub kubernetes: String,
    /// Its minor: names the package repository.
    pub kubernetes_minor: &'static str,
    /// Version of the package `containerd.io`.
    pub containerd: &'static str,
    /// Tag of the sandbox image.
    pub pause: &'static str,
    /// Tag of the cloud-controller-manager's image.
    pub cloud_controller_manager: &'static str,
    /// Ranges to which pods keep their own addresses: the VPC's and its peers'.
    pub unmasqueraded: Vec<Cidr>,
    /// Network tag of the machines that load balancers send to.
    pub node_tag: String,
    /// Prefix length of each node's block of pods.
    pub node_prefix: u8,
    /// Pods that one node may run.
    pub max_pods: u32,
    /// The control plane runs workloads itself: there is no pool.
    pub schedulable: bool,
    /// There are several machines for the replicas of cluster DNS.
    pub spread_dns: bool,
}

/// A file that a machine needs before it can boot into the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BootFile {
    /// Where it lies on the machine.
    pub path: &'static str,
    /// Its permissions, octal.
    pub permissions: &'static str,
}

impl BootFile {
    /// The template that makes it: `templates/components/<file name>`.
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
static COMMON: [BootFile; 10] = [
    data("/etc/modules-load.d/kubernetes.conf"),
    data("/etc/sysctl.d/99-kubernetes.conf"),
    data("/etc/default/instance_configs.cfg"),
    data("/etc/containerd/config.toml"),
    data("/etc/containerd/cni.conflist.template"),
    data("/etc/kubernetes/pod-egress.nft"),
    data("/etc/systemd/system/pod-egress.service"),
    data("/usr/local/lib/node-boot.sh"),
    program("/usr/local/sbin/node-prepare"),
    program("/usr/local/sbin/node-install"),
];

static CONTROL_PLANE: [BootFile; 17] = [
    // Each container is a scope whose name begins so; systemd applies a drop-in for the prefix to all of them.
    data("/etc/systemd/system/cri-containerd-.scope.d/stop-timeout.conf"),
    data("/etc/kubernetes/kubeadm-init.yaml"),
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
    data("/etc/systemd/system/control-plane.service"),
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
    /// The files of a machine of this role, in the order they are written.
    pub fn files(self) -> impl Iterator<Item = &'static BootFile> {
        let own: &[BootFile] = match self {
            Role::ControlPlane => &CONTROL_PLANE,
            Role::Node => &NODE,
        };
        COMMON.iter().chain(own)
    }

    /// The commands that follow, each once.
    pub fn steps(self) -> &'static [&'static [&'static str]] {
        match self {
            Role::ControlPlane => &[&["systemctl", "enable", "--now", "control-plane.service"]],
            Role::Node => &[&["systemctl", "enable", "--now", "kubeadm-join.service"]],
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
        node_tag: Derived(&cluster.name).node_tag(),
        node_prefix: cluster.kubernetes.node_prefix,
        max_pods: cluster.kubernetes.max_pods_per_node,
        schedulable: cluster.pools.is_empty(),
        spread_dns: cluster.control_plane.names.len() + cluster.pools.iter().map(|p| p.names.len()).sum::<usize>() > 1,
    }
}
