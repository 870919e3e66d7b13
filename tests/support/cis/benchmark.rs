//! The items of the CIS Kubernetes Benchmark, version 1.12: what a machine must show for each, or why it does not.
//! The benchmark itself is at <https://www.cisecurity.org/benchmark/kubernetes>; the words here are ours.

use super::Check::{self, Contains, Flag, Kubelet, Mode, Owner};
use super::Wanted::{Absent, AtLeast, Has, HasNot, Is, Not, OneOf, Present, SameOrAbsent};

/// One item.
pub(crate) struct Item {
    pub(crate) number: &'static str,
    /// What it asks for; all of it must hold. Empty where only a person can judge.
    pub(crate) checks: &'static [Check],
    /// Why the item is not met, or who meets it. With checks, they must fail: a reason that is out of date is an error too.
    pub(crate) reason: Option<&'static str>,
}

const fn item(number: &'static str, checks: &'static [Check]) -> Item {
    Item { number, checks, reason: None }
}

const fn except(number: &'static str, checks: &'static [Check], reason: &'static str) -> Item {
    Item { number, checks, reason: Some(reason) }
}

const fn judged(number: &'static str, reason: &'static str) -> Item {
    Item { number, checks: &[], reason: Some(reason) }
}

const API: &str = "kube-apiserver";
const MANAGER: &str = "kube-controller-manager";
const SCHEDULER: &str = "kube-scheduler";
const ETCD: &str = "etcd";
const MANIFESTS: &str = "/etc/kubernetes/manifests/";
const PKI: &str = "/etc/kubernetes/pki/";
const ADMISSION: &str = "/etc/kubernetes/policy/admission.yaml";
const AUDIT: &str = "/etc/kubernetes/policy/audit.yaml";

/// Those that the benchmark accepts.
const CIPHERS: &[&str] = &[
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
];

const BASELINE: &[Check] =
    &[Contains(ADMISSION, "enforce: baseline"), Flag(API, "admission-control-config-file", Is(ADMISSION))];
const RESTRICTED: &[Check] = &[Contains(ADMISSION, "enforce: restricted")];
const WORKLOADS: &str = "about workloads and their namespaces, which are the cluster's users' to write";
const RBAC: &str = "vpcgen grants nothing of the kind: kubeadm's and Kubernetes' own roles, and the cloud-controller-manager's few permissions";

