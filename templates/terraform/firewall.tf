{%- let rules = firewall %}# The cluster's machines and pods reach each other. Pods match by range, because tags stand for the machines' own addresses.
resource "google_compute_firewall" "internal" {
  name          = {{ rules.internal.name | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rules.internal.source_ranges | hcl_list }}
  source_tags   = {{ rules.internal.source_tags.as_deref().unwrap_or_default() | hcl_list }}
  target_tags   = {{ rules.internal.target_tags | hcl_list }}

  allow {
    protocol = "all"
  }
}

# No pod reaches sshd of a machine. (Its own machine's is closed by the machine itself.)
resource "google_compute_firewall" "deny_ssh" {
  name               = {{ rules.deny_ssh.name | hcl }}
{%- if module %}
  project            = {{ project | hcl }}
{%- endif %}
  network            = google_compute_network.vpc.id
  priority           = 900 # before the rule above
  source_ranges      = {{ rules.deny_ssh.source_ranges | hcl_list }}
  destination_ranges = {{ rules.deny_ssh.destination_ranges | hcl_list }}
  target_tags        = {{ rules.deny_ssh.target_tags | hcl_list }}

  deny {
    protocol = "tcp"
    ports    = {{ rules.deny_ssh.ports | hcl_list }}
  }
}

# Only control planes reach etcd, the controller-manager and the scheduler.
resource "google_compute_firewall" "deny_etcd" {
  name               = {{ rules.deny_etcd.name | hcl }}
{%- if module %}
  project            = {{ project | hcl }}
{%- endif %}
  network            = google_compute_network.vpc.id
  priority           = 900
  source_ranges      = {{ rules.deny_etcd.source_ranges | hcl_list }}
  source_tags        = {{ rules.deny_etcd.source_tags.as_deref().unwrap_or_default() | hcl_list }}
  destination_ranges = {{ rules.deny_etcd.destination_ranges | hcl_list }}
  target_tags        = {{ rules.deny_etcd.target_tags | hcl_list }}

  deny {
    protocol = "tcp"
    ports    = {{ rules.deny_etcd.ports | hcl_list }}
  }
}
{%- if let Some(rule) = rules.ssh %}

{% if rules.ssh_from_iap_alone -%}
# SSH through Identity-Aware Proxy: https://cloud.google.com/iap/docs/using-tcp-forwarding
{%- else -%}
# SSH from the ranges in access.ssh.
{%- endif %}
resource "google_compute_firewall" "ssh" {
  name          = {{ rule.name | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rule.source_ranges | hcl_list }}
  target_tags   = {{ rule.target_tags | hcl_list }}

  allow {
    protocol = "tcp"
    ports    = {{ rule.ports | hcl_list }}
  }
}
{%- endif %}
{%- if let Some(rule) = rules.api %}

# The API server from the ranges in access.api.
resource "google_compute_firewall" "api" {
  name          = {{ rule.name | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rule.source_ranges | hcl_list }}
  target_tags   = {{ rule.target_tags | hcl_list }}

  allow {
    protocol = "tcp"
    ports    = {{ rule.ports | hcl_list }}
  }
}
{%- endif %}
{%- if let Some(rule) = rules.api_health_checks %}

# Health checks of the API's load balancer.
# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
resource "google_compute_firewall" "api_health_checks" {
  name          = {{ rule.name | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  source_ranges = {{ rule.source_ranges | hcl_list }}
  target_tags   = {{ rule.target_tags | hcl_list }}

  allow {
    protocol = "tcp"
    ports    = {{ rule.ports | hcl_list }}
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
  source_ranges = {{ rules.health_checks.source_ranges | hcl_list }}
  target_tags   = {{ rules.health_checks.target_tags | hcl_list }}

  allow {
    protocol = "tcp"
    ports    = {{ rules.health_checks.ports | hcl_list }}
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
  source_ranges = {{ rule.source_ranges | hcl_list }}
  target_tags   = {{ rule.target_tags | hcl_list }}
{%- for allow in rule.allow %}

  allow {
    protocol = {{ allow.protocol | hcl }}
{%- if !allow.ports.is_empty() %}
    ports    = {{ allow.ports | hcl_list }}
{%- endif %}
  }
{%- endfor %}
}
{%- endfor %}
