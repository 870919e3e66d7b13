{% if let Some(backup) = backup -%}
# Snapshots of etcd, without the CA. Unless kubernetes.encrypt_secrets is on, THEY CONTAIN EVERY SECRET OF THE CLUSTER IN CLEAR TEXT.
resource "google_storage_bucket" "backup" {
  name = {{ backup.bucket | hcl }}
{%- if module %}
  project = {{ project | hcl }}
{%- endif %}
  location = {{ region | hcl }}
  uniform_bucket_level_access = true
  public_access_prevention = "enforced"
  force_destroy = false
  labels = local.labels

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = {{ backup.keep_hourly }}
      matches_prefix = ["hourly/"]
    }
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = {{ backup.keep_daily }}
      matches_prefix = ["daily/"]
    }
  }

  # To keep the snapshots when the cluster or its backup is removed deliberately: terraform state rm google_storage_bucket.backup
  lifecycle {
    prevent_destroy = true
  }
}

# Control planes add snapshots and read them. They cannot delete or overwrite any, so a compromised machine cannot destroy them.
resource "google_storage_bucket_iam_member" "backup" {
  for_each = toset(["roles/storage.objectCreator", "roles/storage.objectViewer"])

  bucket = google_storage_bucket.backup.name
  role = each.key
  member = {{ control_plane_member }}
}
{%- endif %}
