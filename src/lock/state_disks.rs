//! The disks with etcd's data and the cluster's CA. A disk changes neither its zone nor its type, and never shrinks, so Terraform
//! would have to replace it, and refuses the whole plan because of `prevent_destroy`. This is reported first, with what can be done.

use indexmap::IndexMap;

use super::agree::{Agreement, Contradiction};
use super::order::by_name;
use super::{Identity, Lock, Place, list};
use crate::diag::{Code, Diagnostic};
use crate::model::Cluster;
use crate::source::Spanned;
use crate::spec;

/// A control plane's state disk as it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDisk {
    /// Where it is, and so its machine.
    pub zone: String,
    /// Its type.
    pub kind: String,
    /// GB.
    pub size: u32,
}

/// The state disks once the machines are these.
pub(super) fn of(cluster: &Cluster, nodes: &IndexMap<String, Place>) -> IndexMap<String, StateDisk> {
    let disk = &cluster.control_plane.state_disk;
    let of = |name: &String| {
        let zone = nodes[name].zone.clone();
        (name.clone(), StateDisk { zone, kind: disk.kind.clone(), size: disk.size })
    };
    cluster.control_plane.names.iter().map(of).collect()
}

/// How the recorded state disks change, each in a few words.
pub(super) fn updated(before: &Lock, after: &Lock) -> Vec<String> {
    let staying = |name: &&String| before.nodes.contains_key(*name);
    let new: Vec<&String> =
        after.state_disks.keys().filter(staying).filter(|name| !before.state_disks.contains_key(*name)).collect();
    let mut all = Vec::new();
    if !new.is_empty() {
        all.push(format!("record the state disk{} of {}", if new.len() == 1 { "" } else { "s" }, list(&new)));
    }
    let larger = after.state_disks.iter().find(|(name, disk)| {
        before.state_disks.get(*name).is_some_and(|old| (&old.kind, old.size) != (&disk.kind, disk.size))
    });
    all.extend(larger.map(|(_, disk)| format!("update the state disks to {} GB {}", disk.size, disk.kind)));
    all
}

