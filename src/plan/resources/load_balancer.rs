use serde_json::{Value, json};

use super::{Address, Resource};
use crate::plan::{LoadBalancer, Plan};

/// The load balancer for clients, and the DNS record by which control planes find each other.
pub(super) fn of(plan: &Plan, balancer: &LoadBalancer) -> Vec<Resource> {
    let Plan { project, region, dns, .. } = plan;
    let LoadBalancer { name, group, zones } = balancer;
    let regional = |kind: &str| format!("projects/{project}/regions/{region}/{kind}/{name}");
    let nodes = &plan.control_plane.nodes;
    let mut all: Vec<Resource> = Vec::new();
    all.extend(nodes.iter().map(|node| {
        let address = format!("${{google_compute_address.control_plane[\"{}\"].address}}", node.name);
        Resource::new(
            Address::each("google_dns_record_set", "control_plane", &node.name),
            format!("projects/{project}/managedZones/{}/rrsets/{}.{}/A", dns.zone, node.name, dns.dns_name),
            json!({
                "managed_zone": "${google_dns_managed_zone.cluster.name}",
                "name": format!("{}.${{google_dns_managed_zone.cluster.dns_name}}", node.name),
                "type": "A",
                "ttl": 60,
                "rrdatas": [address],
            }),
        )
    }));
    all.push(Resource::new(
        Address::one("google_compute_address", "api"),
        regional("addresses"),
        plan.labelled(json!({
            "name": name,
            "region": region,
            "subnetwork": "${google_compute_subnetwork.nodes.id}",
            "address_type": "INTERNAL",
        })),
    ));
    all.extend(zones.iter().map(|zone| {
        Resource::new(
            Address::each("google_compute_instance_group", "control_plane", zone),
            format!("projects/{project}/zones/{zone}/instanceGroups/{group}"),
            json!({
                "name": group,
                "zone": zone,
                "network": "${google_compute_network.vpc.id}",
                "lifecycle": [{ "create_before_destroy": true }],
            }),
        )
    }));
    all.extend(nodes.iter().map(|node| {
        let instance = format!("google_compute_instance.control_plane[\"{}\"]", node.name);
        Resource::new(
            Address::each("google_compute_instance_group_membership", "control_plane", &node.name),
            format!("projects/{project}/zones/{}/instanceGroups/{group}/{}", node.zone, node.name),
            json!({
                "instance_group": format!("${{google_compute_instance_group.control_plane[\"{}\"].name}}", node.zone),
                "zone": node.zone,
                "instance": format!("${{{instance}.self_link}}"),
                "lifecycle": [{ "replace_triggered_by": [format!("${{{instance}.instance_id}}")] }],
            }),
        )
    }));
    let backends: Vec<Value> = zones
        .iter()
        .map(|zone| {
            json!({
                "group": format!("${{google_compute_instance_group.control_plane[\"{zone}\"].id}}"),
                "balancing_mode": "CONNECTION",
            })
        })
        .collect();
    all.extend([
        Resource::new(
            Address::one("google_compute_region_health_check", "api"),
            regional("healthChecks"),
            json!({
                "name": name,
                "region": region,
                "check_interval_sec": 5,
                "timeout_sec": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
                "https_health_check": [{ "port": 6443, "request_path": "/readyz" }],
            }),
        ),
        Resource::new(
            Address::one("google_compute_region_backend_service", "api"),
            regional("backendServices"),
            json!({
                "name": name,
                "region": region,
                "load_balancing_scheme": "INTERNAL",
                "protocol": "TCP",
                "health_checks": ["${google_compute_region_health_check.api.id}"],
                "backend": backends,
            }),
        ),
        Resource::new(
            Address::one("google_compute_forwarding_rule", "api"),
            regional("forwardingRules"),
            plan.labelled(json!({
                "name": name,
                "region": region,
                "load_balancing_scheme": "INTERNAL",
                "backend_service": "${google_compute_region_backend_service.api.id}",
                "ip_address": "${google_compute_address.api.id}",
                "ip_protocol": "TCP",
                "ports": ["6443"],
                "subnetwork": "${google_compute_subnetwork.nodes.id}",
            })),
        ),
    ]);
    all
}
