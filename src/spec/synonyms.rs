//! What gcloud, GKE, Terraform, kOps and kubeadm call our keys, so that users of these tools are shown ours.

/// Ours, then theirs: in lower case, without hyphens and underscores.
const KEYS: [(&str, &[&str]); 25] = [
    (
        "count",
        &["nodes", "replicas", "size", "nodecount", "initialnodecount", "numnodes", "number", "instances", "machines"],
    ),
    ("machine_type", &["type", "instancetype", "machine", "flavor", "vmtype"]),
    ("max_pods_per_node", &["maxpods", "podspernode"]),
    ("version", &["kubernetesversion", "k8sversion"]),
    (
        "pods",
        &[
            "podcidr",
            "podscidr",
            "podrange",
            "podsubnet",
            "podnetworkcidr",
            "podipv4cidr",
            "clustercidr",
            "clusteripv4cidr",
        ],
    ),
    (
        "services",
        &[
            "servicecidr",
            "servicescidr",
            "servicerange",
            "servicesubnet",
            "servicesipv4cidr",
            "serviceclusteriprange",
            "serviceipv4cidr",
        ],
    ),
    ("nodes", &["nodecidr", "noderange", "subnetcidr", "subnetrange", "ipcidrrange", "cidr", "primary"]),
    ("from", &["source", "sources", "sourceranges", "sourcerange"]),
    ("allow", &["ports", "port", "allowed", "protocols"]),
    ("external_ip", &["publicip", "public", "externalips", "externaladdress"]),
    ("spot", &["preemptible", "spotinstances"]),
    ("zones", &["zone", "locations", "availabilityzones", "nodelocations"]),
    ("region", &["location"]),
    ("control_plane", &["master", "masters", "controlplanes", "controllers"]),
    ("pools", &["nodepools", "nodepool", "workers", "nodegroups", "pool", "nodes"]),
    ("disk", &["disksize", "bootdisk", "disksizegb", "disktype"]),
    ("size", &["sizegb", "gb", "disksize", "disksizegb"]),
    ("image", &["os", "imagetype", "sourceimage", "imagefamily"]),
    ("labels", &["nodelabels", "resourcelabels"]),
    ("name", &["vpc", "vpcname", "network", "networkname", "clustername"]),
    ("subnet", &["subnetwork", "subnetname", "subnetworkname"]),
    ("peers", &["peering", "peerings", "peered", "onpremises", "nonmasqueradecidrs"]),
    ("access", &["authorizednetworks", "sshsources"]),
    ("api", &["apiserver", "kubernetesapi", "kubernetesapiaccess", "masterauthorizednetworks"]),
    ("autoscale", &["min", "max", "minsize", "maxsize", "mincount", "maxcount", "autoscaling", "minnodes", "maxnodes"]),
];

/// Keys of pools that the control plane does not have, and why.
pub(super) const POOLS_ONLY: [(&str, &str); 4] = [
    ("zones", "control planes spread over the cluster's `zones` in order: set them at the top level"),
    ("spot", "Google can preempt Spot VMs, and this one would take the cluster with it: only pools have `spot`"),
    ("labels", "only pools have node labels; `labels` at the top level are Google labels, for every resource"),
    ("taints", "the control plane has kubeadm's taint, or none with `pools: {}`: only pools have `taints`"),
];

/// Keys that are not supported yet, and so are never suggested.
pub(super) const NOT_YET: [&str; 4] = ["autoscale", "existing", "gpu", "local_ssd"];

/// The one of these keys that another tool calls by this name.
pub(super) fn ours(theirs: &str, among: &'static [&'static str]) -> Option<&'static str> {
    let plain = |key: &str| key.to_lowercase().replace(['_', '-', ' '], "");
    let theirs = plain(theirs);
    let same = among.iter().copied().find(|key| plain(key) == theirs);
    let known = || {
        KEYS.iter().find(|(key, names)| among.contains(key) && names.contains(&theirs.as_str())).map(|(key, _)| *key)
    };
    same.or_else(known)
}
