//! What holds etcd's data: the state disks and the bucket with snapshots.

use std::collections::BTreeMap;

use super::effect::{Action, Effect, Severity, TakesEffect};
use super::side::Context;
use super::terraform::{Planned, ResourceChange};
use super::words::{arrow, list, show, verb};

/// The effects on state disks that are refused, or grow; those of several disks to which the same happens are one.
pub(super) fn disks(changes: &[ResourceChange], context: &Context<'_>) -> Vec<Effect> {
    let mut groups: BTreeMap<(Planned, String), Vec<&ResourceChange>> = BTreeMap::new();
    for change in changes.iter().filter(|change| is_disk_of_its_own(change)) {
        groups.entry((change.planned, values(change))).or_default().push(change);
    }
    groups.into_iter().map(|((planned, values), changes)| disk(planned, values, &changes, context)).collect()
}

/// A state disk that is refused, or grows.
pub(super) fn is_disk_of_its_own(change: &ResourceChange) -> bool {
    let grows = || change.planned == Planned::Update && change.arguments.iter().any(|argument| argument.path == "size");
    change.address.kind == "google_compute_disk" && (change.guarded || grows())
}

fn values(change: &ResourceChange) -> String {
    let shown = change.arguments.iter().filter(|argument| argument.path != "labels");
    shown
        .map(|a| arrow(&format!("state_disk.{}", a.path), &show(&a.before), &show(&a.after)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn disk(planned: Planned, values: String, changes: &[&ResourceChange], context: &Context<'_>) -> Effect {
    let machines: Vec<String> = changes.iter().filter_map(|change| change.address.key.clone()).collect();
    let keys = [
        "control_plane.state_disk",
        "control_plane.count",
        "control_plane.names",
        "control_plane.machine_type",
        "name",
        "region",
    ];
    let disks = if changes.len() == 1 { "disk" } else { "disks" };
    let mut effect = if changes[0].guarded {
        let does = if planned == Planned::Delete { "delete" } else { "replace" };
        let what = format!("Terraform refuses to {does} the state {disks} of {}", list(&machines));
        let effect = Effect::new(Action::Refused, Severity::Danger, "state disks", what)
            .why("prevent_destroy: it holds etcd's data and the cluster's CA. The whole plan fails");
        let remove = "# remove its etcd member first: docs/operations.md, \"Shrink the control plane\"".to_owned();
        let forget = changes.iter().map(|change| format!("terraform state rm '{}'", change.address));
        match planned {
            Planned::Delete => std::iter::once(remove).chain(forget).fold(effect, Effect::manual),
            _ => effect,
        }
    } else {
        let what = format!("the state {disks} of {} {} while in use", list(&machines), verb(changes.len(), "grow"));
        Effect::new(Action::Update, Severity::Info, "state disks", what)
            .why("The file system grows at the machine's next boot. A disk cannot be made smaller again")
            .when(TakesEffect::Reboot)
    };
    let of_lock = || machines.first().map(|machine| context.lock_line(&format!("nodes.{machine}.zone"), machine));
    effect.change = values;
    effect.cause = context.keys.cause(&keys).or_else(of_lock);
    effect.addresses = changes.iter().map(|change| change.address.to_string()).collect();
    effect.attributes = changes[0].arguments.iter().map(|argument| argument.path.clone()).collect();
    effect
}

/// The effects on the bucket, each with the argument that it is about; `None`: another resource, or nothing of its own.
pub(super) fn bucket(change: &ResourceChange, context: &Context<'_>) -> Option<Vec<(Effect, String)>> {
    let refused = |what: &str, why: &str| {
        Effect::new(Action::Refused, Severity::Danger, "backup bucket", what)
            .why(why)
            .manual("terraform state rm google_storage_bucket.backup   # before the apply: keeps the bucket and its snapshots")
            .cause(context.keys.cause(&["backup", "project", "name", "region"]))
    };
    if change.address.kind != "google_storage_bucket" {
        return None;
    }
    match change.planned {
        Planned::Delete => {
            let why = "The provider deletes only an empty bucket, and this one holds snapshots: the apply fails there, after etcd's snapshots have lost the right to be written";
            Some(vec![(refused("Google refuses to delete the bucket with the snapshots", why), String::new())])
        }
        Planned::Replace => {
            let first = change.arguments.first()?;
            let effect = refused(
                "Terraform refuses to replace the bucket with the snapshots",
                "prevent_destroy: the whole plan fails",
            );
            Some(vec![(
                effect.change(arrow("backup.bucket", &show(&first.before), &show(&first.after))),
                first.path.clone(),
            )])
        }
        Planned::Update => {
            let keep = change.arguments.iter().find(|argument| argument.path == "lifecycle_rule")?;
            let days = |plan: &crate::plan::Plan| {
                plan.backup.as_ref().map_or(String::new(), |backup| {
                    format!("{} days, then daily for {} days", backup.keep_hourly, backup.keep_daily)
                })
            };
            let shorter = context
                .old
                .backup
                .as_ref()
                .zip(context.new.backup.as_ref())
                .is_some_and(|(old, new)| new.keep_hourly < old.keep_hourly || new.keep_daily < old.keep_daily);
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
