//! The file's entries: every range, name and zone is checked, and no two machines have the same block.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use std::net::Ipv4Addr;

use indexmap::IndexMap;

use super::file::{self, File, Text, span};
use super::settings::CONTROL_PLANE;
use super::{Identity, KeptDisk, LastOwner, Lock, OrphanedDisk, Place, Released, Settings, StateDisk};
use crate::diag::{Code, Diagnostic, Report, Severity};
use crate::model::{Derived, is_name};
use crate::net::{Cidr, CidrError};
use crate::source::Source;

const RESTORE: &str = "restore the line from Git";
const RESTORE_MACHINE: &str =
    "restore the line from Git; if the machine was never created, delete its line, and it gets a new block";

/// The lock, if every line of it is valid.
pub(super) fn check(file: &File<'_>, source: &Source, report: &mut Report) -> Option<Lock> {
    let before = report.count(Severity::Error);
    let mut lines = Lines { source, report, help: RESTORE };
    let identity = file.cluster.as_ref().map(|cluster| lines.identity(cluster));
    let pods = lines.range(file.pods)?;
    if !(pods.prefix()..=32).contains(&file.node_prefix) {
        let message = format!("blocks of /{} do not fit into {pods}", file.node_prefix);
        lines.report.push(invalid(message).help(RESTORE).at(&span(file.pods, source), "the pod range"));
        return None;
    }
    lines.help = RESTORE_MACHINE;
    let region = file.cluster.as_ref().map(|cluster| cluster.region);
    let machines_range = file.cluster.as_ref().and_then(|cluster| cluster.nodes.parse().ok());
    let owners = HashMap::with_capacity(file.nodes.0.len());
    let mut entries = Entries {
        lines,
        pods,
        node_prefix: file.node_prefix,
        region,
        owners,
        machines: machines_range,
        addresses: HashSet::new(),
    };
    let released = file.released.iter().filter_map(|block| entries.released(block)).collect();
    let orphaned_disks = file.orphaned_disks.iter().filter_map(|disk| entries.orphan(disk)).collect();
    let state_disks = entries.by_name(&file.state_disks, Entries::state_disk);
    let machines = entries.by_name(&file.machines, Entries::settings);
    let mut nodes = entries.by_name(&file.nodes, Entries::place);
    // Terraform reserves addresses for control planes alone.
    for (name, entry) in &file.nodes.0 {
        if let Some(text) = entry.address.filter(|_| !state_disks.contains_key(*name)) {
            entries.lines.refuse(text, &format!("cannot be reserved for {name}, which is not a control plane"));
        }
    }
    if let Some(cluster) = &file.cluster {
        let control_plane = |name: &str| name == cluster.control_plane || state_disks.contains_key(name);
        for (name, place) in nodes.iter_mut().filter(|(name, place)| place.pool.is_none() && !control_plane(name)) {
            place.pool = Derived(cluster.name).pool_of(name).map(str::to_owned);
        }
    }
    let right = report.count(Severity::Error) == before;
    right.then_some(Lock {
        identity: identity.flatten(),
        pods,
        node_prefix: file.node_prefix,
        machines,
        nodes,
        released,
        orphaned_disks,
        state_disks,
    })
}

/// Checks of single values.
struct Lines<'a, 'r> {
    source: &'a Source,
    report: &'r mut Report,
    help: &'static str,
}

