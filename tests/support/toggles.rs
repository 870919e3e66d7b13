//! Every key of a description that can be turned on and off again, and descriptions with any of them on.

/// The part of the description that contains a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Kubernetes,
    Addons,
    Network,
    Access,
    ControlPlane,
    ControlPlaneDisk,
    Pool,
    PoolDisk,
}

/// A key, a value other than its default, and the attributes in which a plan shows the change, with their resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Toggle {
    place: Place,
    pub(crate) key: &'static str,
    value: &'static str,
    pub(crate) shows: &'static [(&'static str, &'static str)],
}

const fn toggle(
    place: Place,
    key: &'static str,
    value: &'static str,
    shows: &'static [(&'static str, &'static str)],
) -> Toggle {
    Toggle { place, key, value, shows }
}

const CONTROL_PLANE: &str = "google_compute_instance.control_plane";
const POOL: &str = "google_compute_instance.n";
const SUBNET: &str = "google_compute_subnetwork.nodes";
const VPC: &str = "google_compute_network.vpc";

#[rustfmt::skip]
pub(crate) const TOGGLES: [Toggle; 27] = [
    toggle(Place::Top, "labels", "{team: platform, for: prod}", &[
        (CONTROL_PLANE, "labels"),
        (CONTROL_PLANE, "boot_disk.0.initialize_params.0.labels"),
        ("google_compute_address.control_plane", "labels"),
        ("google_dns_managed_zone.cluster", "labels"),
        ("google_secret_manager_secret.join", "labels"),
    ]),
    toggle(Place::Top, "firewall", "{kub-extra: {allow: [tcp:443, icmp], from: [10.9.0.0/16]}}", &[("google_compute_firewall.kub_extra", "name")]),
    toggle(Place::Kubernetes, "pod_security", "restricted", &[(CONTROL_PLANE, "metadata.user-data")]),
    toggle(Place::Kubernetes, "encrypt_secrets", "true", &[(CONTROL_PLANE, "metadata.user-data")]),
    toggle(Place::Addons, "disk_csi", "false", &[(CONTROL_PLANE, "metadata.user-data"), ("google_project_iam_custom_role.control_plane", "permissions")]),
    toggle(Place::Addons, "metrics_server", "true", &[(CONTROL_PLANE, "metadata.user-data")]),
    toggle(Place::Network, "routing", "global", &[(VPC, "routing_mode")]),
    toggle(Place::Network, "mtu", "1500", &[(VPC, "mtu")]),
    toggle(Place::Network, "peers", "[10.9.0.0/16]", &[(CONTROL_PLANE, "metadata.user-data")]),
    toggle(Place::Network, "ip_forward", "false", &[(CONTROL_PLANE, "can_ip_forward"), (POOL, "can_ip_forward")]),
    toggle(Place::Network, "policy", "true", &[(CONTROL_PLANE, "metadata.user-data")]),
    toggle(Place::Network, "nat", "false", &[("google_compute_router_nat.nat", "name")]),
    toggle(Place::Access, "ssh", "[10.9.0.0/16]", &[("google_compute_firewall.ssh", "source_ranges")]),
    toggle(Place::Access, "api", "[10.9.0.0/16]", &[("google_compute_firewall.api", "name")]),
    toggle(Place::Access, "os_login", "false", &[(CONTROL_PLANE, "metadata.enable-oslogin")]),
    toggle(Place::ControlPlane, "machine_type", "n2-standard-2", &[(CONTROL_PLANE, "machine_type")]),
    toggle(Place::ControlPlane, "external_ip", "true", &[(CONTROL_PLANE, "network_interface.0.access_config"), (SUBNET, "private_ip_google_access")]),
    toggle(Place::ControlPlane, "secure_boot", "true", &[(CONTROL_PLANE, "shielded_instance_config.0.enable_secure_boot")]),
    // Not for the pool: other toggles replace its machine, and the kept disk would still have the name.
    toggle(Place::ControlPlaneDisk, "keep", "true", &[(CONTROL_PLANE, "boot_disk.0.auto_delete")]),
    toggle(Place::Pool, "spot", "true", &[
        (POOL, "scheduling.0.provisioning_model"),
        (POOL, "scheduling.0.preemptible"),
        (POOL, "scheduling.0.automatic_restart"),
        (POOL, "scheduling.0.on_host_maintenance"),
    ]),
    toggle(Place::Pool, "labels", "{tier: web}", &[(POOL, "metadata.user-data")]),
    toggle(Place::Pool, "taints", "[{key: tier, value: web, effect: NoSchedule}]", &[(POOL, "metadata.user-data")]),
    toggle(Place::Pool, "machine_type", "n2-standard-2", &[(POOL, "machine_type")]),
    toggle(Place::Pool, "external_ip", "true", &[(POOL, "network_interface.0.access_config"), (SUBNET, "private_ip_google_access")]),
    toggle(Place::Pool, "secure_boot", "true", &[(POOL, "shielded_instance_config.0.enable_secure_boot")]),
    toggle(Place::Pool, "service_account", "247839977271-compute@developer.gserviceaccount.com", &[("google_secret_manager_secret_iam_member.join_reader_existing", "member")]),
    toggle(Place::PoolDisk, "type", "pd-ssd", &[(POOL, "boot_disk.0.initialize_params.0.type")]),
];

/// A description with these keys set, and all other keys left at their defaults.
pub(crate) fn description(on: impl Fn(&Toggle) -> bool) -> String {
    let keys = |place: Place| {
        let here = TOGGLES.iter().filter(|toggle| toggle.place == place && on(toggle));
        here.map(|toggle| format!("{}: {}", toggle.key, toggle.value)).collect::<Vec<_>>()
    };
    let top: String = keys(Place::Top).iter().map(|line| format!("{line}\n")).collect();
    let machine = |place, disk, first: &[&str]| {
        let disk = format!("disk: {{{}}}", keys(disk).join(", "));
        first.iter().map(|key| (*key).to_owned()).chain(keys(place)).chain([disk]).collect::<Vec<_>>().join(", ")
    };
    format!(
        "name: kub\nproject: youzhi-lab\nregion: asia-southeast1\nzones: [asia-southeast1-b]\n{top}\
         kubernetes: {{{}}}\naddons: {{{}}}\nnetwork: {{{}}}\naccess: {{{}}}\ncontrol_plane: {{{}}}\npools: {{n: {{{}}}}}\n",
        keys(Place::Kubernetes).join(", "),
        keys(Place::Addons).join(", "),
        keys(Place::Network).join(", "),
        keys(Place::Access).join(", "),
        machine(Place::ControlPlane, Place::ControlPlaneDisk, &[]),
        machine(Place::Pool, Place::PoolDisk, &["count: 1"]),
    )
}
