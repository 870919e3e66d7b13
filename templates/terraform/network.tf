# Custom mode: the subnet below is the only one.
resource "google_compute_network" "vpc" {
  name                    = {{ network.vpc | hcl }}
{%- if module %}
  project                 = {{ project | hcl }}
{%- endif %}
  auto_create_subnetworks = false
  routing_mode            = {{ network.routing_mode | hcl }}
  mtu                     = {{ network.mtu }}
}

# Nodes use the primary range. Pods use alias addresses from the secondary range, so the VPC itself routes to them.
resource "google_compute_subnetwork" "nodes" {
  name          = {{ network.subnet | hcl }}
{%- if module %}
  project       = {{ project | hcl }}
{%- endif %}
  network       = google_compute_network.vpc.id
  region        = {{ region | hcl }}
  ip_cidr_range = {{ network.nodes | hcl }}

  # Lets machines without an external address, and their pods, reach Google's APIs.
  private_ip_google_access = {{ network.private_google_access }}

  secondary_ip_range {
    range_name    = {{ network.pods_range | hcl }}
    ip_cidr_range = {{ network.pods | hcl }}
  }

  # Service addresses never leave a node. The range is here only to keep anything else in the VPC from using it.
  secondary_ip_range {
    range_name    = {{ network.services_range | hcl }}
    ip_cidr_range = {{ network.services | hcl }}
  }
}
{%- if let Some(nat) = network.nat %}

# Router for Cloud NAT.
resource "google_compute_router" "nat" {
  name    = {{ nat | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  network = google_compute_network.vpc.id
  region  = {{ region | hcl }}
}

# Outbound access for private VMs and their pods. It covers only this subnet, so other subnets can have their own NAT.
resource "google_compute_router_nat" "nat" {
  name                               = {{ nat | hcl }}
{%- if module %}
  project                            = {{ project | hcl }}
{%- endif %}
  router                             = google_compute_router.nat.name
  region                             = {{ region | hcl }}
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  # All pods of a VM share its ports, so the default of 64 is soon exhausted.
  enable_dynamic_port_allocation      = true
  enable_endpoint_independent_mapping = false
  min_ports_per_vm                    = 64
  max_ports_per_vm                    = 4096

  subnetwork {
    name                    = google_compute_subnetwork.nodes.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  # Logs connections that are dropped because no ports are left.
  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
{%- endif %}

# Gives the API endpoint a name that outlives every machine: kubeadm cannot change the endpoint later.
resource "google_dns_managed_zone" "cluster" {
  name       = {{ dns.zone | hcl }}
{%- if module %}
  project    = {{ project | hcl }}
{%- endif %}
  dns_name   = {{ dns.dns_name | hcl }}
  visibility = "private"
  labels     = local.labels

  private_visibility_config {
    networks { network_url = google_compute_network.vpc.id }
  }
}
