//! Settings that Terraform changes on all machines of a group at the same time, and those that it cannot change at all. Tried with
//! the real provider: it stops, changes and starts up to ten machines in parallel, and drains none of them.

use super::agree::{Agreement, Contradiction};
use super::group::{Group, groups};
use super::{NAMED, Settings, list};
use crate::diag::{Code, Diagnostic};
use crate::model::{Derived, architecture};
use crate::source::Spanned;
use crate::spec::Disk;

/// Machines that exist, and how their settings change.
struct Changed<'a> {
    group: Group<'a>,
    names: Vec<&'a String>,
    old: &'a Settings,
    new: Settings,
}

impl Changed<'_> {
    /// Terraform creates the machines again, with new boot disks.
    fn recreates(&self) -> bool {
        self.old.disk_type != self.new.disk_type || self.old.spot != self.new.spot
    }

    fn restarts(&self) -> bool {
        self.old.machine_type != self.new.machine_type
    }

    /// The settings that change and their values.
    fn values(&self) -> String {
        let (old, new) = (&self.old, &self.new);
        let kind = (old.disk_type != new.disk_type)
            .then(|| format!("changes `disk.type` from {} to {}", old.disk_type, new.disk_type));
        let machine_type = (old.machine_type != new.machine_type)
            .then(|| format!("changes `machine_type` from {} to {}", old.machine_type, new.machine_type));
        let spot = (old.spot != new.spot).then(|| format!("turns `spot` {}", if new.spot { "on" } else { "off" }));
        [machine_type, kind, spot].into_iter().flatten().collect::<Vec<_>>().join(" and ")
    }

    fn is_alone(&self) -> bool {
        self.names.len() == 1
    }

    /// The machine's address in Terraform.
    fn address(&self, name: &str) -> String {
        let label = self.group.pool.map_or("control_plane".to_owned(), Derived::label);
        format!("google_compute_instance.{label}[\"{name}\"]")
    }
}