/// Sections 1, 2 and 3: control planes.
#[rustfmt::skip]
pub(crate) static CONTROL_PLANE: &[Item] = &[
    item("1.1.1", &[Mode(MANIFESTS, "kube-apiserver.yaml", 0o600)]),
    item("1.1.2", &[Owner(MANIFESTS, "kube-apiserver.yaml")]),
    item("1.1.3", &[Mode(MANIFESTS, "kube-controller-manager.yaml", 0o600)]),
    item("1.1.4", &[Owner(MANIFESTS, "kube-controller-manager.yaml")]),
    item("1.1.5", &[Mode(MANIFESTS, "kube-scheduler.yaml", 0o600)]),
    item("1.1.6", &[Owner(MANIFESTS, "kube-scheduler.yaml")]),
    item("1.1.7", &[Mode(MANIFESTS, "etcd.yaml", 0o600)]),
    item("1.1.8", &[Owner(MANIFESTS, "etcd.yaml")]),
    judged("1.1.9", "containerd writes the CNI configuration for all to read: it holds addresses and no secret"),
    judged("1.1.10", "containerd and the CNI plugins, which write these files, run as root"),
    item("1.1.11", &[Mode("/var/lib/", "/lib/etcd", 0o700)]),
    judged("1.1.12", "kubeadm's etcd runs as root, so another owner would gain nothing"),
    item("1.1.13", &[Mode("/etc/kubernetes/", "admin.conf", 0o600)]),
    item("1.1.14", &[Owner("/etc/kubernetes/", "admin.conf")]),
    item("1.1.15", &[Mode("/etc/kubernetes/", "scheduler.conf", 0o600)]),
    item("1.1.16", &[Owner("/etc/kubernetes/", "scheduler.conf")]),
    item("1.1.17", &[Mode("/etc/kubernetes/", "controller-manager.conf", 0o600)]),
    item("1.1.18", &[Owner("/etc/kubernetes/", "controller-manager.conf")]),
    item("1.1.19", &[Owner(PKI, "")]),
    item("1.1.20", &[Mode(PKI, ".crt", 0o644)]),
    item("1.1.21", &[Mode(PKI, ".key", 0o600)]),

    except("1.2.1", &[Flag(API, "anonymous-auth", Is("false"))], "load balancers probe /readyz without credentials; authentication.yaml limits anonymous requests to such paths"),
    item("1.2.2", &[Flag(API, "token-auth-file", Absent)]),
    item("1.2.3", &[Flag(API, "enable-admission-plugins", Has("DenyServiceExternalIPs"))]),
    item("1.2.4", &[Flag(API, "kubelet-client-certificate", Present), Flag(API, "kubelet-client-key", Present)]),
    except("1.2.5", &[Flag(API, "kubelet-certificate-authority", Present)], "kubelets serve with certificates of their own making; with addons.metrics_server, new ones get the CA's, but those that joined before do not"),
    item("1.2.6", &[Flag(API, "authorization-mode", HasNot("AlwaysAllow"))]),
    item("1.2.7", &[Flag(API, "authorization-mode", Has("Node"))]),
    item("1.2.8", &[Flag(API, "authorization-mode", Has("RBAC"))]),
    except("1.2.9", &[Flag(API, "enable-admission-plugins", Has("EventRateLimit"))], "an alpha plugin since 2018; API priority and fairness limits every client"),
    item("1.2.10", &[Flag(API, "enable-admission-plugins", HasNot("AlwaysAdmit"))]),
    except("1.2.11", &[Flag(API, "enable-admission-plugins", Has("AlwaysPullImages"))], "every start of a pod would depend on the registry; since Kubernetes 1.35 the kubelet itself checks that a pod may use a private image"),
    item("1.2.12", &[Flag(API, "disable-admission-plugins", HasNot("ServiceAccount"))]),
    item("1.2.13", &[Flag(API, "disable-admission-plugins", HasNot("NamespaceLifecycle"))]),
    item("1.2.14", &[Flag(API, "enable-admission-plugins", Has("NodeRestriction"))]),
    item("1.2.15", &[Flag(API, "profiling", Is("false"))]),
    item("1.2.16", &[Flag(API, "audit-log-path", Present)]),
    item("1.2.17", &[Flag(API, "audit-log-maxage", AtLeast(30))]),
    item("1.2.18", &[Flag(API, "audit-log-maxbackup", AtLeast(10))]),
    item("1.2.19", &[Flag(API, "audit-log-maxsize", AtLeast(100))]),
    judged("1.2.20", "the default of one minute serves"),
    item("1.2.21", &[Flag(API, "service-account-lookup", SameOrAbsent("true"))]),
    item("1.2.22", &[Flag(API, "service-account-key-file", Present)]),
    item("1.2.23", &[Flag(API, "etcd-certfile", Present), Flag(API, "etcd-keyfile", Present)]),
    item("1.2.24", &[Flag(API, "tls-cert-file", Present), Flag(API, "tls-private-key-file", Present)]),
    item("1.2.25", &[Flag(API, "client-ca-file", Present)]),
    item("1.2.26", &[Flag(API, "etcd-cafile", Present)]),
    item("1.2.27", &[Flag(API, "encryption-provider-config", Present)]),
    judged("1.2.28", "kubernetes.encrypt_secrets: true encrypts Secrets; off by default, because Google encrypts the disks, and the key is on the same one"),
    item("1.2.29", &[Flag(API, "tls-cipher-suites", OneOf(CIPHERS)), Flag(API, "tls-min-version", Is("VersionTLS12"))]),
    item("1.2.30", &[Flag(API, "service-account-extend-token-expiration", Is("false"))]),

    item("1.3.1", &[Flag(MANAGER, "terminated-pod-gc-threshold", AtLeast(1))]),
    item("1.3.2", &[Flag(MANAGER, "profiling", Is("false"))]),
    item("1.3.3", &[Flag(MANAGER, "use-service-account-credentials", Is("true"))]),
    item("1.3.4", &[Flag(MANAGER, "service-account-private-key-file", Present)]),
    item("1.3.5", &[Flag(MANAGER, "root-ca-file", Present)]),
    item("1.3.6", &[Flag(MANAGER, "feature-gates", HasNot("RotateKubeletServerCertificate=false"))]),
    item("1.3.7", &[Flag(MANAGER, "bind-address", SameOrAbsent("127.0.0.1"))]),
    item("1.4.1", &[Flag(SCHEDULER, "profiling", Is("false"))]),
    item("1.4.2", &[Flag(SCHEDULER, "bind-address", SameOrAbsent("127.0.0.1"))]),

    item("2.1", &[Flag(ETCD, "cert-file", Present), Flag(ETCD, "key-file", Present)]),
    item("2.2", &[Flag(ETCD, "client-cert-auth", Is("true"))]),
    item("2.3", &[Flag(ETCD, "auto-tls", Not("true"))]),
    item("2.4", &[Flag(ETCD, "peer-cert-file", Present), Flag(ETCD, "peer-key-file", Present)]),
    item("2.5", &[Flag(ETCD, "peer-client-cert-auth", Is("true"))]),
    item("2.6", &[Flag(ETCD, "peer-auto-tls", Not("true"))]),
    item("2.7", &[Flag(ETCD, "trusted-ca-file", Is("/etc/kubernetes/pki/etcd/ca.crt")), Flag(API, "client-ca-file", Not("/etc/kubernetes/pki/etcd/ca.crt"))]),

    judged("3.1.1", "kubeadm's administrator has a certificate, for emergencies; add an OIDC issuer for people"),
    judged("3.1.2", "no ServiceAccount is made for people"),
    judged("3.1.3", "there are no bootstrap tokens: machines join with their identity tokens"),
    item("3.2.1", &[Flag(API, "audit-policy-file", Is(AUDIT))]),
    item("3.2.2", &[Contains(AUDIT, "resources: [secrets, configmaps, serviceaccounts/token]"), Contains(AUDIT, "pods/exec"), Contains(AUDIT, "services/proxy"), Contains(AUDIT, "- level: Metadata\n")]),

    judged("5.1.1", RBAC),
    judged("5.1.2", RBAC),
    judged("5.1.3", RBAC),
    judged("5.1.4", RBAC),
    judged("5.1.5", WORKLOADS),
    judged("5.1.6", WORKLOADS),
    judged("5.1.7", "only super-admin.conf, on the first control plane and for root alone, is in this group: it is the way back in if RBAC is broken"),
    judged("5.1.8", RBAC),
    judged("5.1.9", RBAC),
    judged("5.1.10", RBAC),
    judged("5.1.11", RBAC),
    judged("5.1.12", RBAC),
    judged("5.1.13", "the cloud-controller-manager can create tokens of three ServiceAccounts, by name"),
    item("5.2.1", BASELINE),
    item("5.2.2", BASELINE),
    item("5.2.3", BASELINE),
    item("5.2.4", BASELINE),
    item("5.2.5", BASELINE),
    except("5.2.6", RESTRICTED, "most published images break under it: kubernetes.pod_security: restricted turns it on, and every pod that would break is warned of and recorded"),
    except("5.2.7", RESTRICTED, "see 5.2.6"),
    except("5.2.8", RESTRICTED, "see 5.2.6; a pod with NET_RAW cannot send from addresses that are not its own"),
    except("5.2.9", RESTRICTED, "see 5.2.6"),
    item("5.2.10", BASELINE),
    item("5.2.11", BASELINE),
    item("5.2.12", BASELINE),
    judged("5.3.1", "the CNI plugins do not enforce network policies; network.policy: true brings an agent that does"),
    judged("5.3.2", "see 5.3.1"),
    judged("5.4.1", WORKLOADS),
    judged("5.4.2", WORKLOADS),
    judged("5.5.1", "whose images may run is the organisation's policy: a ValidatingAdmissionPolicy or Binary Authorization says it"),
    judged("5.6.1", WORKLOADS),
    item("5.6.2", &[Kubelet("/seccompDefault", Is("true"))]),
    judged("5.6.3", WORKLOADS),
    judged("5.6.4", WORKLOADS),
];

