{%- set group = control_plane -%}
{% include "nodes.tf" %}
# Kept when a machine is replaced: etcd and the certificates know this address.
resource "google_compute_address" "control_plane" {
  for_each = local.control_plane

  name         = each.key
  region       = {{ region | hcl }}
  subnetwork   = google_compute_subnetwork.nodes.id
  address_type = "INTERNAL"
{%- if labels %}
  labels       = local.labels
{%- endif %}
}

# Runs etcd, the API server and the cloud-controller-manager{% if not pools %}, and without a pool the workloads too{% endif %}.
{% include "instance.tf" %}
# The endpoint's addresses.
resource "google_dns_record_set" "api" {
  managed_zone = google_dns_managed_zone.cluster.name
  name         = "api.${google_dns_managed_zone.cluster.dns_name}"
  type         = "A"
  ttl          = 60
  rrdatas      = [for address in google_compute_address.control_plane : address.address]
}
