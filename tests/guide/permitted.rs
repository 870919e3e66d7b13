//! What may differ between the guide's requests and ours, and why.

use crate::compare::{ABSENT, ANY, Permitted, WHOLE};

const NETWORK: &str = "compute/global/networks/k8s-vpc";
const FIREWALL: &str = "compute/global/firewalls/*";
const SUBNETWORK: &str = "compute/regions/asia-southeast1/subnetworks/asia-southeast1-sub-1";
const MACHINE: &str = "compute/zones/asia-southeast1-b/instances/*";
const MASTER: &str = "compute/zones/asia-southeast1-b/instances/kub-m";

/// The field of the boot image: a second test does without this entry.
pub(crate) const IMAGE: &str = "disks.0.initializeParams.sourceImage";

/// The image that the guide names; Google has deleted it since.
pub(crate) const GUIDES_IMAGE: &str = "projects/centos-cloud/global/images/centos-7-v20210721";
/// The image that the example boots.
pub(crate) const EXAMPLES_IMAGE: &str = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64";

const fn entry(
    resource: &'static str,
    field: &'static str,
    guide: &'static str,
    ours: &'static str,
    why: &'static str,
) -> Permitted {
    Permitted { resource, field, guide, ours, why }
}

/// A whole resource that the guide has no need of.
const fn new(resource: &'static str, why: &'static str) -> Permitted {
    entry(resource, WHOLE, ABSENT, ANY, why)
}

