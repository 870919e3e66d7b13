use super::templates::{concatenate, templates};
use crate::model::{DiskDriver, PodSecurity, Taint};
use crate::net::Cidr;
use crate::plan::{Backup, BootFile, Group, Plan, Role};

templates! {
    USER_DATA of UserData: "cloud-init/user-data.yaml"
}

templates! {
    /// The contents of the boot files, each by its file name.
    COMPONENTS of View:
        "components/kubernetes.conf", "components/99-kubernetes.conf", "components/instance_configs.cfg.template",
        "components/50-kubernetes.conf", "components/60-security-upgrades", "components/50-size.conf",
        "components/reserve-resources", "components/10-reserved.conf", "components/config.toml",
        "components/cni.conflist.template", "components/hosts.toml", "components/credential-provider.yaml",
        "components/gcp-credential-provider", "components/pod-egress.nft", "components/pod-egress.service",
        "components/pod-route", "components/node-boot.sh", "components/node-prepare", "components/node-install",
        "components/annotate-node", "components/stop-timeout.conf", "components/kubeadm-init.yaml",
        "components/authentication.yaml", "components/admission.yaml", "components/audit.yaml", "components/joining.yaml",
        "components/gce.conf",
        "components/cloud-controller-manager.yaml", "components/disk-csi.yaml", "components/metrics-server.yaml",
        "components/network-policies.yaml", "components/coredns-patch.yaml", "components/var-lib-cluster.mount",
        "components/var-lib-etcd.mount", "components/20-state.conf", "components/cluster-state.sh", "components/state-disk",
        "components/control-plane", "components/control-plane-join", "components/cluster-addons",
        "components/control-plane.service", "components/approve-nodes", "components/approve-nodes.service",
        "components/housekeeping", "components/housekeeping.service", "components/publish-join-data",
        "components/publish-join-data.service", "components/publish-join-data.timer", "components/cluster.sh",
        "components/crictl.yaml", "components/etcd-tools.sh", "components/etcd-backup", "components/etcd-backup.service",
        "components/etcd-backup.timer", "components/etcd-restore", "components/renew-certificates",
        "components/renew-certificates.service", "components/renew-certificates.timer", "components/admin-kubeconfig",
        "components/cluster-status", "components/kubeadm-join.yaml", "components/kubeadm-join", "components/kubeadm-join.service"
}

/// The values available to `templates/components`.
struct View<'a> {
    name: &'a str,
    project: &'a str,
    kubernetes: Kubernetes<'a>,
    containerd: &'a str,
    pause: &'a str,
    cloud_controller_manager: &'a str,
    network: Network<'a>,
    unmasqueraded: &'a [Cidr],
    domain: &'a str,
    endpoint: &'a str,
    join_secret: &'a str,
    pki_secret: &'a str,
    backup: Option<&'a Backup>,
    /// Whether the machine is a control plane.
    control_plane: bool,
    /// The names of all control planes, starting with the one that founds the cluster.
    control_planes: Vec<&'a str>,
    spread_dns: bool,
    disk_csi: Option<&'a DiskDriver>,
    storage_classes: &'a [&'a str],
    disk_labels: &'a str,
    metrics_server: Option<&'a str>,
    network_policies: Option<&'a str>,
    encrypt_secrets: bool,
    audience: &'a str,
    node_tag: &'a str,
    control_plane_tag: &'a str,
    node_mask: u8,
    max_pods: u32,
    pod_security: PodSecurity,
    tls_cipher_suites: &'a [&'a str],
    schedulable: bool,
    labels: &'a [String],
    taints: &'a [Taint],
}

struct Kubernetes<'a> {
    version: &'a str,
    /// The newest minor in the table.
    newest: &'a str,
}

struct Network<'a> {
    name: &'a str,
    subnet: &'a str,
    mtu: u32,
    pods: Cidr,
    services: Cidr,
}

/// The values available to `templates/cloud-init`.
struct UserData<'a> {
    header: Option<&'a str>,
    /// Existing machines keep their image. The boot file names it, so that one can tell a machine with another image by its boot file.
    image: &'a str,
    files: Vec<Written<'a>>,
    steps: &'a [&'a [&'a str]],
}