impl Agreement<'_> {
    fn changed(&self) -> impl Iterator<Item = Changed<'_>> {
        groups(self.cluster).filter_map(|group| {
            let (old, new) = (self.lock.machines.get(group.key())?, group.settings());
            if *old == new {
                return None;
            }
            let stays =
                |name: &&String| self.lock.nodes.contains_key(*name) && self.pool_before(name, &group).is_none();
            let names: Vec<&String> = group.names.iter().filter(stays).collect();
            (!names.is_empty()).then_some(Changed { group, names, old, new })
        })
    }

    /// Errors: what Google refuses.
    pub(super) fn impossible_changes(&self) -> Vec<Diagnostic> {
        // A new machine has a new boot disk, of the new size, with an image that fits.
        let stay = self.changed().filter(|changed| !changed.recreates());
        stay.flat_map(|changed| [self.other_architecture(&changed), self.smaller_disk(&changed)]).flatten().collect()
    }

    fn other_architecture(&self, changed: &Changed<'_>) -> Option<Diagnostic> {
        let (old, new) = (&changed.old.machine_type, &changed.new.machine_type);
        let (of_disk, of_machine) = (architecture(old)?, architecture(new)?);
        if of_disk == of_machine {
            return None;
        }
        let message = format!(
            "{} changes `machine_type` from {old} to {new}, but {} made from an {of_disk} image: Google would refuse the \
             {of_machine} machine type after Terraform has stopped {}",
            changed.group.title(),
            match changed.names.as_slice() {
                [name] => format!("the boot disk of {name} was"),
                names => format!("the boot disks of {} were", list(names)),
            },
            if changed.is_alone() { "the machine" } else { "the machines" },
        );
        let back = match changed.group.pool {
            Some(_) => format!("change it back, and add a pool with {new} instead"),
            None => "change it back".to_owned(),
        };
        let help = format!("{back}; {}", self.recreating(changed, old, "machine_type"));
        let written = self.machine_type_of(&changed.group);
        let path = ["machines", changed.group.key(), "machine_type"];
        let error = Diagnostic::error(Code::ArchitectureMismatch, message).elsewhere(
            self.source,
            self.at(&path),
            format!("{of_disk} machines"),
        );
        let key = changed.group.pool.and_then(|pool| self.pool_key(pool));
        let error = Contradiction::new(error, written.map(|written| &written.span).or(key));
        Some(if written.is_some() { error.back(old).help(help) } else { error.help(help) })
    }

    fn smaller_disk(&self, changed: &Changed<'_>) -> Option<Diagnostic> {
        let (old, new) = (changed.old.disk_size, changed.new.disk_size);
        if new >= old {
            return None;
        }
        let title = changed.group.title();
        let message = format!(
            "the boot disk's size of {title} is {new} GB, but {} {old} GB: Google refuses to shrink a disk, half way through the \
             apply",
            match changed.names.as_slice() {
                [name] => format!("that of {name} has"),
                names => format!("those of {} have", list(names)),
            }
        );
        let written = self.disk_of(&changed.group).and_then(|disk| disk.size.as_ref());
        let back = match written {
            Some(_) => format!("use at least {old}"),
            None => format!("set `disk.size: {old}` for {title}"),
        };
        let help = format!("{back}; {}", self.recreating(changed, &format!("{old} GB"), "disk_size"));
        let path = ["machines", changed.group.key(), "disk_size"];
        let error = self.contradiction(message, written, &path, "the size in use");
        Some(error.number(old).help(help))
    }

    /// The ways out: a value that never became real, and new machines with new boot disks.
    fn recreating(&self, changed: &Changed<'_>, old: &str, key: &str) -> String {
        let file = self.file();
        let address = changed.names.first().map(|name| changed.address(name)).unwrap_or_default();
        let never = format!("if {old} was never applied, change `{key}` in {file}");
        if changed.names.iter().any(|name| self.lock.nodes[*name].kept_disk.is_some()) {
            return never;
        }
        let (machines, each) =
            if changed.is_alone() { ("the machine", "") } else { ("the machines", ", one machine after the other") };
        let group = match changed.group.pool {
            None if !changed.is_alone() => format!(" (`vpcgen explain {}` lists all steps)", Code::DisruptiveChange),
            _ => String::new(),
        };
        format!(
            "{never}; to recreate {machines} with new boot disks, change it there too, then run `terraform apply \
             -target='{address}' -replace='{address}'`{each}{group}"
        )
    }

    /// The machine type as the description has it.
    fn machine_type_of(&self, group: &Group<'_>) -> Option<&Spanned<String>> {
        match group.pool {
            Some(pool) => self.pool(pool).and_then(|(_, pool)| pool.machine_type.as_ref()),
            None => self.spec.control_plane.as_ref().and_then(|control_plane| control_plane.machine_type.as_ref()),
        }
    }

    /// The description of a group's boot disk.
    pub(super) fn disk_of(&self, group: &Group<'_>) -> Option<&Disk> {
        match group.pool {
            Some(pool) => self.pool(pool).and_then(|(_, pool)| pool.disk.as_ref()),
            None => self.spec.control_plane.as_ref().and_then(|control_plane| control_plane.disk.as_ref()),
        }
    }

    /// One warning for each group: its machines would restart, or be created again, at the same time.
    pub(super) fn disruptive_changes(&self) -> Vec<Diagnostic> {
        let disrupts = |changed: &Changed<'_>| changed.recreates() || changed.restarts();
        self.changed().filter(disrupts).map(|changed| self.disruptive(&changed)).collect()
    }

    fn disruptive(&self, changed: &Changed<'_>) -> Diagnostic {
        let names = list(&changed.names);
        let (alone, control_plane) = (changed.is_alone(), changed.group.pool.is_none());
        let it = if alone { "it" } else { "them" };
        let does = match changed.recreates() {
            true => format!("destroy {names} and create {it} again"),
            false => format!("stop {names} and start {it} again"),
        };
        let consequence = match (control_plane, alone) {
            (true, true) => ", and the API is unavailable meanwhile".to_owned(),
            (true, false) => " at the same time, and etcd would lose its majority".to_owned(),
            (false, true) => ", without draining it".to_owned(),
            (false, false) => " at the same time, without draining them".to_owned(),
        };
        let message = format!("{} {}: Terraform would {does}{consequence}", changed.group.title(), changed.values());
        let warning = Diagnostic::warning(Code::DisruptiveChange, message).help(self.gradually(changed));
        let at = self.at(&["machines", changed.group.key()]);
        let written = self.written(changed).or(changed.group.pool.and_then(|pool| self.pool_key(pool)));
        let warning = written.into_iter().fold(warning, |warning, span| warning.at(span, ""));
        warning.elsewhere(self.source, at, "rendered last")
    }

    /// How to do it one machine at a time.
    fn gradually(&self, changed: &Changed<'_>) -> String {
        let Some(first) = changed.names.first() else { return String::new() };
        let drain = format!("`kubectl drain {first} --ignore-daemonsets --delete-emptydir-data`");
        let module = if self.cluster.terraform.module { ", with the module's address before it" } else { "" };
        let apply = format!("`terraform apply -target='{}'`{module}", changed.address(first));
        // A machine that was created again is a new Node.
        let uncordon = if changed.recreates() { String::new() } else { format!("`kubectl uncordon {first}`, ") };
        let others = match changed.names.len() {
            more if more > NAMED => "then the others",
            _ => "then the next",
        };
        match (changed.group.pool, changed.names.len()) {
            (None, 1) => {
                "pods keep running, but nothing is scheduled until the machine is back: apply when that is acceptable"
                    .to_owned()
            }
            (None, _) if changed.recreates() => format!(
                "apply to one machine at a time, each when the last one is ready: {apply}, then add {first} to its instance group \
                 again, {others}: `vpcgen explain {}` lists the commands",
                Code::DisruptiveChange
            ),
            (None, _) => format!("apply to one machine at a time, each when the last one is ready: {apply}, {others}"),
            (Some(_), 1) => format!("drain it first: {drain}"),
            (Some(pool), _) => format!(
                "drain and apply to one machine at a time: {drain}, {apply}, {uncordon}{others}; or add a pool with the new settings and \
                 remove `{pool}` once it is drained"
            ),
        }
    }

    /// Where the description has the setting that matters most.
    fn written(&self, changed: &Changed<'_>) -> Option<&crate::source::Span> {
        let kind = self.disk_of(&changed.group).and_then(|disk| disk.kind.as_ref());
        let kind = kind.filter(|_| changed.old.disk_type != changed.new.disk_type).map(|kind| &kind.span);
        let machine_type = self.machine_type_of(&changed.group).filter(|_| changed.restarts());
        kind.or(machine_type.map(|machine_type| &machine_type.span))
    }
}