/// The table.
#[rustfmt::skip]
pub(crate) static PERMITTED: &[Permitted] = &[
    // What one of the two says and Google would assume.
    entry(NETWORK, "networkFirewallPolicyEnforcementOrder", ABSENT, "AFTER_CLASSIC_FIREWALL", "the provider writes Google's default"),
    entry(NETWORK, "routingConfig.deleteBgpAlwaysCompareMed", ABSENT, "false", "the provider writes Google's default"),
    entry(FIREWALL, "direction", "INGRESS", ABSENT, "gcloud writes Google's default"),
    entry(FIREWALL, "priority", ABSENT, "1000", "the provider writes Google's default"),
    entry(FIREWALL, "logConfig.enable", ABSENT, "false", "the provider writes Google's default"),
    entry(FIREWALL, "sourceRanges.0", ABSENT, "0.0.0.0/0", "Google's default, which the provider wants to be said"),
    entry(SUBNETWORK, "logConfig.enable", ABSENT, "false", "the provider writes Google's default"),
    entry(SUBNETWORK, "region", ABSENT, "projects/youzhi-lab/global/regions/asia-southeast1", "the provider repeats the region of the path"),
    entry(SUBNETWORK, "privateIpGoogleAccess", "false", ABSENT, "gcloud writes Google's default"),
    entry(MACHINE, "disks.0.autoDelete", "false", ABSENT, "gcloud writes Google's default: the disk is kept"),
    entry(MASTER, "disks.0.autoDelete", "false", "true", "the master's boot disk goes with it: what must outlive it is on the state disk"),
    entry(MACHINE, "disks.0.type", "PERSISTENT", ABSENT, "gcloud writes Google's default"),
    entry(MACHINE, "networkInterfaces.0.accessConfigs.0.name", "external-nat", ABSENT, "gcloud writes Google's default"),
    entry(MACHINE, "reservationAffinity.consumeReservationType", "ANY_RESERVATION", ABSENT, "gcloud writes Google's default"),
    entry(MACHINE, "scheduling.provisioningModel", ABSENT, "STANDARD", "Google's default, spelled out so that a pool can go back from Spot"),
    entry(MACHINE, "scheduling.preemptible", ABSENT, "false", "Google's default, spelled out so that a pool can go back from Spot"),
    entry(MACHINE, "scheduling.instanceTerminationAction", ABSENT, "", "the provider sends no value as an empty one"),

    // What the guide does by hand afterwards.
    entry(MACHINE, "metadata.items.*.key", ABSENT, "user-data", "the guide configures its machines by hand"),
    entry(MACHINE, "metadata.items.*.key", ABSENT, "enable-oslogin", "who may log in is for IAM to say"),
    entry(MACHINE, "metadata.items.*.key", ABSENT, "block-project-ssh-keys", "a key of the project is no key to a node"),
    entry(MACHINE, "metadata.items.*.value", ABSENT, ANY, "the values of these three"),
    entry(MACHINE, "tags.items.0", ABSENT, ANY, "firewall rules tell machines apart by these"),
    entry(MASTER, "networkInterfaces.0.aliasIpRanges.0.subnetworkRangeName", ABSENT, "asia-southeast1-sub-1-pod", "pods run on the master too"),
    entry(MASTER, "networkInterfaces.0.aliasIpRanges.0.ipCidrRange", ABSENT, "192.168.16.0/24", "the block that the guide's master hands itself"),
    entry(MASTER, "networkInterfaces.0.networkIP", ABSENT, "10.122.16.2", "the reserved address, which outlives the machine"),
    entry(MACHINE, IMAGE, GUIDES_IMAGE, EXAMPLES_IMAGE, "Google has deleted the guide's image"),

    // The nodes' own service account reads the join secret; its roles limit it, so its scopes need not.
    entry(MACHINE, "serviceAccounts.0.email", "default", ANY, "the nodes have an account of their own"),
    entry(MACHINE, "serviceAccounts.0.scopes.0", "https://www.googleapis.com/auth/devstorage.read_only", "https://www.googleapis.com/auth/cloud-platform", "one scope, limited by roles"),
    entry(MACHINE, "serviceAccounts.0.scopes.*", ANY, ABSENT, "one scope, limited by roles"),

    // What must outlive the master has a disk of its own, so that the machine can be replaced.
    entry(MASTER, "disks.1.source", ABSENT, "projects/youzhi-lab/zones/asia-southeast1-b/disks/kub-m-state", "etcd's data and the CA outlive the machine"),
    entry(MASTER, "disks.1.deviceName", ABSENT, "state", "etcd's data and the CA outlive the machine"),
    entry(MASTER, "disks.1.mode", ABSENT, "READ_WRITE", "etcd's data and the CA outlive the machine"),
    new("compute/zones/asia-southeast1-b/disks/kub-m-state", "etcd's data and the CA outlive the machine"),
    new("secretmanager/secrets/kub-pki", "the CA survives the loss of the disk too"),
    new("secretmanager/secrets/kub-pki:setIamPolicy", "the CA survives the loss of the disk too"),

    // The guide has no copy of etcd's data.
    new("/storage/v1/b", "etcd is backed up"),
    new("/storage/v1/b/youzhi-lab-kub-etcd/iam", "the control plane adds the backups"),

    // What the guide does not make.
    new("compute/global/firewalls/kub-deny-etcd", "only control planes reach etcd"),
    new("compute/global/firewalls/kub-deny-ssh", "pods do not reach sshd"),
    new("compute/global/firewalls/kub-internal", "nodes and pods must reach each other; without it DNS between nodes is blocked"),
    new("compute/global/firewalls/kub-ssh", "ssh through Identity-Aware Proxy"),
    new("compute/global/firewalls/kub-health-checks", "load balancers ask kube-proxy whether a node is well"),
    new("compute/regions/asia-southeast1/addresses/kub-m", "the control plane's address outlives its machine"),
    new("dns/managedZones/kub-internal", "the API endpoint has a name"),
    new("dns/managedZones/kub-internal/changes", "the API endpoint has a name"),
    new("iam/serviceAccounts/kub-nodes", "the nodes have an account of their own"),
    new("iam/serviceAccounts/kub-nodes@youzhi-lab.iam.gserviceaccount.com:setIamPolicy", "the disk driver may attach disks to machines with this account"),
    new("cloudresourcemanager/youzhi-lab:setIamPolicy", "the nodes may pull images from Artifact Registry"),
    new("secretmanager/secrets/kub-join", "nodes read there how to join"),
    new("secretmanager/secrets/kub-join:setIamPolicy", "nodes read there how to join"),
];
