//! Disks that outlive their machines: they cost money unnoticed, and block a new machine of the same name.

use std::collections::{BTreeMap, HashSet};

use indexmap::IndexMap;

use super::agree::Agreement;
use super::group::groups;
use super::order::by_name;
use super::{Lock, OrphanedDisk, Place, list};
use crate::diag::{Code, Diagnostic};

/// The orphaned disks once the machines are these: a disk whose name and zone a machine has is that machine's.
pub(super) fn after(before: &Lock, nodes: &IndexMap<String, Place>) -> Vec<OrphanedDisk> {
    let owned = |disk: &OrphanedDisk| nodes.get(&disk.name).is_some_and(|place| place.zone == disk.zone);
    let mut all: Vec<_> = before.orphaned_disks.iter().filter(|disk| !owned(disk)).cloned().collect();
    let gone = left(before, |name| nodes.contains_key(name));
    all.extend(gone.into_iter().filter(|disk| !before.orphaned_disks.contains(disk)));
    all
}

/// Those of machines that are gone now.
fn left(before: &Lock, stays: impl Fn(&str) -> bool) -> Vec<OrphanedDisk> {
    let gone = before.nodes.iter().filter_map(|(name, place)| {
        let disk = place.kept_disk.as_ref().filter(|_| !stays(name))?;
        Some(OrphanedDisk { name: name.clone(), zone: place.zone.clone(), kind: disk.kind.clone() })
    });
    let mut gone: Vec<_> = gone.collect();
    // The same disks in the same order, whatever the lock's layout.
    gone.sort_by(|a, b| by_name(&a.name, &b.name));
    gone
}

impl Agreement<'_> {
    /// Warns of disks that machines leave behind, and of new machines whose name and zone such a disk may still have.
    pub(super) fn orphaned_disks(&self) -> Vec<Diagnostic> {
        // Mostly none: then thousands of names need no look.
        let kept = self.lock.nodes.iter().filter(|(_, place)| place.kept_disk.is_some()).map(|(name, _)| name);
        let mut missing: HashSet<&str> =
            kept.chain(self.lock.orphaned_disks.iter().map(|disk| &disk.name)).map(String::as_str).collect();
        for name in groups(self.cluster).flat_map(|group| group.names) {
            if missing.is_empty() {
                break;
            }
            missing.remove(name.as_str());
        }
        let left = left(self.lock, |name| !missing.contains(name));
        let again =
            |disk: &&OrphanedDisk| !missing.contains(disk.name.as_str()) && !self.lock.nodes.contains_key(&disk.name);
        let mut back: Vec<_> = self.lock.orphaned_disks.iter().filter(again).collect();
        if !back.is_empty() {
            // A disk in another zone does not block the new machine.
            let after = Lock::assign(self.cluster, Some(self.lock));
            back.retain(|disk| after.nodes.get(&disk.name).is_some_and(|place| place.zone == disk.zone));
        }
        self.left_behind(&left).into_iter().chain(self.in_the_way(&back)).collect()
    }

    fn left_behind(&self, left: &[OrphanedDisk]) -> Option<Diagnostic> {
        let first = left.first()?;
        let names: Vec<_> = left.iter().map(|disk| &disk.name).collect();
        let (their, disks, remain) =
            if left.len() == 1 { ("its", "disk", "remains") } else { ("their", "disks", "remain") };
        let message = format!(
            "{} no longer in the description: {their} boot {disks} {remain} in the project",
            match left.len() {
                1 => format!("{} is", list(&names)),
                _ => format!("{} are", list(&names)),
            }
        );
        let help = format!(
            "a renamed machine starts with a new, empty disk; when the data is not needed, delete {} with {}",
            if left.len() == 1 { "it" } else { "them" },
            self.deletion(left)
        );
        let span = self.at(&["nodes", &first.name, "kept_disk"]);
        Some(Diagnostic::warning(Code::OrphanedDisk, message).elsewhere(self.source, span, "`keep` is on").help(help))
    }

    /// A command for each zone.
    fn deletion<'d>(&self, disks: impl IntoIterator<Item = &'d OrphanedDisk>) -> String {
        let mut zones: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for disk in disks {
            zones.entry(&disk.zone).or_default().push(&disk.name);
        }
        let project = &self.cluster.project;
        let command = |(zone, names): (&&str, &Vec<&str>)| {
            format!("`gcloud compute disks delete {} --project {project} --zone {zone}`", names.join(" "))
        };
        zones.iter().map(command).collect::<Vec<_>>().join(" and ")
    }

    fn in_the_way(&self, back: &[&OrphanedDisk]) -> Option<Diagnostic> {
        let first = back.first()?;
        let names: Vec<_> = back.iter().map(|disk| &disk.name).collect();
        let message = match back.len() {
            1 => format!("{} is created again, and the kept disk of the old {0} may block it", list(&names)),
            _ => format!("{} are created again, and kept disks of these names may block them", list(&names)),
        };
        let help = format!(
            "Google refuses to create a disk that exists: unless {} been deleted, run {} first",
            if back.len() == 1 { "it has" } else { "they have" },
            self.deletion(back.iter().copied())
        );
        let pool = groups(self.cluster).find(|group| group.names.contains(&first.name));
        let key = pool.and_then(|group| self.pool_key(group.pool?));
        let diagnostic = Diagnostic::warning(Code::OrphanedDisk, message);
        let diagnostic = key.into_iter().fold(diagnostic, |diagnostic, key| diagnostic.at(key, ""));
        Some(diagnostic.elsewhere(self.source, self.at(&["orphaned_disks"]), "kept disks without a machine").help(help))
    }
}
