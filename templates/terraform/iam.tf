{%- if let Account::Created(id) = accounts.control_plane -%}
# The control plane's identity.
resource "google_service_account" "control_plane" {
  account_id   = {{ id | hcl }}
{%- if module %}
  project      = {{ project | hcl }}
{%- endif %}
  display_name = "{{ name }}: control plane"
}
{%- if let Some(role) = accounts.control_plane_role %}

# What the cloud-controller-manager uses to create load balancers and their firewall rules{% if boot.disk_csi.is_some() %}, and below it what the disk driver uses to
# create disks and attach them{% endif %}. The id of a deleted role stays reserved for 37 days. For the first 7, Terraform restores the role; after
# that, a cluster that is created again needs another name.
resource "google_project_iam_custom_role" "control_plane" {
  role_id     = {{ role.id | hcl }}
{%- if module %}
  project     = {{ project | hcl }}
{%- endif %}
  title       = "{{ name }}: control plane"
  permissions = [
{%- for line in role.permissions %}
    {% for permission in line %}{{ permission | hcl }},{% if !loop.last %} {% endif %}{% endfor %}
{%- endfor %}
  ]
}

resource "google_project_iam_member" "control_plane" {
  project = {{ project | hcl }}
  role    = google_project_iam_custom_role.control_plane.name
  member  = google_service_account.control_plane.member
}
{%- endif %}

# Lets control planes pull images from Artifact Registry.
resource "google_project_iam_member" "control_plane_images" {
  project = {{ project | hcl }}
  role    = "roles/artifactregistry.reader"
  member  = google_service_account.control_plane.member
}

{% endif %}
{%- if accounts.acts_as_itself -%}
# Whoever attaches a disk to a machine must be allowed to act as the machine's account.
resource "google_service_account_iam_member" "control_plane" {
  service_account_id = google_service_account.control_plane.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.control_plane.member
}

{% endif %}
{%- if let Some(id) = accounts.nodes -%}
# The nodes' identity.
resource "google_service_account" "nodes" {
  account_id   = {{ id | hcl }}
{%- if module %}
  project      = {{ project | hcl }}
{%- endif %}
  display_name = "{{ name }}: nodes"
}

# Lets nodes pull images from Artifact Registry. It is their only role in the project.
resource "google_project_iam_member" "nodes_images" {
  project = {{ project | hcl }}
  role    = "roles/artifactregistry.reader"
  member  = google_service_account.nodes.member
}

{% endif -%}
{%- if accounts.acts_as_nodes -%}
# Whoever attaches a disk to a machine must be allowed to act as the machine's account.
resource "google_service_account_iam_member" "nodes" {
  service_account_id = google_service_account.nodes.name
  role               = "roles/iam.serviceAccountUser"
  member             = {{ control_plane_member }}
}

{% endif -%}
# What machines need to find the cluster: the API's address, its CA and its Kubernetes version. Nothing in it is secret, but only control
# planes may write it, so nobody can lead a machine to another cluster.
resource "google_secret_manager_secret" "join" {
  secret_id = {{ join_secret | hcl }}
{%- if module %}
  project   = {{ project | hcl }}
{%- endif %}
  labels    = local.labels

  replication {
    user_managed {
      replicas { location = {{ region | hcl }} }
    }
  }
}

# A control plane adds a version every hour and destroys the previous one.
resource "google_secret_manager_secret_iam_member" "join_writer" {
  secret_id = google_secret_manager_secret.join.id
{%- if module %}
  project   = {{ project | hcl }}
{%- endif %}
  role      = "roles/secretmanager.secretVersionManager"
  member    = {{ control_plane_member }}
}
{%- if accounts.nodes.is_some() %}

# Every node reads it when it joins.
resource "google_secret_manager_secret_iam_member" "join_reader" {
  secret_id = google_secret_manager_secret.join.id
{%- if module %}
  project   = {{ project | hcl }}
{%- endif %}
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.nodes.member
}
{%- endif %}
{%- if !accounts.existing_nodes.is_empty() %}

# Existing accounts used by pools.
resource "google_secret_manager_secret_iam_member" "join_reader_existing" {
  for_each = toset({{ accounts.existing_nodes | hcl_list }})

  secret_id = google_secret_manager_secret.join.id
{%- if module %}
  project   = {{ project | hcl }}
{%- endif %}
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${each.key}"
}
{%- endif %}
{%- if load_balancer.is_some() %}

# Joining control planes read it too.
resource "google_secret_manager_secret_iam_member" "join_reader_control_plane" {
  secret_id = google_secret_manager_secret.join.id
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  role      = "roles/secretmanager.secretAccessor"
  member    = {{ control_plane_member }}
}
{%- endif %}

# The cluster's CA keys. READ ACCESS TO THIS SECRET IS FULL CONTROL OF THE CLUSTER. The first control plane writes them once; others join
# with them, and they survive the loss of a state disk.
resource "google_secret_manager_secret" "pki" {
  secret_id = {{ state.secret | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  labels    = local.labels

  replication {
    user_managed {
      replicas { location = {{ region | hcl }} }
    }
  }

  # Without it, no control plane can join, and a snapshot of etcd with encrypted Secrets is lost. See the state disks.
  lifecycle {
    prevent_destroy = true
  }
}

# Only control planes may read it and add to it.
resource "google_secret_manager_secret_iam_member" "pki" {
  for_each = toset(["roles/secretmanager.secretAccessor", "roles/secretmanager.secretVersionAdder"])

  secret_id = google_secret_manager_secret.pki.id
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  role      = each.key
  member    = {{ control_plane_member }}
}