impl<'a> Lines<'a, '_> {
    fn identity(&mut self, cluster: &file::Cluster<'a>) -> Option<Identity> {
        let named = self.name(cluster.name, "cluster name")
            & self.name(cluster.region, "region")
            & self.name(cluster.network, "VPC name")
            & self.name(cluster.subnet, "subnet name")
            & self.name(cluster.control_plane, "instance name")
            & self.project(cluster.project);
        let (nodes, services) = (self.range(cluster.nodes), self.range(cluster.services));
        let kubernetes = cluster.kubernetes.parse();
        if kubernetes.is_err() {
            self.refuse(cluster.kubernetes, "is not a full Kubernetes version, such as 1.36.3");
        }
        let (nodes, services, kubernetes) = (nodes?, services?, kubernetes.ok()?);
        named.then(|| Identity {
            name: cluster.name.to_owned(),
            project: cluster.project.to_owned(),
            region: cluster.region.to_owned(),
            network: cluster.network.to_owned(),
            subnet: cluster.subnet.to_owned(),
            nodes,
            services,
            control_plane: cluster.control_plane.to_owned(),
            kubernetes,
        })
    }

    /// Domain-scoped projects, such as `example.com:lab`, included.
    fn project(&mut self, text: Text<'a>) -> bool {
        let right = !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:".contains(&byte));
        if !right {
            self.refuse(text, "is not a valid project id");
        }
        right
    }

    fn name(&mut self, text: Text<'a>, what: &str) -> bool {
        let right = is_name(text);
        if !right {
            self.refuse(text, &format!("is not a valid {what}"));
        }
        right
    }

    fn range(&mut self, text: Text<'a>) -> Option<Cidr> {
        match text.parse() {
            Ok(cidr) => return Some(cidr),
            Err(CidrError::HostBits(range)) => self.refuse(text, &format!("is an address inside {range}, not a range")),
            Err(CidrError::Ipv6 | CidrError::Syntax) => self.refuse(text, "is not an IPv4 range in CIDR notation"),
        }
        None
    }

    fn refuse(&mut self, text: Text<'a>, what: &str) {
        self.report.push(invalid(format!("`{text}` {what}")).help(self.help).at(&span(text, self.source), ""));
    }
}

struct Entries<'a, 'r> {
    lines: Lines<'a, 'r>,
    pods: Cidr,
    node_prefix: u8,
    region: Option<Text<'a>>,
    /// Where each block is written, and whose it is; `None`: released.
    owners: HashMap<Cidr, (Text<'a>, Option<Text<'a>>)>,
    /// The machines' range.
    machines: Option<Cidr>,
    /// The addresses that machines have.
    addresses: HashSet<Ipv4Addr>,
}

