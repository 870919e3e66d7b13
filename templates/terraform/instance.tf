resource "google_compute_instance" "{{ group.label }}" {
  for_each = local.{{ group.label }}

  name         = each.key
  zone         = each.value.zone
  machine_type = {{ group.machine_type | hcl }}
{%- if group.ip_forward %}
  can_ip_forward = true
{%- endif %}
  tags = {{ group.tags | hcl }}
{%- if labels %}
  labels = local.labels
{%- endif %}
{%- if group.spot %}

  desired_status = "RUNNING" # after Google has stopped it, the next apply starts it again
{%- endif %}

  allow_stopping_for_update = true # for a new machine type or service account

  boot_disk {
{%- if group.keep_disk %}
    auto_delete = false
{%- endif %}
    device_name = each.key

    initialize_params {
      image = {{ group.image | hcl }}
      type  = {{ group.disk_type | hcl }}
      size  = {{ group.disk_size }}
{%- if labels %}
      labels = local.labels
{%- endif %}
    }
  }

{% if group.role == "control-plane" %}  # Attached before the first boot, and never deleted with the machine.
  attached_disk {
    source      = google_compute_disk.state[each.key].id
    device_name = "state"
  }

{% endif %}  network_interface {
    subnetwork = google_compute_subnetwork.nodes.id
{%- if group.role == "control-plane" %}
    network_ip = google_compute_address.control_plane[each.key].address
{%- endif %}

    # The first alias of the first interface becomes the Node's podCIDR.
    alias_ip_range {
      subnetwork_range_name = {{ network.pods_range | hcl }}
      ip_cidr_range         = each.value.pods
    }
{%- if group.external_ip %}

    access_config {
      network_tier = "PREMIUM"
    }
{%- endif %}
  }

{% if group.role == "control-plane" %}  # The cloud-controller-manager makes load balancers with this account.
{% if group.service_account %}  # It exists already: it must hold roles/compute.loadBalancerAdmin and roles/compute.securityAdmin in the project.
{% endif %}{% endif %}  service_account {
{%- if group.service_account %}
    email = {{ group.service_account | hcl }}
{%- elif group.role == "control-plane" %}
    email = google_service_account.control_plane.email
{%- else %}
    email = google_service_account.nodes.email
{%- endif %}
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
  }

  shielded_instance_config {
    enable_secure_boot          = {{ group.secure_boot }}
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }
{%- if group.spot %}

  # Google may take the machine back at any time: it is stopped, not deleted, and keeps its block.
  scheduling {
    provisioning_model          = "SPOT"
    preemptible                 = true
    automatic_restart           = false
    instance_termination_action = "STOP"
  }
{%- endif %}

  metadata = {
{%- if os_login %}
    enable-oslogin = "TRUE"
{%- endif %}
    user-data = {{ group.user_data }}
  }
{%- if group.role == "control-plane" %}

  # A newer image waits until the machine is replaced. Disks that Kubernetes attaches are not Terraform's to detach.
  lifecycle {
    ignore_changes = [attached_disk, boot_disk[0].initialize_params[0].image]
  }
{%- endif %}
{%- if group.role == "control-plane" %}
{%- if group.waits_for_nat %}

  # Packages are installed at first boot, which needs internet access, and the CA's secret says whether the cluster exists.
  depends_on = [google_compute_router_nat.nat, google_secret_manager_secret_iam_member.pki]
{%- else %}

  # The CA's secret says whether the cluster exists, so a machine that boots must be able to read it.
  depends_on = [google_secret_manager_secret_iam_member.pki]
{%- endif %}
{%- elif group.waits_for_nat %}

  # Packages are installed at first boot, which needs internet access.
  depends_on = [google_compute_router_nat.nat]
{%- endif %}
}

