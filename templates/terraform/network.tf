# Custom mode: no subnet but the one below.
resource "google_compute_network" "vpc" {
  name                    = {{ network.vpc | hcl }}
  auto_create_subnetworks = false
  routing_mode            = {{ network.routing_mode | hcl }}
  mtu                     = {{ network.mtu }}
}

# Nodes take the primary range. Pods take alias addresses out of the secondary range, so the VPC itself routes to them.
resource "google_compute_subnetwork" "nodes" {
  name          = {{ network.subnet | hcl }}
  network       = google_compute_network.vpc.id
  region        = {{ region | hcl }}
  ip_cidr_range = {{ network.nodes | hcl }}
{%- if network.private_google_access %}

  # Machines without external address reach Google's APIs all the same, pods included.
  private_ip_google_access = true
{%- endif %}

  secondary_ip_range {
    range_name    = {{ network.pods_range | hcl }}
    ip_cidr_range = {{ network.pods | hcl }}
  }

  # Service addresses never leave a node. The range is reserved so that nothing else in the VPC takes it.
  secondary_ip_range {
    range_name    = {{ network.services_range | hcl }}
    ip_cidr_range = {{ network.services | hcl }}
  }
}
{%- if network.nat %}

# Carries the Cloud NAT below.
resource "google_compute_router" "nat" {
  name    = {{ network.nat | hcl }}
  network = google_compute_network.vpc.id
  region  = {{ region | hcl }}
}

# The way out for machines without external address. All ranges of this subnet, so that other NATs may stand beside it.
resource "google_compute_router_nat" "nat" {
  name                               = {{ network.nat | hcl }}
  router                             = google_compute_router.nat.name
  region                             = {{ region | hcl }}
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  # Ports are counted per machine and shared by all its pods: the default of 64 is soon used up.
  enable_dynamic_port_allocation      = true
  enable_endpoint_independent_mapping = false
  min_ports_per_vm                    = 64
  max_ports_per_vm                    = 4096

  subnetwork {
    name                    = google_compute_subnetwork.nodes.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }
}
{%- endif %}

# Gives the API endpoint a name that outlives any machine: kubeadm cannot change it later.
resource "google_dns_managed_zone" "cluster" {
  name       = {{ dns.zone | hcl }}
  dns_name   = {{ dns.dns_name | hcl }}
  visibility = "private"
{%- if labels %}
  labels = local.labels
{%- endif %}

  private_visibility_config {
    networks { network_url = google_compute_network.vpc.id }
  }
}
