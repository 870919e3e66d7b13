use crate::plan::{Plan, Resource};

/// Names of one kind that must be free.
#[derive(Debug, Clone)]
pub struct Names {
    /// The kind, such as `subnet`.
    pub kind: &'static str,
    /// The gcloud command that lists those that exist.
    pub list: &'static str,
    /// Where a name is unique: `project`, `region` or `zone`.
    pub unique: &'static str,
    /// The metric of the project's quota for them; empty if there is none.
    pub metric: &'static str,
    /// The names; where they are unique in a zone, `ZONE/NAME`.
    pub names: Vec<String>,
}

/// The resource types that have a name of their own (`tests/plan.rs` knows the others): kind, list command, where unique, metric.
const NAMED: [(&str, &str, &str, &str, &str); 16] = [
    ("google_compute_network", "network", "compute networks list", "project", "NETWORKS"),
    ("google_compute_subnetwork", "subnet", "compute networks subnets list", "region", "SUBNETWORKS"),
    ("google_compute_router", "router", "compute routers list", "region", "ROUTERS"),
    ("google_compute_firewall", "firewall rule", "compute firewall-rules list", "project", "FIREWALLS"),
    ("google_compute_address", "address", "compute addresses list", "region", ""),
    ("google_compute_instance", "instance", "compute instances list", "zone", ""),
    ("google_compute_disk", "disk", "compute disks list", "zone", ""),
    ("google_compute_instance_group", "instance group", "compute instance-groups list", "zone", ""),
    ("google_compute_region_health_check", "health check", "compute health-checks list", "region", ""),
    ("google_compute_region_backend_service", "backend service", "compute backend-services list", "region", ""),
    ("google_compute_forwarding_rule", "forwarding rule", "compute forwarding-rules list", "region", ""),
    ("google_dns_managed_zone", "DNS zone", "dns managed-zones list", "project", ""),
    ("google_service_account", "service account", "iam service-accounts list", "project", ""),
    ("google_project_iam_custom_role", "custom role", "iam roles list --show-deleted", "project", ""),
    ("google_secret_manager_secret", "secret", "secrets list", "project", ""),
    ("google_storage_bucket", "bucket", "storage buckets list", "world", ""),
];

pub(super) fn of(plan: &Plan) -> Vec<Names> {
    let resources = plan.resources();
    let names = NAMED.iter().map(|(resource_type, kind, list, unique, metric)| {
        let all = resources.iter().filter(|resource| resource.address.kind == *resource_type);
        let mut names: Vec<String> = all.map(|resource| name(resource, unique)).collect();
        if *resource_type == "google_compute_disk" {
            // Boot disks have the names of their machines.
            let machines = plan.groups().flat_map(|group| &group.nodes);
            names.extend(machines.map(|node| format!("{}/{}", node.zone, node.name)));
        }
        Names { kind, list, unique, metric, names }
    });
    names.filter(|names| !names.names.is_empty()).collect()
}

fn name(resource: &Resource, unique: &str) -> String {
    let text = |key: &str| resource.arguments.get(key).and_then(|value| value.as_str());
    let name = ["account_id", "role_id", "secret_id", "name"].into_iter().find_map(text).unwrap_or_default();
    match text("zone").filter(|_| unique == "zone") {
        Some(zone) => format!("{zone}/{name}"),
        None => name.to_owned(),
    }
}
