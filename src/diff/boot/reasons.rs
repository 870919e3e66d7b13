//! What all machines, or all control planes, have in common in their boot files.

use crate::diff::effect::Severity;
use crate::diff::group::UPGRADE;
use crate::diff::words::{arrow, list};
use crate::plan::{Boot, Plan};

/// One reason why boot files change.
pub(super) struct Reason {
    /// The keys that may be behind it.
    pub(super) keys: Vec<String>,
    pub(super) severity: Severity,
    pub(super) what: String,
    pub(super) change: String,
    pub(super) why: &'static str,
    pub(super) manual: Vec<String>,
    /// Whether it is in the boot files of nodes, and in those of control planes.
    pub(super) nodes: bool,
    pub(super) control_planes: bool,
}

/// What removes an addon from a cluster, where replaced control planes only stop installing it.
const DELETE_DISK_DRIVER: &[&str] = &[
    "kubectl get persistentvolumes   # delete the volumes first: without the driver, their disks stay",
    "kubectl --namespace kube-system delete deployment/disk-csi-controller daemonset/disk-csi-node",
];
/// As long as the APIService is there without a server, the API server's discovery fails, and no namespace can be deleted.
const DELETE_METRICS_SERVER: &[&str] = &[
    "kubectl delete apiservice/v1beta1.metrics.k8s.io",
    "kubectl --namespace kube-system delete deployment/metrics-server service/metrics-server",
];
const DELETE_NETWORK_POLICIES: &[&str] = &["kubectl --namespace kube-system delete daemonset/kube-network-policies"];

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|key| (*key).to_owned()).collect()
}

