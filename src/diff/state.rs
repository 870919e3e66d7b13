//! What holds etcd's data: the state disks and the bucket with snapshots.

use super::effect::{Action, Effect, Severity, TakesEffect};
use super::side::Context;
use super::terraform::{Planned, ResourceChange};
use super::words::{arrow, show};

/// The effects on a state disk or the bucket, each with the argument that it is about; `None`: another resource, or nothing of its own.
pub(super) fn effect(change: &ResourceChange, context: &Context<'_>) -> Option<Vec<(Effect, String)>> {
    match change.address.kind {
        "google_compute_disk" => disk(change, context),
        "google_storage_bucket" => bucket(change, context),
        _ => None,
    }
}

fn disk(change: &ResourceChange, context: &Context<'_>) -> Option<Vec<(Effect, String)>> {
    let machine = change.address.key.as_deref().unwrap_or_default();
    let keys = ["control_plane.state_disk", "control_plane.count", "control_plane.names", "control_plane.machine_type", "name"];
    let first = change.arguments.iter().find(|argument| argument.path != "labels");
    let path = first.map(|argument| argument.path.clone()).unwrap_or_default();
    let values = first.map(|first| arrow(&format!("state_disk.{}", first.path), &show(&first.before), &show(&first.after)));
    if change.guarded {
        let what = match change.planned {
            Planned::Delete => format!("Terraform refuses to delete the state disk of {machine}"),
            _ => format!("Terraform refuses to replace the state disk of {machine}"),
        };
        let effect = Effect::new(Action::Refused, Severity::Danger, "state disks", what)
            .change(values.unwrap_or_default())
            .why("prevent_destroy: it holds etcd's data and the cluster's CA. The whole plan fails");
        let effect = match change.planned {
            Planned::Delete => effect
                .manual("# remove its etcd member first: docs/operations.md, \"Shrink the control plane\"")
                .manual(format!("terraform state rm '{}'", change.address)),
            _ => effect,
        };
        let cause = context.keys.cause(&keys).or_else(|| Some(context.lock_line(&format!("nodes.{machine}.zone"), machine)));
        return Some(vec![(effect.cause(cause), path)]);
    }
    if change.planned != Planned::Update || path != "size" {
        return None;
    }
    let effect = Effect::new(Action::Update, Severity::Info, "state disks", format!("the state disk of {machine} grows while it is in use"))
        .change(values?)
        .why("The file system grows at the machine's next boot. It cannot be made smaller again")
        .when(TakesEffect::Reboot)
        .cause(context.keys.cause(&keys));
    Some(vec![(effect, path)])
}

fn bucket(change: &ResourceChange, context: &Context<'_>) -> Option<Vec<(Effect, String)>> {
    let refused = |what: &str, why: &str| {
        Effect::new(Action::Refused, Severity::Danger, "backup bucket", what)
            .why(why)
            .manual("terraform state rm google_storage_bucket.backup   # before the apply: keeps the bucket and its snapshots")
            .cause(context.keys.cause(&["backup", "project", "name", "region"]))
    };
    match change.planned {
        Planned::Delete => {
            let why = "The provider deletes only an empty bucket, and this one holds snapshots: the apply fails there, after etcd's snapshots have lost the right to be written";
            Some(vec![(refused("Google refuses to delete the bucket with the snapshots", why), String::new())])
        }
        Planned::Replace => {
            let first = change.arguments.first()?;
            let effect = refused("Terraform refuses to replace the bucket with the snapshots", "prevent_destroy: the whole plan fails");
            Some(vec![(effect.change(arrow("backup.bucket", &show(&first.before), &show(&first.after))), first.path.clone())])
        }
        Planned::Update => {
            let keep = change.arguments.iter().find(|argument| argument.path == "lifecycle_rule")?;
            let days = |plan: &crate::plan::Plan| {
                plan.backup.as_ref().map_or(String::new(), |backup| format!("{} days, then daily for {} days", backup.keep_hourly, backup.keep_daily))
            };
            let shorter = context.old.backup.as_ref().zip(context.new.backup.as_ref()).is_some_and(|(old, new)| {
                new.keep_hourly < old.keep_hourly || new.keep_daily < old.keep_daily
            });
            let effect = Effect::new(
                Action::Update,
                if shorter { Severity::Caution } else { Severity::Info },
                "backup bucket",
                if shorter { "older snapshots are deleted, within a day" } else { "snapshots are kept longer" },
            )
            .change(arrow("backup", &days(context.old), &days(context.new)))
            .cause(context.keys.cause(&["backup.keep_hourly", "backup.keep_daily", "backup"]));
            Some(vec![(effect, keep.path.clone())])
        }
        _ => None,
    }
}
