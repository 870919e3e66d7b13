//! What a change of each argument does, as a table. The sources are files and lines of hashicorp/terraform-provider-google v7.45.0, where
//! the argument is declared. `tests/diff` applies every row with the real provider, and fails if a plan has an argument without a row.

/// What happens to a resource whose argument changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Terraform deletes and creates the resource (`ForceNew`).
    Replace,
    /// The provider stops the machine, changes it and starts it.
    Restart,
    /// Changed while it runs.
    Live,
    /// The disk of a machine grows while it runs; Google refuses to shrink it, which the plan does not show.
    Grow,
    /// The disk grows while it is in use; smaller, it is replaced.
    GrowOrReplace,
    /// The subnet's range is widened; anything else replaces the subnet.
    Widen,
    /// The machine's address follows its subnet; otherwise it is replaced.
    WithSubnet,
    /// `lifecycle.ignore_changes`: Terraform leaves it as it is.
    Ignored,
    /// For Terraform alone: an order, a guard.
    Meta,
}

/// One argument of a resource type.
#[derive(Debug)]
pub struct Row {
    /// The resource type; `*`: any.
    pub kind: &'static str,
    /// The argument, or the block with all that is in it, by its path without indices.
    pub path: &'static str,
    /// What a change does.
    pub behaviour: Behaviour,
    /// Where the provider says so.
    pub source: &'static str,
}

const fn row(kind: &'static str, path: &'static str, behaviour: Behaviour, source: &'static str) -> Row {
    Row { kind, path, behaviour, source }
}

use Behaviour::{Grow, GrowOrReplace, Ignored, Live, Meta, Replace, Restart, Widen, WithSubnet};

const INSTANCE: &str = "google_compute_instance";
const NETWORK: &str = "google_compute_network";
const SUBNET: &str = "google_compute_subnetwork";
const ROUTER: &str = "google_compute_router";
const NAT: &str = "google_compute_router_nat";
const FIREWALL: &str = "google_compute_firewall";
const ADDRESS: &str = "google_compute_address";
const DISK: &str = "google_compute_disk";
const GROUP: &str = "google_compute_instance_group";
const MEMBER: &str = "google_compute_instance_group_membership";
const CHECK: &str = "google_compute_region_health_check";
const BACKEND: &str = "google_compute_region_backend_service";
const FORWARD: &str = "google_compute_forwarding_rule";
const ZONE: &str = "google_dns_managed_zone";
const RECORD: &str = "google_dns_record_set";
const SECRET: &str = "google_secret_manager_secret";
const SECRET_IAM: &str = "google_secret_manager_secret_iam_member";
const ACCOUNT: &str = "google_service_account";
const ACCOUNT_IAM: &str = "google_service_account_iam_member";
const ROLE: &str = "google_project_iam_custom_role";
const PROJECT_IAM: &str = "google_project_iam_member";
const BUCKET: &str = "google_storage_bucket";
const BUCKET_IAM: &str = "google_storage_bucket_iam_member";
const IAM: &str = "tpgiamresource/resource_iam_member.go (every field is ForceNew)";

