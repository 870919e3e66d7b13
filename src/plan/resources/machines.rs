use serde_json::{Value, json};

use super::{Address, Resource, load_balancer};
use crate::model::Derived;
use crate::plan::{Group, Node, Plan, Role};

/// The control plane's addresses, state disks, machines and endpoint, followed by the machines of the pools.
pub(super) fn of(plan: &Plan) -> Vec<Resource> {
    let Plan { project, region, dns, .. } = plan;
    let mut all: Vec<Resource> = plan
        .control_plane
        .nodes
        .iter()
        .map(|node| {
            let mut arguments = json!({
                "name": node.name,
                "region": region,
                "subnetwork": "${google_compute_subnetwork.nodes.id}",
                "address_type": "INTERNAL",
            });
            if let Some(address) = node.address {
                arguments["address"] = json!(address);
            }
            Resource::new(
                Address::each("google_compute_address", "control_plane", &node.name),
                format!("projects/{project}/regions/{region}/addresses/{}", node.name),
                plan.labelled(arguments),
            )
        })
        .collect();
    all.extend(plan.control_plane.nodes.iter().map(|node| state_disk(plan, node)));
    all.extend(instances(plan, &plan.control_plane));
    let mut endpoint = json!({
        "managed_zone": "${google_dns_managed_zone.cluster.name}",
        "name": "api.${google_dns_managed_zone.cluster.dns_name}",
        "type": "A",
        "ttl": 60,
        "rrdatas": "${[for address in google_compute_address.control_plane : address.address]}",
    });
    if let Some(balancer) = &plan.load_balancer {
        all.extend(load_balancer::of(plan, balancer));
        endpoint["rrdatas"] = json!(["${google_compute_address.api.address}"]);
        endpoint["depends_on"] = json!([
            "${google_compute_forwarding_rule.api}",
            "${google_compute_instance_group_membership.control_plane}",
            "${google_compute_firewall.api_health_checks}",
        ]);
    }
    all.push(Resource::new(
        Address::one("google_dns_record_set", "api"),
        format!("projects/{project}/managedZones/{}/rrsets/{}./A", dns.zone, dns.endpoint),
        endpoint,
    ));
    all.extend(plan.pools.iter().flat_map(|pool| instances(plan, pool)));
    all
}

fn state_disk(plan: &Plan, node: &Node) -> Resource {
    let name = Derived::state_disk(&node.name);
    Resource::new(
        Address::each("google_compute_disk", "state", &node.name),
        format!("projects/{}/zones/{}/disks/{name}", plan.project, node.zone),
        plan.labelled(json!({
            "name": name,
            "zone": node.zone,
            "type": plan.state.disk_type,
            "size": plan.state.disk_size,
            "lifecycle": [{ "prevent_destroy": true }],
        })),
    )
}

fn instances<'a>(plan: &'a Plan, group: &'a Group) -> impl Iterator<Item = Resource> + 'a {
    group.nodes.iter().map(|node| {
        Resource::new(
            Address::each("google_compute_instance", &group.label, &node.name),
            format!("projects/{}/zones/{}/instances/{}", plan.project, node.zone, node.name),
            plan.labelled(instance(plan, group, node)),
        )
    })
}

fn instance(plan: &Plan, group: &Group, node: &Node) -> Value {
    let control_plane = group.role == Role::ControlPlane;
    let boot_disk = json!({
        "auto_delete": !group.keep_disk,
        "device_name": node.name,
        "initialize_params": [plan.labelled(json!({
            "image": group.image,
            "type": group.disk_type,
            "size": group.disk_size,
        }))],
    });
    let mut interface = json!({
        "subnetwork": "${google_compute_subnetwork.nodes.id}",
        "alias_ip_range": [{ "subnetwork_range_name": plan.network.pods_range, "ip_cidr_range": node.pods }],
    });
    if control_plane {
        interface["network_ip"] =
            json!(format!("${{google_compute_address.control_plane[\"{}\"].address}}", node.name));
    }
    if group.external_ip {
        interface["access_config"] = json!([{ "network_tier": "PREMIUM" }]);
    }
    let account = match (&group.service_account, control_plane) {
        (Some(email), _) => email.clone(),
        (None, true) => "${google_service_account.control_plane.email}".to_owned(),
        (None, false) => "${google_service_account.nodes.email}".to_owned(),
    };
    let metadata = json!({
        "block-project-ssh-keys": "TRUE",
        "enable-oslogin": if plan.os_login { "TRUE" } else { "FALSE" },
        "user-data": format!("${{file(\"${{path.module}}/{}\")}}", group.boot_file),
    });
    let mut scheduling = json!({
        "provisioning_model": group.scheduling.provisioning_model,
        "preemptible": group.spot,
        "automatic_restart": !group.spot,
        "on_host_maintenance": group.scheduling.on_host_maintenance,
    });
    if group.spot {
        scheduling["instance_termination_action"] = json!("STOP");
    }
    let mut instance = json!({
        "name": node.name,
        "zone": node.zone,
        "machine_type": group.machine_type,
        "can_ip_forward": group.ip_forward,
        "tags": group.tags,
        "allow_stopping_for_update": true,
        "desired_status": "RUNNING",
        "boot_disk": [boot_disk],
        "network_interface": [interface],
        "service_account": [{ "email": account, "scopes": ["https://www.googleapis.com/auth/cloud-platform"] }],
        "shielded_instance_config": [{
            "enable_secure_boot": group.secure_boot,
            "enable_vtpm": true,
            "enable_integrity_monitoring": true,
        }],
        "scheduling": [scheduling],
        "metadata": metadata,
        "lifecycle": [{ "ignore_changes": ["${attached_disk}", "${boot_disk[0].initialize_params[0].image}"] }],
    });
    let mut waits_for = Vec::new();
    if group.waits_for_nat {
        waits_for.push("${google_compute_router_nat.nat}");
    }
    if control_plane {
        instance["attached_disk"] = json!([{
            "source": format!("${{google_compute_disk.state[\"{}\"].id}}", node.name),
            "device_name": "state",
        }]);
        waits_for.push("${google_secret_manager_secret_iam_member.pki}");
    }
    if !waits_for.is_empty() {
        instance["depends_on"] = json!(waits_for);
    }
    instance
}
