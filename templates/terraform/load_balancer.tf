# A joining control plane finds the others by this name. It cannot use the load balancer, which would route it back to itself.
resource "google_dns_record_set" "control_plane" {
  for_each = local.control_plane

  managed_zone = google_dns_managed_zone.cluster.name
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  name         = "${each.key}.${google_dns_managed_zone.cluster.dns_name}"
  type         = "A"
  ttl          = 60
  rrdatas      = [google_compute_address.control_plane[each.key].address]
}

# Address of the load balancer in front of the control planes.
resource "google_compute_address" "api" {
  name         = {{ load_balancer.name | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  region       = {{ region | hcl }}
  subnetwork   = google_compute_subnetwork.nodes.id
  address_type = "INTERNAL"
  labels       = local.labels
}

# The load balancer's backends in each zone. The network is explicit, because an empty group has none.
resource "google_compute_instance_group" "control_plane" {
  for_each = toset({{ load_balancer.zones | hcl_list }})

  name    = {{ load_balancer.group | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  zone    = each.key
  network = google_compute_network.vpc.id

  # When a zone loses its last control plane, the load balancer must let go of the group before it is deleted.
  lifecycle {
    create_before_destroy = true
  }
}

# One membership per machine, so that a replaced machine returns to its group in the same apply.
resource "google_compute_instance_group_membership" "control_plane" {
  for_each = local.control_plane

  instance_group = google_compute_instance_group.control_plane[each.value.zone].name
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  zone           = each.value.zone
  instance       = google_compute_instance.control_plane[each.key].self_link

  lifecycle {
    replace_triggered_by = [google_compute_instance.control_plane[each.key].instance_id]
  }
}

# Only ready API servers get connections. Requires two successes, because another machine may answer while one boots.
resource "google_compute_region_health_check" "api" {
  name                = {{ load_balancer.name | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  region              = {{ region | hcl }}
  check_interval_sec  = 5
  timeout_sec         = 5
  healthy_threshold   = 2
  unhealthy_threshold = 3

  https_health_check {
    port         = 6443
    request_path = "/readyz"
  }
}

# Distributes connections among the control planes that are ready.
resource "google_compute_region_backend_service" "api" {
  name                  = {{ load_balancer.name | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  region                = {{ region | hcl }}
  load_balancing_scheme = "INTERNAL"
  protocol              = "TCP"
  health_checks         = [google_compute_region_health_check.api.id]
{%- for zone in load_balancer.zones %}

  backend {
    group          = google_compute_instance_group.control_plane[{{ zone | hcl }}].id
    balancing_mode = "CONNECTION"
  }
{%- endfor %}
}

# Passthrough: the API server, its audit log and the firewall see the client's address.
resource "google_compute_forwarding_rule" "api" {
  name                  = {{ load_balancer.name | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  region                = {{ region | hcl }}
  load_balancing_scheme = "INTERNAL"
  backend_service       = google_compute_region_backend_service.api.id
  ip_address            = google_compute_address.api.id
  ip_protocol           = "TCP"
  ports                 = ["6443"]
  subnetwork            = google_compute_subnetwork.nodes.id
  labels                = local.labels
}