/// The table. The first row that fits counts.
#[rustfmt::skip]
pub static ROWS: &[Row] = &[
    row("*", "depends_on", Meta, "Terraform: an order, not a value"),
    row("*", "lifecycle", Meta, "Terraform: read from the new configuration"),
    row("*", "project", Replace, "ForceNew in every resource; a default project that changes moves nothing (tpgresource/utils.go, GetProjectFromDiff)"),
    row("*", "labels", Live, "tpgresource/labels.go (SetLabelsDiff)"),

    row(INSTANCE, "name", Replace, "compute/resource_compute_instance.go:642"),
    row(INSTANCE, "zone", Replace, "compute/resource_compute_instance.go:1447"),
    row(INSTANCE, "machine_type", Restart, "compute/resource_compute_instance.go:635, 3438"),
    row(INSTANCE, "can_ip_forward", Live, "compute/resource_compute_instance.go:960"),
    row(INSTANCE, "tags", Live, "compute/resource_compute_instance.go (setTags)"),
    row(INSTANCE, "allow_stopping_for_update", Live, "read by the provider alone"),
    row(INSTANCE, "desired_status", Live, "compute/resource_compute_instance.go (starts or stops)"),
    row(INSTANCE, "boot_disk.auto_delete", Live, "compute/resource_compute_instance.go (setDiskAutoDelete)"),
    row(INSTANCE, "boot_disk.device_name", Replace, "compute/resource_compute_instance.go:294"),
    row(INSTANCE, "boot_disk.initialize_params.image", Ignored, "lifecycle.ignore_changes"),
    row(INSTANCE, "boot_disk.initialize_params.type", Replace, "compute/resource_compute_instance.go (ForceNew)"),
    row(INSTANCE, "boot_disk.initialize_params.size", Grow, "compute/resource_compute_instance.go (disks/resize)"),
    row(INSTANCE, "boot_disk.initialize_params.labels", Live, "compute/resource_compute_instance.go:513"),
    row(INSTANCE, "attached_disk", Ignored, "lifecycle.ignore_changes"),
    row(INSTANCE, "network_interface.subnetwork", Restart, "compute/resource_compute_instance.go:3438"),
    row(INSTANCE, "network_interface.network_ip", WithSubnet, "compute/resource_compute_instance.go:189"),
    row(INSTANCE, "network_interface.alias_ip_range", Live, "compute/resource_compute_instance.go:753, 2881"),
    row(INSTANCE, "network_interface.access_config", Live, "compute/resource_compute_instance.go:724"),
    row(INSTANCE, "service_account", Restart, "compute/resource_compute_instance.go:1279"),
    row(INSTANCE, "shielded_instance_config", Restart, "compute/resource_compute_instance.go:1310"),
    row(INSTANCE, "scheduling.provisioning_model", Replace, "compute/resource_compute_instance.go (ForceNew)"),
    row(INSTANCE, "scheduling.preemptible", Replace, "compute/resource_compute_instance.go:1110"),
    row(INSTANCE, "scheduling.automatic_restart", Live, "compute/resource_compute_instance.go (setScheduling)"),
    row(INSTANCE, "scheduling.on_host_maintenance", Live, "compute/resource_compute_instance.go (setScheduling)"),
    row(INSTANCE, "scheduling.instance_termination_action", Live, "compute/resource_compute_instance.go (setScheduling)"),
    row(INSTANCE, "metadata.user-data", Live, "compute/resource_compute_instance.go (setMetadata)"),
    row(INSTANCE, "metadata.enable-oslogin", Live, "compute/resource_compute_instance.go (setMetadata)"),
    row(INSTANCE, "metadata.block-project-ssh-keys", Live, "compute/resource_compute_instance.go (setMetadata)"),

    row(NETWORK, "name", Replace, "compute/resource_compute_network.go:140"),
    row(NETWORK, "auto_create_subnetworks", Replace, "compute/resource_compute_network.go:153"),
    row(NETWORK, "routing_mode", Live, "compute/resource_compute_network.go:265"),
    row(NETWORK, "mtu", Live, "compute/resource_compute_network.go:189"),

    row(SUBNET, "name", Replace, "compute/resource_compute_subnetwork.go"),
    row(SUBNET, "network", Replace, "compute/resource_compute_subnetwork.go"),
    row(SUBNET, "region", Replace, "compute/resource_compute_subnetwork.go"),
    row(SUBNET, "ip_cidr_range", Widen, "compute/resource_compute_subnetwork.go:63, 385 (IsShrinkageIpCidr)"),
    row(SUBNET, "private_ip_google_access", Live, "compute/resource_compute_subnetwork.go:591"),
    row(SUBNET, "secondary_ip_range", Live, "compute/resource_compute_subnetwork.go:1579"),

    row(ROUTER, "name", Replace, "compute/resource_compute_router.go"),
    row(ROUTER, "network", Replace, "compute/resource_compute_router.go"),
    row(ROUTER, "region", Replace, "compute/resource_compute_router.go"),
    row(NAT, "name", Replace, "compute/resource_compute_router_nat.go:304"),
    row(NAT, "router", Replace, "compute/resource_compute_router_nat.go:312"),
    row(NAT, "region", Replace, "compute/resource_compute_router_nat.go"),
    row(NAT, "nat_ip_allocate_option", Live, "compute/resource_compute_router_nat.go"),
    row(NAT, "source_subnetwork_ip_ranges_to_nat", Live, "compute/resource_compute_router_nat.go"),
    row(NAT, "enable_dynamic_port_allocation", Live, "compute/resource_compute_router_nat.go"),
    row(NAT, "enable_endpoint_independent_mapping", Live, "compute/resource_compute_router_nat.go"),
    row(NAT, "min_ports_per_vm", Live, "compute/resource_compute_router_nat.go"),
    row(NAT, "max_ports_per_vm", Live, "compute/resource_compute_router_nat.go"),
    row(NAT, "subnetwork", Live, "compute/resource_compute_router_nat.go:496"),
    row(NAT, "log_config", Live, "compute/resource_compute_router_nat.go:407"),

    row(FIREWALL, "name", Replace, "compute/resource_compute_firewall.go:246"),
    row(FIREWALL, "network", Live, "compute/resource_compute_firewall.go:259"),
    row(FIREWALL, "source_ranges", Live, "compute/resource_compute_firewall.go:372"),
    row(FIREWALL, "source_tags", Live, "compute/resource_compute_firewall.go"),
    row(FIREWALL, "destination_ranges", Live, "compute/resource_compute_firewall.go"),
    row(FIREWALL, "target_tags", Live, "compute/resource_compute_firewall.go"),
    row(FIREWALL, "allow", Live, "compute/resource_compute_firewall.go:265"),
    row(FIREWALL, "deny", Live, "compute/resource_compute_firewall.go"),
    row(FIREWALL, "priority", Live, "compute/resource_compute_firewall.go"),

    row(ADDRESS, "address", Replace, "compute/resource_compute_address.go:188 (computed: without it, the address stays)"),
    row(ADDRESS, "name", Replace, "compute/resource_compute_address.go"),
    row(ADDRESS, "region", Replace, "compute/resource_compute_address.go"),
    row(ADDRESS, "subnetwork", Replace, "compute/resource_compute_address.go"),
    row(ADDRESS, "address_type", Replace, "compute/resource_compute_address.go"),

    row(DISK, "name", Replace, "compute/resource_compute_disk.go:486"),
    row(DISK, "zone", Replace, "compute/resource_compute_disk.go:885"),
    row(DISK, "type", Replace, "compute/resource_compute_disk.go:876"),
    row(DISK, "size", GrowOrReplace, "compute/resource_compute_disk.go:88, 455 (IsDiskShrinkage)"),

    row(GROUP, "name", Replace, "compute/resource_compute_instance_group.go:64"),
    row(GROUP, "zone", Replace, "compute/resource_compute_instance_group.go:72"),
    row(GROUP, "network", Replace, "compute/resource_compute_instance_group.go:118"),
    row(MEMBER, "instance_group", Replace, "compute/resource_compute_instance_group_membership.go:157"),
    row(MEMBER, "zone", Replace, "compute/resource_compute_instance_group_membership.go:161"),
    row(MEMBER, "instance", Replace, "compute/resource_compute_instance_group_membership.go:147"),
    row(CHECK, "name", Replace, "compute/resource_compute_region_health_check.go:145"),
    row(CHECK, "region", Replace, "compute/resource_compute_region_health_check.go"),
    row(CHECK, "check_interval_sec", Live, "compute/resource_compute_region_health_check.go"),
    row(CHECK, "timeout_sec", Live, "compute/resource_compute_region_health_check.go"),
    row(CHECK, "healthy_threshold", Live, "compute/resource_compute_region_health_check.go"),
    row(CHECK, "unhealthy_threshold", Live, "compute/resource_compute_region_health_check.go"),
    row(CHECK, "https_health_check", Live, "compute/resource_compute_region_health_check.go"),
    row(BACKEND, "name", Replace, "compute/resource_compute_region_backend_service.go:236"),
    row(BACKEND, "region", Replace, "compute/resource_compute_region_backend_service.go:1228 (a name within the region)"),
    row(BACKEND, "load_balancing_scheme", Replace, "compute/resource_compute_region_backend_service.go:846"),
    row(BACKEND, "protocol", Live, "compute/resource_compute_region_backend_service.go"),
    row(BACKEND, "health_checks", Live, "compute/resource_compute_region_backend_service.go:789"),
    row(BACKEND, "backend", Live, "compute/resource_compute_region_backend_service.go:258"),
    row(FORWARD, "name", Replace, "compute/resource_compute_forwarding_rule.go:266"),
    row(FORWARD, "region", Replace, "compute/resource_compute_forwarding_rule.go"),
    row(FORWARD, "load_balancing_scheme", Replace, "compute/resource_compute_forwarding_rule.go"),
    row(FORWARD, "backend_service", Replace, "compute/resource_compute_forwarding_rule.go"),
    row(FORWARD, "ip_address", Live, "compute/resource_compute_forwarding_rule.go:288 (ForceNew, but an address that is not known yet forces nothing; it is replaced only with its subnet)"),
    row(FORWARD, "ip_protocol", Replace, "compute/resource_compute_forwarding_rule.go"),
    row(FORWARD, "ports", Replace, "compute/resource_compute_forwarding_rule.go:541"),
    row(FORWARD, "subnetwork", Replace, "compute/resource_compute_forwarding_rule.go:638"),

    row(ZONE, "name", Replace, "dns/resource_dns_managed_zone.go:151"),
    row(ZONE, "dns_name", Replace, "dns/resource_dns_managed_zone.go:145"),
    row(ZONE, "visibility", Replace, "dns/resource_dns_managed_zone.go:375"),
    row(ZONE, "private_visibility_config", Live, "dns/resource_dns_managed_zone.go"),
    row(RECORD, "managed_zone", Replace, "dns/resource_dns_record_set.go:149"),
    row(RECORD, "name", Replace, "dns/resource_dns_record_set.go:157"),
    row(RECORD, "type", Live, "dns/resource_dns_record_set.go:278"),
    row(RECORD, "ttl", Live, "dns/resource_dns_record_set.go:272"),
    row(RECORD, "rrdatas", Live, "dns/resource_dns_record_set.go:165"),

    row(SECRET, "secret_id", Replace, "secretmanager/resource_secret_manager_secret.go:254"),
    row(SECRET, "replication.user_managed.replicas.location", Replace, "secretmanager/resource_secret_manager_secret.go:169, 226"),
    row(SECRET_IAM, "secret_id", Replace, IAM),
    row(SECRET_IAM, "role", Replace, IAM),
    row(SECRET_IAM, "member", Replace, IAM),
    row(ACCOUNT, "account_id", Replace, "resourcemanager/resource_google_service_account.go:90"),
    row(ACCOUNT, "display_name", Live, "resourcemanager/resource_google_service_account.go:97"),
    row(ACCOUNT_IAM, "service_account_id", Replace, IAM),
    row(ACCOUNT_IAM, "role", Replace, IAM),
    row(ACCOUNT_IAM, "member", Replace, IAM),
    row(ROLE, "role_id", Replace, "resourcemanager/resource_google_project_iam_custom_role.go:51"),
    row(ROLE, "title", Live, "resourcemanager/resource_google_project_iam_custom_role.go:58"),
    row(ROLE, "permissions", Live, "resourcemanager/resource_google_project_iam_custom_role.go:63"),
    row(PROJECT_IAM, "role", Replace, IAM),
    row(PROJECT_IAM, "member", Replace, IAM),
    row(BUCKET, "name", Replace, "storage/resource_storage_bucket.go:132"),
    row(BUCKET, "location", Replace, "storage/resource_storage_bucket.go:193"),
    row(BUCKET, "uniform_bucket_level_access", Live, "storage/resource_storage_bucket.go"),
    row(BUCKET, "public_access_prevention", Live, "storage/resource_storage_bucket.go"),
    row(BUCKET, "force_destroy", Live, "storage/resource_storage_bucket.go:164"),
    row(BUCKET, "lifecycle_rule", Live, "storage/resource_storage_bucket.go:236"),
    row(BUCKET_IAM, "bucket", Replace, IAM),
    row(BUCKET_IAM, "role", Replace, IAM),
    row(BUCKET_IAM, "member", Replace, IAM),
];

/// The row of an argument, or of the block that contains it.
pub fn of(kind: &str, path: &str) -> Option<&'static Row> {
    let fits = |row: &&Row| {
        let below = path.strip_prefix(row.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        below && (row.kind == kind || row.kind == "*")
    };
    ROWS.iter().find(fits)
}
