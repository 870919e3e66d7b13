use std::fmt::Write as _;

use indexmap::IndexMap;

use super::order::by_name;
use super::settings::CONTROL_PLANE;
use super::{Identity, LastOwner, Lock, OrphanedDisk, Place, Released, Settings, StateDisk};
use crate::model::Derived;

/// The version of the format that is written.
pub(super) const VERSION: u64 = 3;

impl Lock {
    /// The whole file: JSON with one line for each machine, so that Git merges it; no time, no version of vpcgen, so that it
    /// changes only where the cluster does. A lock without an identity is printed in the version that had none.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(512 + 112 * self.nodes.len());
        let version = if self.identity.is_some() { VERSION } else { 1 };
        let _ = writeln!(text, "{{\n  \"version\": {version},");
        if let Some(identity) = &self.identity {
            cluster(&mut text, identity);
        }
        let _ = writeln!(text, "  \"pods\": \"{}\",\n  \"node_prefix\": {},", self.pods, self.node_prefix);
        let released = self.released.iter().map(|Released { pods, last }| match last {
            None => format!("\"{pods}\""),
            Some(LastOwner { name, zone }) => {
                format!("{{ \"pods\": \"{pods}\", \"name\": \"{name}\", \"zone\": \"{zone}\" }}")
            }
        });
        lines(&mut text, "released", '[', released, ']');
        if !self.orphaned_disks.is_empty() {
            let disks = self.orphaned_disks.iter().map(|OrphanedDisk { name, zone, kind }| {
                format!("{{ \"name\": \"{name}\", \"zone\": \"{zone}\", \"type\": \"{kind}\" }}")
            });
            lines(&mut text, "orphaned_disks", '[', disks, ']');
        }
        if !self.state_disks.is_empty() {
            let disks = sorted(&self.state_disks).map(|(name, StateDisk { zone, kind, size })| {
                format!("\"{name}\": {{ \"zone\": \"{zone}\", \"type\": \"{kind}\", \"size\": {size} }}")
            });
            lines(&mut text, "state_disks", '{', disks, '}');
        }
        if !self.machines.is_empty() {
            let settings = by_group(&self.machines).map(|(group, settings)| {
                let Settings { machine_type, disk_type, disk_size, spot } = settings;
                let spot = if *spot { ", \"spot\": true" } else { "" };
                format!(
                    "\"{group}\": {{ \"machine_type\": \"{machine_type}\", \"disk_type\": \"{disk_type}\", \"disk_size\": \
                     {disk_size}{spot} }}"
                )
            });
            lines(&mut text, "machines", '{', settings, '}');
        }
        text.push_str("  \"nodes\": {");
        // Every text is checked and needs no escapes.
        for (index, (name, Place { pods, zone, pool, kept_disk, address })) in sorted(&self.nodes).enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\n    \"{name}\": {{ \"pods\": \"{pods}\", \"zone\": \"{zone}\"");
            let derived = self.identity.as_ref().and_then(|identity| Derived(&identity.name).pool_of(name));
            if let Some(pool) = pool.as_deref().filter(|pool| derived != Some(pool)) {
                let _ = write!(text, ", \"pool\": \"{pool}\"");
            }
            if let Some(disk) = kept_disk {
                let spot = if disk.spot { ", \"spot\": true" } else { "" };
                let _ = write!(text, ", \"kept_disk\": \"{}\"{spot}", disk.kind);
            }
            if let Some(address) = address {
                let _ = write!(text, ", \"address\": \"{address}\"");
            }
            text.push_str(" }");
        }
        text.push_str("\n  }\n}\n");
        text
    }
}

/// The machines in the file's order.
fn sorted<T>(machines: &IndexMap<String, T>) -> impl Iterator<Item = (&String, &T)> {
    let mut all: Vec<_> = machines.iter().collect();
    all.sort_by(|a, b| by_name(a.0, b.0));
    all.into_iter()
}

/// The control plane, then the pools by name.
fn by_group(settings: &IndexMap<String, Settings>) -> impl Iterator<Item = (&String, &Settings)> {
    let mut all: Vec<_> = settings.iter().collect();
    all.sort_by(|a, b| (a.0 != CONTROL_PLANE, a.0).cmp(&(b.0 != CONTROL_PLANE, b.0)));
    all.into_iter()
}

fn cluster(text: &mut String, identity: &Identity) {
    let Identity { name, project, region, network, subnet, nodes, services, control_plane, kubernetes } = identity;
    let _ = write!(
        text,
        "  \"cluster\": {{\n    \"name\": \"{name}\",\n    \"project\": \"{project}\",\n    \"region\": \"{region}\",\n    \
         \"network\": \"{network}\",\n    \"subnet\": \"{subnet}\",\n    \"nodes\": \"{nodes}\",\n    \
         \"services\": \"{services}\",\n    \"control_plane\": \"{control_plane}\",\n    \
         \"kubernetes\": \"{kubernetes}\"\n  }},\n"
    );
}

/// A key whose values have a line each.
fn lines(text: &mut String, key: &str, open: char, values: impl Iterator<Item = String>, close: char) {
    let values: Vec<String> = values.map(|value| format!("\n    {value}")).collect();
    let end = if values.is_empty() { "" } else { "\n  " };
    let _ = writeln!(text, "  \"{key}\": {open}{}{end}{close},", values.join(","));
}
