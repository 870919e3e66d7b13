{%- set group = control_plane -%}
{% include "nodes.tf" %}
# Reserved, so that a replaced machine gets it again: etcd and the certificates contain this address.
resource "google_compute_address" "control_plane" {
  for_each = local.control_plane

  name         = each.key
{%- if module %}
  project      = {{ project | hcl }}
{%- endif %}
  region       = {{ region | hcl }}
  subnetwork   = google_compute_subnetwork.nodes.id
  address_type = "INTERNAL"
  labels       = local.labels
}

# Runs etcd, the API server and the cloud-controller-manager{% if not pools %} and, without a pool, the workloads{% endif %}.
{% include "instance.tf" %}
# The endpoint's name resolves to the control plane.
resource "google_dns_record_set" "api" {
  managed_zone = google_dns_managed_zone.cluster.name
{%- if module %}
  project      = {{ project | hcl }}
{%- endif %}
  name         = "api.${google_dns_managed_zone.cluster.dns_name}"
  type         = "A"
  ttl          = 60
  rrdatas      = [for address in google_compute_address.control_plane : address.address]
}
