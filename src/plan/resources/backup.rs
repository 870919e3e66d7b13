use serde_json::json;

use super::{Address, Resource};
use crate::plan::{Account, Backup, Plan};

/// The bucket for etcd's snapshots, and what the control planes may do with it.
pub(super) fn of(plan: &Plan, backup: &Backup) -> Vec<Resource> {
    let Backup { bucket, keep_hourly, keep_daily, .. } = backup;
    let delete = |prefix: &str, days: &u32| {
        json!({
            "action": [{ "type": "Delete" }],
            "condition": [{ "age": days, "matches_prefix": [prefix] }],
        })
    };
    let (member, email) = match &plan.accounts.control_plane {
        Account::Created(id) => (
            "${google_service_account.control_plane.member}".to_owned(),
            format!("{id}@{}.iam.gserviceaccount.com", plan.project),
        ),
        Account::Existing(email) => (format!("serviceAccount:{email}"), email.clone()),
    };
    let mut all = vec![Resource::new(
        Address::one("google_storage_bucket", "backup"),
        format!("{}/{bucket}", plan.project),
        plan.labelled(json!({
            "name": bucket,
            "location": plan.region,
            "uniform_bucket_level_access": true,
            "public_access_prevention": "enforced",
            "force_destroy": false,
            "lifecycle_rule": [delete("hourly/", keep_hourly), delete("daily/", keep_daily)],
            "lifecycle": [{ "prevent_destroy": true }],
        })),
    )];
    all.extend(Backup::ROLES.map(|role| {
        Resource::new(
            Address::each("google_storage_bucket_iam_member", "backup", role),
            format!("b/{bucket} {role} serviceAccount:{email}"),
            json!({ "bucket": "${google_storage_bucket.backup.name}", "role": role, "member": member }),
        )
    }));
    all
}