/// Section 4: every machine.
#[rustfmt::skip]
pub(crate) static NODE: &[Item] = &[
    judged("4.1.1", "the package's unit is for all to read: it holds no secret"),
    judged("4.1.2", "the package installs its unit as root"),
    judged("4.1.3", "kube-proxy's kubeconfig is in a ConfigMap and holds no secret"),
    judged("4.1.4", "see 4.1.3"),
    item("4.1.5", &[Mode("/etc/kubernetes/", "/kubelet.conf", 0o600)]),
    item("4.1.6", &[Owner("/etc/kubernetes/", "/kubelet.conf")]),
    item("4.1.7", &[Mode(PKI, "/ca.crt", 0o644)]),
    item("4.1.8", &[Owner(PKI, "/ca.crt")]),
    item("4.1.9", &[Mode("/var/lib/kubelet/", "/config.yaml", 0o600)]),
    item("4.1.10", &[Owner("/var/lib/kubelet/", "/config.yaml")]),
    item("4.2.1", &[Kubelet("/authentication/anonymous/enabled", Is("false"))]),
    item("4.2.2", &[Kubelet("/authorization/mode", Is("Webhook"))]),
    item("4.2.3", &[Kubelet("/authentication/x509/clientCAFile", Is("/etc/kubernetes/pki/ca.crt"))]),
    item("4.2.4", &[Kubelet("/readOnlyPort", SameOrAbsent("0"))]),
    judged("4.2.5", "kubeadm writes 0s, by which the kubelet means its default of four hours"),
    item("4.2.6", &[Kubelet("/makeIPTablesUtilChains", SameOrAbsent("true"))]),
    judged("4.2.7", "kubeadm sets it only where the host has another name than the Node, and an instance is called as its host"),
    item("4.2.8", &[Kubelet("/eventRecordQPS", Absent)]),
    except("4.2.9", &[Kubelet("/tlsCertFile", Present)], "see 1.2.5"),
    item("4.2.10", &[Kubelet("/rotateCertificates", Is("true"))]),
    item("4.2.11", &[Kubelet("/featureGates/RotateKubeletServerCertificate", Not("false"))]),
    item("4.2.12", &[Kubelet("/tlsCipherSuites", OneOf(CIPHERS)), Kubelet("/tlsMinVersion", Is("VersionTLS12"))]),
    item("4.2.13", &[Kubelet("/podPidsLimit", AtLeast(1024))]),
    item("4.2.14", &[Kubelet("/seccompDefault", Is("true"))]),
    judged("4.3.1", "kubeadm leaves the address empty, by which kube-proxy means 127.0.0.1"),
];
