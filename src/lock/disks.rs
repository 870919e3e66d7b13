//! Machines that Terraform would replace although their disks are kept: it deletes the machine, and then Google refuses to
//! create a disk that exists. The apply stops there, without the machine (tried with the real provider).

use super::agree::{Agreement, Contradiction};
use super::group::{Group, groups};
use super::locate::find;
use super::{KeptDisk, list, machines};
use crate::diag::{Code, Diagnostic};

impl Agreement<'_> {
    /// One diagnostic for a pool, however many machines it has.
    pub(super) fn kept_disks(&self) -> Vec<Diagnostic> {
        // Mostly none: then, and once all are found, thousands of names need no look.
        let mut remaining = self.lock.nodes.values().filter(|place| place.kept_disk.is_some()).count();
        let mut errors = Vec::new();
        for group in groups(self.cluster) {
            let mut replaced = Vec::new();
            for name in group.names {
                if remaining == 0 {
                    break;
                }
                let Some(disk) = self.lock.nodes.get(name).and_then(|place| place.kept_disk.as_ref()) else { continue };
                remaining -= 1;
                // Whoever moved it hears of that first.
                if self.pool_before(name, &group).is_some() {
                    continue;
                }
                if disk.kind != group.machine.disk.kind || disk.spot != group.spot {
                    replaced.push(name);
                }
            }
            errors.extend(self.replaced(&group, &replaced));
        }
        errors
    }

    fn replaced(&self, group: &Group<'_>, names: &[&String]) -> Option<Diagnostic> {
        let (kind, spot) = (&group.machine.disk.kind, group.spot);
        let first = names.first()?;
        let KeptDisk { kind: old, .. } = self.lock.nodes.get(*first)?.kept_disk.as_ref()?;
        let typed = old != kind;
        let what = match (typed, spot) {
            (true, _) => format!("the boot disk's type is {kind}, but {first} keeps its disk of type {old}"),
            (false, true) => format!("`spot` is on, but {first} is not a Spot VM and keeps its disk"),
            (false, false) => format!("`spot` is off, but {first} is a Spot VM and keeps its disk"),
        };
        let message = format!(
            "{what}: applying would delete {} and then fail, because Google refuses to create a disk that exists",
            match names.len() {
                1 => (*first).clone(),
                more => format!("{} ({})", machines(more), list(names)),
            }
        );
        let key = group.pool.and_then(|pool| self.pool_key(pool));
        let written = self.disk_of(group).and_then(|disk| disk.kind.as_ref()).filter(|_| typed);
        let on_purpose = "to recreate the machine without its data, apply `disk.keep: false` first";
        let help = match (typed, written) {
            (true, Some(_)) => format!("change it back; {on_purpose}"),
            (true, None) => format!("set `disk.type: {old}` for {}; {on_purpose}", group.title()),
            (false, _) => format!("change `spot` of {} back; {on_purpose}", group.title()),
        };
        let path = ["nodes", first.as_str(), if typed { "kept_disk" } else { "spot" }];
        // The line of a machine that is not a Spot VM has no such key.
        let at = find(self.source, &path).unwrap_or_else(|| self.at(&path[..2]));
        let error = Diagnostic::error(Code::KeptDisk, message).elsewhere(self.source, at, "a disk that is kept");
        let error = Contradiction::new(error, written.map(|written| &written.span).or(key));
        Some(if written.is_some() { error.back(old).help(help) } else { error.help(help) })
    }
}
