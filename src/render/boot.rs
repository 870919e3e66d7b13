use std::borrow::Cow;

use serde::Serialize;

use super::templates::{OF_BOOT, Values, insert, inserted};
use crate::model::{DiskDriver, PodSecurity, Taint};
use crate::net::Cidr;
use crate::plan::{Backup, Group, Plan, Role};

/// The values available to `templates/components`.
#[derive(Serialize)]
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

#[derive(Serialize)]
struct Kubernetes<'a> {
    version: &'a str,
    minor: &'a str,
    /// The newest minor in the table.
    newest: &'a str,
}

#[derive(Serialize)]
struct Network<'a> {
    name: &'a str,
    subnet: &'a str,
    mtu: u32,
    pods: Cidr,
    services: Cidr,
}

/// The values available to `templates/cloud-init`.
#[derive(Serialize)]
struct UserData<'a> {
    header: Option<&'a str>,
    /// Existing machines keep their image. The boot file names it, so that one can tell a machine with another image by its boot file.
    image: &'a str,
    files: Vec<Written>,
    steps: &'a [&'a [&'a str]],
}

#[derive(Serialize)]
struct Written {
    path: &'static str,
    permissions: &'static str,
    /// Stands for the content, which is inserted indented.
    content: String,
}

/// The spaces before each line of a file, below `content: |` in `user-data.yaml`.
const INDENT: &str = "      ";

/// The `#cloud-config` of the machines of a group.
pub(super) fn user_data(plan: &Plan, group: &Group, header: Option<&str>) -> String {
    let values = Values::of(&view(plan, group));
    let files: Vec<_> = group.role.files(plan).collect();
    let contents: Vec<Cow<'static, str>> = files.iter().map(|file| values.fill(&OF_BOOT, file.component())).collect();
    let written = files.iter().enumerate().map(|(number, file)| Written {
        path: file.path,
        permissions: file.permissions,
        content: inserted(number),
    });
    let values =
        Values::of(&UserData { header, image: &group.image, files: written.collect(), steps: group.role.steps() });
    let short = values.fill(&OF_BOOT, "user-data.yaml");
    let length: usize = contents.iter().map(|content| content.len()).sum();
    let mut out = String::with_capacity(short.len() + length + length / 4);
    insert(&short, &mut out, |out, number| indent(out, &contents[number]));
    out
}

/// Appends the lines of a text. The first one is where it has to be; empty ones stay empty.
fn indent(out: &mut String, text: &str) {
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(INDENT);
            }
        }
        out.push_str(line);
    }
}

fn view<'a>(plan: &'a Plan, group: &'a Group) -> View<'a> {
    let boot = &plan.boot;
    View {
        name: &plan.name,
        project: &plan.project,
        kubernetes: Kubernetes {
            version: &boot.kubernetes,
            minor: boot.kubernetes_minor,
            newest: boot.kubernetes_newest,
        },
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