struct Written<'a> {
    path: &'static str,
    permissions: &'static str,
    /// The content, indented.
    content: &'a str,
}

/// The spaces before each line of a file, below `content: |` in `user-data.yaml`.
const INDENT: &str = "      ";

/// The `#cloud-config` of the machines of a group.
pub(super) fn user_data(plan: &Plan, group: &Group, header: Option<&str>) -> String {
    let view = view(plan, group);
    let files: Vec<&BootFile> = group.role.files(plan).collect();
    let mut contents = Indented(String::new());
    let ends: Vec<usize> = files.iter().map(|file| contents.add(file, &view)).collect();
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let written = files.iter().zip(starts.zip(&ends)).map(|(file, (start, end))| Written {
        path: file.path,
        permissions: file.permissions,
        content: &contents.0[start..*end],
    });
    let values = UserData { header, image: &group.image, files: written.collect(), steps: group.role.steps() };
    concatenate(USER_DATA, &values)
}

/// The contents of files, one after the other. Each line is indented; empty ones stay empty.
struct Indented(String);

impl Indented {
    /// Adds the content of a file, and returns where it ends.
    fn add(&mut self, file: &BootFile, view: &View<'_>) -> usize {
        let name = file.component();
        let component = COMPONENTS.iter().find(|(path, _)| path.strip_prefix("components/") == Some(name));
        let (_, fill) = component.unwrap_or_else(|| panic!("no template has the name of {}", file.path));
        fill(view, self);
        self.0.len()
    }
}

impl std::fmt::Write for Indented {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for line in text.split_inclusive('\n') {
            if line != "\n" && (self.0.is_empty() || self.0.ends_with('\n')) {
                self.0.push_str(INDENT);
            }
            self.0.push_str(line);
        }
        Ok(())
    }
}

fn view<'a>(plan: &'a Plan, group: &'a Group) -> View<'a> {
    let boot = &plan.boot;
    View {
        name: &plan.name,
        project: &plan.project,
        kubernetes: Kubernetes { version: &boot.kubernetes, newest: boot.kubernetes_newest },
        containerd: boot.containerd,
        pause: boot.pause,
        cloud_controller_manager: boot.cloud_controller_manager,
        network: Network {
            name: &plan.network.vpc,
            subnet: &plan.network.subnet,
            mtu: plan.network.mtu,
            pods: plan.network.pods,
            services: plan.network.services,
        },
        unmasqueraded: &boot.unmasqueraded,
        domain: &plan.dns.domain,
        endpoint: &plan.dns.endpoint,
        join_secret: &plan.join_secret,
        pki_secret: &plan.state.secret,
        backup: plan.backup.as_ref(),
        control_plane: group.role == Role::ControlPlane,
        control_planes: plan.control_plane.nodes.iter().map(|node| node.name.as_str()).collect(),
        spread_dns: boot.spread_dns,
        disk_csi: boot.disk_csi,
        storage_classes: &boot.storage_classes,
        disk_labels: &boot.disk_labels,
        metrics_server: boot.metrics_server,
        network_policies: boot.network_policies,
        encrypt_secrets: boot.encrypt_secrets,
        audience: &boot.audience,
        node_tag: &boot.node_tag,
        control_plane_tag: &boot.control_plane_tag,
        node_mask: boot.node_prefix,
        max_pods: boot.max_pods,
        pod_security: boot.pod_security,
        tls_cipher_suites: boot.tls_cipher_suites,
        schedulable: boot.schedulable,
        labels: &group.node_labels,
        taints: &group.taints,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn lines_are_indented_wherever_a_template_is_interrupted() {
        let mut contents = Indented(String::new());
        for part in ["a ", "b", "\n", "\nc\n d", "\n\n", "\n"] {
            contents.write_str(part).unwrap();
        }
        assert_eq!(contents.0, "      a b\n\n      c\n       d\n\n\n");
    }
}
