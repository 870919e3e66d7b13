{%- set rules = firewall %}# Nodes and pods can reach each other. Matches by range, because source tags do not match alias addresses.
resource "google_compute_firewall" "internal" {
  name          = {{ rules.internal.name | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rules.internal.source_ranges | hcl }}

  allow {
    protocol = "all"
  }
}
{%- if rules.ssh %}

{% if rules.ssh_from_iap_alone -%}
# SSH through Identity-Aware Proxy: https://cloud.google.com/iap/docs/using-tcp-forwarding
{%- else -%}
# SSH from the ranges in access.ssh.
{%- endif %}
resource "google_compute_firewall" "ssh" {
  name          = {{ rules.ssh.name | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rules.ssh.source_ranges | hcl }}

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
{%- endif %}
{%- if rules.api %}

# The API server from the ranges in access.api.
resource "google_compute_firewall" "api" {
  name          = {{ rules.api.name | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rules.api.source_ranges | hcl }}
  target_tags   = [{{ rules.api.target_tag | hcl }}]

  allow {
    protocol = "tcp"
    ports    = ["6443"]
  }
}
{%- endif %}
{%- if rules.api_health_checks %}

# Health checks of the API's load balancer.
# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
resource "google_compute_firewall" "api_health_checks" {
  name          = {{ rules.api_health_checks.name | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rules.api_health_checks.source_ranges | hcl }}
  target_tags   = [{{ rules.api_health_checks.target_tag | hcl }}]

  allow {
    protocol = "tcp"
    ports    = ["6443"]
  }
}
{%- endif %}

# Health checks of Services: the rule that the cloud-controller-manager creates only allows those of the first Service.
# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
resource "google_compute_firewall" "health_checks" {
  name          = {{ rules.health_checks.name | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rules.health_checks.source_ranges | hcl }}
  target_tags   = [{{ rules.health_checks.target_tag | hcl }}]

  allow {
    protocol = "tcp"
    ports    = ["10256"]
  }
}
{%- for rule in rules.extra %}

# From `firewall` in the description.
resource "google_compute_firewall" "{{ rule.label }}" {
  name          = {{ rule.name | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rule.source_ranges | hcl }}
{%- for allow in rule.allow %}

  allow {
    protocol = {{ allow.protocol | hcl }}
{%- if allow.ports %}
    ports    = {{ allow.ports | hcl }}
{%- endif %}
  }
{%- endfor %}
}
{%- endfor %}
