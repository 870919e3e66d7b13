//! Everything but the machines.

use super::Expansion;
use super::writer::{Origin, Writer, default, quoted};
use crate::model::{Derived, Routing, RuleTarget};
use crate::spec::{self, BackupSettings};

pub(super) fn kubernetes(of: Expansion<'_>, out: &mut Writer) {
    let unwritten = spec::Kubernetes::default();
    let spec = of.spec.kubernetes.as_ref().unwrap_or(&unwritten);
    let cluster = &of.cluster.kubernetes;
    let kept = of.in_use.is_some_and(|in_use| in_use.kubernetes.is_some());
    out.mapping("kubernetes", false, None, |out| {
        let version = match &spec.version {
            None if kept => Some(format!("from {}", of.lock)),
            None => Some("default: the newest".to_owned()),
            Some(written) if written.value != cluster.version => Some(format!("the newest known {}", written.value)),
            Some(_) => None,
        };
        out.scalar("version", &cluster.version, version);
        out.value("max_pods_per_node", cluster.max_pods_per_node, default(&spec.max_pods_per_node, ""));
        out.scalar("pod_security", &cluster.pod_security.to_string(), default(&spec.pod_security, ""));
        out.value("encrypt_secrets", cluster.encrypt_secrets, default(&spec.encrypt_secrets, ""));
    });
}

pub(super) fn network(of: Expansion<'_>, out: &mut Writer) {
    let unwritten = spec::Network::default();
    let spec = of.spec.network.as_ref().unwrap_or(&unwritten);
    let network = &of.cluster.network;
    out.mapping("network", false, None, |out| {
        out.scalar("name", &network.name, default(&spec.name, "<name>-vpc"));
        out.scalar("subnet", &network.subnet, default(&spec.subnet, "<name>-<region>"));
        out.value("mtu", network.mtu, default(&spec.mtu, ""));
        let routing = match network.routing {
            Routing::Regional => "regional",
            Routing::Global => "global",
        };
        out.scalar("routing", routing, default(&spec.routing, ""));
        out.scalar("nodes", &network.nodes.to_string(), default(&spec.nodes, ""));
        out.scalar("pods", &network.pods.to_string(), default(&spec.pods, ""));
        out.scalar("services", &network.services.to_string(), default(&spec.services, ""));
        out.list("peers", &network.peers, default(&spec.peers, ""));
        let nat = if network.nat { "on, because a machine is private" } else { "off, because no machine is private" };
        out.value("nat", network.nat, default(&spec.nat, nat));
        out.value("ip_forward", network.ip_forward, default(&spec.ip_forward, ""));
        out.value("policy", network.policy, default(&spec.policy, ""));
    });
}

pub(super) fn access(of: Expansion<'_>, out: &mut Writer) {
    let unwritten = spec::Access::default();
    let spec = of.spec.access.as_ref().unwrap_or(&unwritten);
    let access = &of.cluster.access;
    out.mapping("access", false, None, |out| {
        out.list("ssh", &access.ssh, default(&spec.ssh, "Identity-Aware Proxy"));
        out.list("api", &access.api, default(&spec.api, "nobody outside the VPC"));
        out.value("os_login", access.os_login, default(&spec.os_login, ""));
    });
}

pub(super) fn firewall(of: Expansion<'_>, out: &mut Writer) {
    let rules = &of.cluster.firewall;
    out.mapping("firewall", rules.is_empty(), default(&of.spec.firewall, ""), |out| {
        for rule in rules {
            out.mapping(&quoted(&rule.name), false, None, |out| {
                let allow: Vec<String> = rule
                    .allow
                    .iter()
                    .flat_map(|allow| match allow.ports.as_slice() {
                        [] => vec![allow.protocol.clone()],
                        ports => ports.iter().map(|port| format!("{}:{port}", allow.protocol)).collect(),
                    })
                    .collect();
                out.list("allow", &allow, None);
                out.list("from", &rule.from, None);
                match rule.to {
                    Some(RuleTarget::Nodes) => out.written("to", "nodes"),
                    Some(RuleTarget::ControlPlane) => out.written("to", "control_plane"),
                    None => out.unset("to", "every machine in the VPC"),
                }
            });
        }
    });
}

pub(super) fn addons(of: Expansion<'_>, out: &mut Writer) {
    let unwritten = spec::Addons::default();
    let spec = of.spec.addons.as_ref().unwrap_or(&unwritten);
    out.mapping("addons", false, None, |out| {
        out.value("disk_csi", of.cluster.addons.disk_csi.is_some(), default(&spec.disk_csi, ""));
        out.value("metrics_server", of.cluster.addons.metrics_server, default(&spec.metrics_server, ""));
    });
}

pub(super) fn backup(of: Expansion<'_>, out: &mut Writer) {
    let Some(backup) = &of.cluster.backup else { return out.value("backup", false, None) };
    let unwritten = BackupSettings::default();
    let spec = match of.spec.backup.as_ref().map(|backup| &backup.value) {
        Some(spec::Backup::Settings(settings)) => settings,
        _ => &unwritten,
    };
    out.mapping("backup", false, None, |out| {
        out.scalar("bucket", &backup.bucket, default(&spec.bucket, "<project>-<name>-etcd"));
        let every = match backup.every % 60 {
            0 => format!("{}h", backup.every / 60),
            _ => format!("{}m", backup.every),
        };
        out.value("every", every, default(&spec.every, ""));
        out.value("keep_hourly", format_args!("{}d", backup.keep_hourly), default(&spec.keep_hourly, ""));
        out.value("keep_daily", format_args!("{}d", backup.keep_daily), default(&spec.keep_daily, ""));
    });
}

pub(super) fn terraform(of: Expansion<'_>, out: &mut Writer) {
    let terraform = &of.cluster.terraform;
    let spec = of.spec.terraform.as_ref();
    out.mapping("terraform", false, None, |out| {
        match &terraform.backend {
            None => out.unset("backend", "a local file"),
            Some(backend) => out.mapping("backend", false, None, |out| {
                out.mapping("gcs", false, None, |out| {
                    let gcs = spec.and_then(|spec| spec.backend.as_ref()).and_then(|backend| backend.gcs.as_ref());
                    let prefix: Origin = default(&gcs.and_then(|gcs| gcs.value.prefix.as_ref()), "the bucket's top");
                    out.written("bucket", &backend.bucket);
                    out.scalar("prefix", &backend.prefix, prefix);
                });
            }),
        }
        out.value("module", terraform.module, default(&spec.and_then(|spec| spec.module.as_ref()), ""));
    });
}

/// The account that is created for machines without one of their own.
pub(super) fn created(of: Expansion<'_>, control_plane: bool) -> String {
    let derived = Derived(&of.cluster.name);
    let id = if control_plane { derived.control_plane_account() } else { derived.node_account() };
    format!("{id}@{}.iam.gserviceaccount.com, which is created", of.cluster.project)
}