impl<'a> Entries<'a, '_> {
    fn place(&mut self, name: Text<'a>, entry: &file::Entry<'a>) -> Option<Place> {
        let pods = self.block(entry.pods, Some(name));
        let disk = entry.kept_disk.is_none_or(|kind| self.lines.name(kind, "disk type"));
        let pool = entry.pool.is_none_or(|pool| self.lines.name(pool, "pool name"));
        let right = self.lines.name(name, "instance name") & self.zone(entry.zone) & disk & pool;
        let pool = entry.pool.map(str::to_owned);
        let address = entry.address.and_then(|text| self.address(text));
        let right = right & (address.is_some() == entry.address.is_some());
        let kept_disk = entry.kept_disk.map(|kind| KeptDisk { kind: kind.to_owned(), spot: entry.spot });
        pods.filter(|_| right).map(|pods| Place { pods, zone: entry.zone.to_owned(), pool, kept_disk, address })
    }

    fn released(&mut self, block: &file::Released<'a>) -> Option<Released> {
        match block {
            file::Released::Block(pods) => Some(Released { pods: self.block(pods, None)?, last: None }),
            file::Released::Left(file::Left { pods, name, zone }) => {
                let pods = self.block(pods, None);
                let right = self.lines.name(name, "instance name") & self.zone(zone);
                let last = LastOwner { name: (*name).to_owned(), zone: (*zone).to_owned() };
                pods.filter(|_| right).map(|pods| Released { pods, last: Some(last) })
            }
        }
    }

    /// What each line says; a name on two lines is an error.
    fn by_name<T, U>(
        &mut self,
        lines: &file::ByName<'a, T>,
        read: impl Fn(&mut Self, Text<'a>, &T) -> Option<U>,
    ) -> IndexMap<String, U> {
        let mut all = IndexMap::with_capacity(lines.0.len());
        for (name, line) in &lines.0 {
            if all.contains_key(*name) {
                let first = lines.0.iter().find(|(first, _)| first == name).map_or(*name, |(first, _)| *first);
                self.duplicate(name, first);
                continue;
            }
            if let Some(value) = read(self, name, line) {
                all.insert((*name).to_owned(), value);
            }
        }
        all
    }

    fn settings(&mut self, group: Text<'a>, settings: &file::Settings<'a>) -> Option<Settings> {
        let right = (group == CONTROL_PLANE || self.lines.name(group, "pool name"))
            & self.lines.name(settings.machine_type, "machine type")
            & self.lines.name(settings.disk_type, "disk type");
        right.then(|| Settings {
            machine_type: settings.machine_type.to_owned(),
            disk_type: settings.disk_type.to_owned(),
            disk_size: settings.disk_size,
            spot: settings.spot,
        })
    }

    fn state_disk(&mut self, name: Text<'a>, disk: &file::StateDisk<'a>) -> Option<StateDisk> {
        let right =
            self.lines.name(name, "instance name") & self.zone(disk.zone) & self.lines.name(disk.kind, "disk type");
        right.then(|| StateDisk { zone: disk.zone.to_owned(), kind: disk.kind.to_owned(), size: disk.size })
    }

    fn orphan(&mut self, disk: &file::Disk<'a>) -> Option<OrphanedDisk> {
        let right =
            self.lines.name(disk.name, "disk name") & self.zone(disk.zone) & self.lines.name(disk.kind, "disk type");
        right.then(|| OrphanedDisk {
            name: disk.name.to_owned(),
            zone: disk.zone.to_owned(),
            kind: disk.kind.to_owned(),
        })
    }

    fn zone(&mut self, zone: Text<'a>) -> bool {
        if !self.lines.name(zone, "zone name") {
            return false;
        }
        let inside = |region: Text<'_>| zone.strip_prefix(region).is_some_and(|rest| rest.starts_with('-'));
        match self.region.filter(|region| !inside(region)) {
            Some(region) => self.lines.refuse(zone, &format!("is not a zone of {region}, the cluster's region")),
            None => return true,
        }
        false
    }

    /// An address of the machines' range that no earlier line has.
    fn address(&mut self, text: Text<'a>) -> Option<Ipv4Addr> {
        let Some(address) = text.parse::<Ipv4Addr>().ok().filter(|address| address.to_string() == text) else {
            self.lines.refuse(text, "is not an IPv4 address");
            return None;
        };
        if let Some(range) = self.machines.filter(|range| !range.contains(Cidr::containing(address, 32))) {
            self.lines.refuse(text, &format!("is not in {range}, the machines' range"));
            return None;
        }
        if !self.addresses.insert(address) {
            self.lines.refuse(text, "is another machine's address already");
            return None;
        }
        Some(address)
    }

    /// A block of the range that no earlier line has.
    fn block(&mut self, text: Text<'a>, owner: Option<Text<'a>>) -> Option<Cidr> {
        let block = self.lines.range(text)?;
        let (pods, width) = (self.pods, self.node_prefix);
        if block.prefix() != width || !pods.contains(block) {
            self.lines.refuse(text, &format!("is not a /{width} block of {pods}, the lock's pod range"));
            return None;
        }
        match self.owners.entry(block) {
            Slot::Vacant(slot) => {
                slot.insert((text, owner));
                Some(block)
            }
            Slot::Occupied(slot) => {
                let (first, holder) = slot.get();
                let who = |owner: Option<Text<'_>>| owner.map_or("released".to_owned(), |name| format!("`{name}`'s"));
                let message = match (*holder, owner) {
                    (None, None) => format!("duplicate block {block}: it is released twice"),
                    (holder, owner) => format!("duplicate block {block}: it is {} and {}", who(holder), who(owner)),
                };
                let conflict = match (*holder, owner) {
                    (None, None) => Diagnostic::error(Code::LockConflict, message).help("delete one of the two"),
                    _ => conflict(message),
                };
                self.lines.report.push(
                    conflict
                        .at(&span(text, self.lines.source), "again here")
                        .and(&span(first, self.lines.source), "first here"),
                );
                None
            }
        }
    }

    fn duplicate(&mut self, name: Text<'_>, first: Text<'_>) {
        let message = format!("duplicate machine `{name}`");
        let (at, first) = (span(name, self.lines.source), span(first, self.lines.source));
        self.lines.report.push(conflict(message).at(&at, "again here").and(&first, "first here"));
    }
}

fn invalid(message: String) -> Diagnostic {
    Diagnostic::error(Code::LockEntry, message)
}

fn conflict(message: String) -> Diagnostic {
    Diagnostic::error(Code::LockConflict, message).help(
        "two branches were merged: keep the line of the machine that is running, delete the other, and run `vpcgen lock`, \
         which assigns a new block",
    )
}
