use serde_json::json;

use super::{Address, Resource};
use crate::plan::Plan;

/// VPC, subnet, Cloud NAT and the private DNS zone.
pub(super) fn of(plan: &Plan) -> Vec<Resource> {
    let Plan { project, region, network, dns, .. } = plan;
    let vpc = json!({
        "name": network.vpc,
        "auto_create_subnetworks": false,
        "routing_mode": network.routing_mode,
        "mtu": network.mtu,
    });
    let subnet = json!({
        "name": network.subnet,
        "network": "${google_compute_network.vpc.id}",
        "region": region,
        "ip_cidr_range": network.nodes,
        "private_ip_google_access": network.private_google_access,
        "secondary_ip_range": [
            { "range_name": network.pods_range, "ip_cidr_range": network.pods },
            { "range_name": network.services_range, "ip_cidr_range": network.services },
        ],
    });
    let zone = json!({
        "name": dns.zone,
        "dns_name": dns.dns_name,
        "visibility": "private",
        "private_visibility_config": [{ "networks": [{ "network_url": "${google_compute_network.vpc.id}" }] }],
    });
    let mut all = vec![
        Resource::new(
            Address::one("google_compute_network", "vpc"),
            format!("projects/{project}/global/networks/{}", network.vpc),
            vpc,
        ),
        Resource::new(
            Address::one("google_compute_subnetwork", "nodes"),
            format!("projects/{project}/regions/{region}/subnetworks/{}", network.subnet),
            subnet,
        ),
    ];
    if let Some(name) = &network.nat {
        all.extend(nat(plan, name));
    }
    all.push(Resource::new(
        Address::one("google_dns_managed_zone", "cluster"),
        format!("projects/{project}/managedZones/{}", dns.zone),
        plan.labelled(zone),
    ));
    all
}

fn nat(plan: &Plan, name: &str) -> [Resource; 2] {
    let router = format!("projects/{}/regions/{}/routers/{name}", plan.project, plan.region);
    [
        Resource::new(
            Address::one("google_compute_router", "nat"),
            &router,
            json!({ "name": name, "network": "${google_compute_network.vpc.id}", "region": plan.region }),
        ),
        Resource::new(
            Address::one("google_compute_router_nat", "nat"),
            format!("{router}/{name}"),
            json!({
                "name": name,
                "router": "${google_compute_router.nat.name}",
                "region": plan.region,
                "nat_ip_allocate_option": "AUTO_ONLY",
                "source_subnetwork_ip_ranges_to_nat": "LIST_OF_SUBNETWORKS",
                "enable_dynamic_port_allocation": true,
                "enable_endpoint_independent_mapping": false,
                "min_ports_per_vm": 64,
                "max_ports_per_vm": 4096,
                "subnetwork": [{
                    "name": "${google_compute_subnetwork.nodes.id}",
                    "source_ip_ranges_to_nat": ["ALL_IP_RANGES"],
                }],
                "log_config": [{ "enable": true, "filter": "ERRORS_ONLY" }],
            }),
        ),
    ]
}
