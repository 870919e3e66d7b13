{%- let group = control_plane -%}
{% include "nodes.tf" %}
# Reserved, so that a replaced machine keeps its address: etcd and the certificates contain it.
{%- if control_plane.addresses %} Machines that were adopted keep theirs.
{%- endif %}
resource "google_compute_address" "control_plane" {
  for_each = local.control_plane

  name         = each.key
{%- if module %}
  project      = {{ project | hcl }}
{%- endif %}
  region       = {{ region | hcl }}
  subnetwork   = google_compute_subnetwork.nodes.id
  address_type = "INTERNAL"
{%- if control_plane.addresses %}
  address      = each.value.address
{%- endif %}
  labels       = local.labels
}

# etcd's data and the cluster's CA. A replaced machine resumes from its state disk, so these disks must never be lost.
resource "google_compute_disk" "state" {
  for_each = local.control_plane

  name = "${each.key}-state"
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  zone = each.value.zone
  type = {{ state.disk_type | hcl }}
  size = {{ state.disk_size }}
  labels = local.labels

  # To destroy the cluster deliberately: delete its Services of type LoadBalancer, whose resources block the VPC's deletion, then
  # terraform state rm google_compute_disk.state google_secret_manager_secret.pki, terraform destroy, and delete disks and secret.
  lifecycle {
    prevent_destroy = true
  }
}

# Runs etcd, the API server and the cloud-controller-manager{% if pools.is_empty() %} and, without a pool, the workloads{% endif %}.
{% include "instance.tf" %}
{%- if let Some(load_balancer) = load_balancer %}
{% include "load_balancer.tf" %}

# The endpoint's name resolves to the load balancer, once that is complete.
{%- else %}
# The endpoint's name resolves to the control plane.
{%- endif %}
resource "google_dns_record_set" "api" {
  managed_zone = google_dns_managed_zone.cluster.name
{%- if module %}
  project      = {{ project | hcl }}
{%- endif %}
  name         = "api.${google_dns_managed_zone.cluster.dns_name}"
  type         = "A"
  ttl          = 60
{%- if load_balancer.is_some() %}
  rrdatas      = [google_compute_address.api.address]

  depends_on = [
    google_compute_forwarding_rule.api,
    google_compute_instance_group_membership.control_plane,
    google_compute_firewall.api_health_checks,
  ]
{%- else %}
  rrdatas      = [for address in google_compute_address.control_plane : address.address]
{%- endif %}
}