impl Agreement<'_> {
    /// One diagnostic for each thing that cannot be done to a state disk, however many disks it is about.
    pub(super) fn state_disks(&self, identity: Option<&Identity>) -> Vec<Diagnostic> {
        let names = &self.cluster.control_plane.names;
        // A renamed first control plane is a contradiction of its own.
        let renamed = identity.map(|identity| &identity.control_plane).filter(|first| names.first() != Some(first));
        let (mut removed, mut staying): (Vec<_>, Vec<_>) = self
            .lock
            .state_disks
            .iter()
            .filter(|(name, _)| Some(*name) != renamed)
            .partition(|(name, _)| !names.contains(*name));
        for disks in [&mut removed, &mut staying] {
            disks.sort_by(|a, b| by_name(a.0, b.0));
        }
        let written = self.spec.control_plane.as_ref().and_then(|control_plane| control_plane.state_disk.as_ref());
        [
            self.removed(&removed.iter().map(|(name, _)| *name).collect::<Vec<_>>()),
            self.moved_away(&staying),
            self.retyped(&staying, written),
            self.shrunk(&staying, written),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn removed(&self, names: &[&String]) -> Option<Diagnostic> {
        let first = names.first()?;
        let (what, member, line) = match names.len() {
            1 => (
                "is no longer a control plane, but its etcd member and its state disk exist",
                "its etcd member",
                "its line",
            ),
            _ => (
                "are no longer control planes, but their etcd members and state disks exist",
                "their etcd members",
                "their lines",
            ),
        };
        let message = format!("{} {what}: Terraform would refuse to destroy what holds etcd's data", list(names));
        let control_plane = self.spec.control_plane.as_ref();
        let named = control_plane.is_some_and(|control_plane| control_plane.names.is_some());
        let count = control_plane.and_then(|control_plane| control_plane.count.as_ref()).filter(|_| !named);
        let before = self.lock.state_disks.len();
        let back = match (named, count) {
            (true, _) => format!("put {} back under `names`", list(names)),
            (false, Some(_)) => "change it back".to_owned(),
            (false, None) => format!("set `control_plane.count: {before}`"),
        };
        let help = format!(
            "{back}; if they were rendered and never applied, restore {} from Git; to shrink the control plane, remove {member} first, then delete {line} under `state_disks` in {}: `vpcgen \
             explain {}` lists the steps",
            self.file(),
            self.file(),
            Code::StateDisk,
        );
        let error = self.at_state_disk(message, first, None, count);
        // An edited lock may have a number that no control plane can have.
        Some(if before % 2 == 1 { error.number(before).help(help) } else { error.help(help) })
    }

    fn moved_away(&self, disks: &[(&String, &StateDisk)]) -> Option<Diagnostic> {
        let zone = |name: &String| self.lock.nodes.get(name).map(|place| &place.zone);
        let away = |(name, disk): &&(&String, &StateDisk)| zone(name).is_some_and(|zone| *zone != disk.zone);
        let (name, disk) = disks.iter().find(away)?;
        let message = format!(
            "{name} is in {}, but its state disk is in {}: Terraform would refuse to replace the disk, which holds etcd's data",
            zone(name)?,
            disk.zone
        );
        let help = format!(
            "change its `zone` under `nodes` back to {}; `vpcgen explain {}` says how to move a control plane to another zone",
            disk.zone,
            Code::StateDisk
        );
        Some(self.at_state_disk::<u32>(message, name, Some("zone"), None).help(help))
    }

    fn retyped(&self, disks: &[(&String, &StateDisk)], written: Option<&spec::StateDisk>) -> Option<Diagnostic> {
        let now = &self.cluster.control_plane.state_disk.kind;
        let (name, disk) = disks.iter().find(|(_, disk)| disk.kind != *now)?;
        let message = format!(
            "the state disk's type is {now}, but that of {name} exists as {}: Terraform would refuse to replace the disk, which \
             holds etcd's data",
            disk.kind
        );
        let written = written.and_then(|disk| disk.kind.as_ref());
        let back = match written {
            Some(_) => "change it back".to_owned(),
            // A default that follows the machine type.
            None => format!("set `control_plane.state_disk.type: {}`, with a machine type that takes it", disk.kind),
        };
        let help = format!("{back}; {}", self.if_not_applied());
        Some(self.at_state_disk(message, name, Some("type"), written).back(&disk.kind).help(help))
    }

    fn shrunk(&self, disks: &[(&String, &StateDisk)], written: Option<&spec::StateDisk>) -> Option<Diagnostic> {
        let now = self.cluster.control_plane.state_disk.size;
        let (name, disk) = disks.iter().filter(|(_, disk)| disk.size > now).max_by_key(|(_, disk)| disk.size)?;
        let message = format!(
            "the state disk's size is {now} GB, but that of {name} has {}: a disk cannot shrink, and Terraform would refuse to \
             replace it",
            disk.size
        );
        let written = written.and_then(|disk| disk.size.as_ref());
        let back = match written {
            Some(_) => format!("use at least {}", disk.size),
            None => format!("set `control_plane.state_disk.size: {}`", disk.size),
        };
        let help = format!("{back}; {}", self.if_not_applied());
        Some(self.at_state_disk(message, name, Some("size"), written).number(disk.size).help(help))
    }

    /// Points at a state disk in the lock, and at what the description says of it.
    fn at_state_disk<T>(
        &self,
        message: String,
        name: &str,
        key: Option<&str>,
        written: Option<&Spanned<T>>,
    ) -> Contradiction {
        let path: Vec<&str> = ["state_disks", name].into_iter().chain(key).collect();
        let error =
            Diagnostic::error(Code::StateDisk, message).elsewhere(self.source, self.at(&path), "the disk that exists");
        Contradiction::new(error, written.map(|written| &written.span))
    }
}