fn switch(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

/// What all machines, or all control planes, have in common. Every field of `Boot` is compared: a new one must be given a reason.
pub(super) fn reasons(old: &Plan, new: &Plan) -> Vec<Reason> {
    let Boot {
        kubernetes,
        // They follow from the version, or do not change while vpcgen does not.
        kubernetes_newest: _,
        containerd: _,
        pause: _,
        cloud_controller_manager: _,
        tls_cipher_suites: _,
        // They follow from the cluster's name, which the lock holds.
        audience: _,
        node_tag: _,
        control_plane_tag: _,
        unmasqueraded,
        node_prefix,
        max_pods,
        pod_security,
        schedulable,
        disk_csi,
        storage_classes,
        disk_labels,
        metrics_server,
        network_policies,
        encrypt_secrets,
        spread_dns,
    } = &new.boot;
    let was = &old.boot;
    let mut all = Vec::new();
    let mut push = |differs: bool, reason: Reason| {
        if differs {
            all.push(reason);
        }
    };
    let both = |names: &[&str], severity, what: &str, change: String, why: &'static str| Reason {
        keys: owned(names),
        severity,
        what: what.to_owned(),
        change,
        why,
        manual: vec![UPGRADE.to_owned()],
        nodes: true,
        control_planes: true,
    };
    let api = |names: &[&str], severity, what: &str, change: String, why: &'static str| Reason {
        nodes: false,
        ..both(names, severity, what, change, why)
    };
    push(
        was.kubernetes != *kubernetes,
        both(
            &["kubernetes.version"],
            Severity::Caution,
            "Kubernetes is not upgraded by the apply",
            arrow("kubernetes.version", &was.kubernetes, kubernetes),
            "Only metadata changes. The script replaces control planes first, then the nodes, one at a time; machines that join meanwhile \
             install the version of the oldest API server",
        ),
    );
    let ranges = |all: &[crate::net::Cidr]| match all {
        [] => "none".to_owned(),
        all => list(&all.iter().map(ToString::to_string).collect::<Vec<_>>()),
    };
    let (peers, were) = (&new.network.peers, &old.network.peers);
    push(
        was.unmasqueraded != *unmasqueraded,
        both(
            &["network.peers", "network.nodes", "network.pods"],
            Severity::Info,
            "destinations that see the pods' own addresses",
            match peers == were {
                false => arrow("network.peers", &ranges(were), &ranges(peers)),
                true => arrow("network.nodes", &old.network.nodes.to_string(), &new.network.nodes.to_string()),
            },
            "Until a machine is replaced, its pods reach new ranges with the machine's address, and removed ones with their own",
        ),
    );
    push(
        (was.node_prefix, was.max_pods) != (*node_prefix, *max_pods),
        both(
            &["kubernetes.max_pods_per_node"],
            Severity::Info,
            "pods per node",
            arrow("kubernetes.max_pods_per_node", &was.max_pods.to_string(), &max_pods.to_string()),
            "Kubelets that run keep theirs: their configuration is in the cluster (`kubectl --namespace kube-system edit configmap kubelet-config`, \
             then replace the nodes)",
        ),
    );
    push(
        was.pod_security != *pod_security,
        api(
            &["kubernetes.pod_security"],
            Severity::Caution,
            "Pod Security Standard of namespaces without a label",
            arrow("kubernetes.pod_security", &was.pod_security.to_string(), &pod_security.to_string()),
            "The API server enforces it when the control planes are replaced: on new pods, not on running ones",
        ),
    );
    push(
        was.encrypt_secrets != *encrypt_secrets,
        api(
            &["kubernetes.encrypt_secrets"],
            Severity::Caution,
            if *encrypt_secrets { "Secrets are encrypted in etcd" } else { "Secrets are stored in clear text again" },
            arrow("kubernetes.encrypt_secrets", switch(was.encrypt_secrets), switch(*encrypt_secrets)),
            "Control planes store all Secrets again once all of them are replaced; older snapshots stay as they are",
        ),
    );
    let addon = |name: &str, key: &str, on: bool, left: &'static str, delete: &[&str]| {
        let (why, manual) = match on {
            true => ("It is installed when a control plane is replaced", &[UPGRADE][..]),
            false => (left, delete),
        };
        Reason {
            manual: owned(manual),
            ..api(
                &[key],
                Severity::Caution,
                &format!("{name} is turned {}", if on { "on" } else { "off" }),
                arrow(key, switch(!on), switch(on)),
                why,
            )
        }
    };
    push(
        was.disk_csi.is_some() != disk_csi.is_some(),
        addon(
            "the disk driver",
            "addons.disk_csi",
            disk_csi.is_some(),
            "What runs stays, but the apply takes away its right to attach disks: pods with volumes do not start on other machines any more",
            DELETE_DISK_DRIVER,
        ),
    );
    push(
        was.metrics_server.is_some() != metrics_server.is_some(),
        Reason {
            // New nodes serve with certificates of the cluster's CA, which it needs.
            nodes: true,
            ..addon(
                "metrics-server",
                "addons.metrics_server",
                metrics_server.is_some(),
                "What runs stays: nothing removes it from the cluster",
                DELETE_METRICS_SERVER,
            )
        },
    );
    push(
        was.network_policies.is_some() != network_policies.is_some(),
        addon(
            "the agent that enforces NetworkPolicy objects",
            "network.policy",
            network_policies.is_some(),
            "What runs stays, and goes on enforcing them: nothing removes it from the cluster",
            DELETE_NETWORK_POLICIES,
        ),
    );
    push(
        disk_csi.is_some() && was.disk_csi.is_some() && was.storage_classes != *storage_classes,
        api(
            &["pools", "control_plane.machine_type"],
            Severity::Caution,
            "StorageClasses",
            arrow("StorageClasses", &list(&was.storage_classes), &list(storage_classes)),
            "They follow the pools' machine types: new ones come when a control plane is replaced, and none is removed",
        ),
    );
    push(
        disk_csi.is_some() && was.disk_csi.is_some() && was.disk_labels != *disk_labels,
        Reason {
            manual: Vec::new(),
            ..api(
                &["labels"],
                Severity::Info,
                "labels of disks for pods' volumes",
                arrow("labels", &was.disk_labels, disk_labels),
                "New disks get them once a control plane is replaced; disks that exist keep theirs",
            )
        },
    );
    push(
        was.schedulable != *schedulable,
        api(
            &["pools"],
            Severity::Caution,
            if *schedulable {
                "the control plane runs workloads"
            } else {
                "the control plane no longer runs workloads"
            },
            String::new(),
            "The taint of running control planes stays as it is until they are replaced, or changed by hand",
        ),
    );
    push(
        was.spread_dns != *spread_dns,
        Reason {
            manual: Vec::new(),
            ..api(
                &["pools", "control_plane.count"],
                Severity::Info,
                if *spread_dns { "cluster DNS spreads over machines" } else { "cluster DNS runs on one machine" },
                String::new(),
                "It counts when a control plane is replaced",
            )
        },
    );
    let control_planes =
        |plan: &Plan| list(&plan.control_plane.nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>());
    let (before, after) = (control_planes(old), control_planes(new));
    push(
        before != after,
        Reason {
            manual: Vec::new(),
            ..api(
                &["control_plane.count", "control_plane.names"],
                Severity::Info,
                "the list of control planes",
                arrow("control planes", &before, &after),
                "Running control planes learn of the others through etcd",
            )
        },
    );
    push(
        old.network.mtu != new.network.mtu,
        both(
            &["network.mtu"],
            if new.network.mtu < old.network.mtu { Severity::Danger } else { Severity::Caution },
            "MTU of the pods' interfaces",
            arrow("network.mtu", &old.network.mtu.to_string(), &new.network.mtu.to_string()),
            if new.network.mtu < old.network.mtu {
                "Until every machine is replaced, pods send packets that no longer fit: connections hang"
            } else {
                "Until every machine is replaced, packet sizes are mixed"
            },
        ),
    );
    let backup = |plan: &Plan| {
        plan.backup.as_ref().map(|backup| {
            (backup.bucket.clone(), format!("every {} minutes to {}", backup.interval / 60, backup.bucket))
        })
    };
    let (before, after) = (backup(old), backup(new));
    let say = |backup: &Option<(String, String)>| backup.as_ref().map_or("off".to_owned(), |(_, text)| text.clone());
    let off = after.is_none();
    push(
        before != after,
        Reason {
            manual: if off { Vec::new() } else { vec![UPGRADE.to_owned()] },
            ..api(
                &["backup"],
                if after.is_none() { Severity::Danger } else { Severity::Caution },
                "snapshots of etcd",
                arrow("backup", &say(&before), &say(&after)),
                if after.is_none() {
                    "Running control planes go on until they are replaced, but the apply takes away the right to write: the snapshots fail. \
                 Nothing replaces them: the cluster can then not be restored"
                } else {
                    "Running control planes go on as before until they are replaced; after a change of the bucket, their snapshots fail until then"
                },
            )
        },
    );
    let places = |plan: &Plan| {
        (
            plan.network.pods,
            plan.network.services,
            plan.network.vpc.clone(),
            plan.network.subnet.clone(),
            plan.project.clone(),
            plan.name.clone(),
        )
    };
    push(
        places(old) != places(new),
        both(
            &["name", "project", "network.services", "network.pods", "network.name", "network.subnet", "region"],
            Severity::Danger,
            "names and ranges in the boot files",
            String::new(),
            "Running machines keep the old ones",
        ),
    );
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_deleted_is_what_was_installed() {
        for (commands, manifest) in [
            (DELETE_DISK_DRIVER, include_str!("../../../templates/components/disk-csi.yaml")),
            (DELETE_METRICS_SERVER, include_str!("../../../templates/components/metrics-server.yaml")),
            (DELETE_NETWORK_POLICIES, include_str!("../../../templates/components/network-policies.yaml")),
        ] {
            let installed = |kind: &str, name: &str| {
                manifest.split("\n---\n").any(|object| {
                    let has = |start: &str| object.lines().any(|line| line.to_lowercase().starts_with(start));
                    has(&format!("kind: {kind}"))
                        && (has(&format!("metadata: {{name: {name},")) || has(&format!("metadata: {{name: {name}}}")))
                })
            };
            let commands = commands.iter().map(|command| command.split('#').next().unwrap());
            let words = commands.filter_map(|command| command.split_once(" delete ")).map(|(_, what)| what);
            let objects: Vec<&str> = words.flat_map(str::split_whitespace).collect();
            assert!(!objects.is_empty());
            for object in objects {
                let (kind, name) = object.split_once('/').unwrap();
                assert!(installed(kind, name), "{object}");
            }
        }
    }
}
