resource "google_compute_instance" "{{ group.label }}" {
  for_each = local.{{ group.label }}

  name           = each.key
{%- if module %}
  project        = {{ project | hcl }}
{%- endif %}
  zone           = each.value.zone
  machine_type   = {{ group.machine_type | hcl }}
  can_ip_forward = {{ group.ip_forward }}
  tags           = {{ group.tags | hcl_list }}
  labels         = local.labels

  allow_stopping_for_update = true      # a new machine type or service account restarts the machine
  desired_status            = "RUNNING" # the next apply starts a machine that was stopped

  boot_disk {
    auto_delete = {{ !group.keep_disk }}
    device_name = each.key

    initialize_params {
      image  = {{ group.image | hcl }}
      type   = {{ group.disk_type | hcl }}
      size   = {{ group.disk_size }}
      labels = local.labels
    }
  }

{% if group.role == Role::ControlPlane %}  # Attached before the first boot, and not deleted with the machine.
  attached_disk {
    source      = google_compute_disk.state[each.key].id
    device_name = "state"
  }

{% endif %}  network_interface {
    subnetwork = google_compute_subnetwork.nodes.id
{%- if group.role == Role::ControlPlane %}
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

{% if group.role == Role::ControlPlane %}  # The cloud-controller-manager creates load balancers with this account.
{% if group.service_account.is_some() %}  # It already exists, and must have roles/compute.loadBalancerAdmin{% if boot.disk_csi.is_some() %}, roles/compute.instanceAdmin.v1{% endif %} and roles/compute.securityAdmin in the project.
{% endif %}{% endif %}  service_account {
{%- if let Some(account) = group.service_account %}
    email = {{ account | hcl }}
{%- elif group.role == Role::ControlPlane %}
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

{% if group.spot %}  # Google can preempt a Spot VM at any time. The VM is then stopped, not deleted, and keeps its pod range.
{% elif group.scheduling.on_host_maintenance == "TERMINATE" %}  # This machine type cannot migrate live: host maintenance restarts it.
{% endif %}  scheduling {
    provisioning_model  = {{ group.scheduling.provisioning_model | hcl }}
    preemptible         = {{ group.spot }}
    automatic_restart   = {{ !group.spot }}
    on_host_maintenance = {{ group.scheduling.on_host_maintenance | hcl }}
{%- if group.spot %}
    instance_termination_action = "STOP"
{%- endif %}
  }

  metadata = {
    block-project-ssh-keys = "TRUE"
    enable-oslogin         = "{% if os_login %}TRUE{% else %}FALSE{% endif %}"
    user-data              = {{ self.user_data(group) }}
  }

{% if group.keep_disk %}  # Existing machines keep their image. To replace one with the newest image, delete its kept disk as well.
{% else %}  # Existing machines keep their image. To replace one with the newest image of the family:
  # terraform apply -replace='google_compute_instance.{{ group.label }}["NAME"]'
{% if load_balancer.is_some() && group.role == Role::ControlPlane %}  # One at a time: replace the next only when the API server of the last one is ready.
{% endif %}{% endif %}
  # Terraform must not detach disks that Kubernetes attached.
  lifecycle {
    ignore_changes = [attached_disk, boot_disk[0].initialize_params[0].image]
  }
{%- if group.role == Role::ControlPlane %}

{% if group.waits_for_nat %}  # Packages are installed at first boot, which needs internet access.
{% endif %}  # The secret with the CA shows whether the cluster exists, so a machine must be able to read it when it boots.
  depends_on = [{% if group.waits_for_nat %}google_compute_router_nat.nat, {% endif %}google_secret_manager_secret_iam_member.pki]
{%- elif group.waits_for_nat %}

  # Packages are installed at first boot, which needs internet access.
  depends_on = [google_compute_router_nat.nat]
{%- endif %}
}

