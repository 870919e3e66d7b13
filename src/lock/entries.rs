//! What stands in the file, line by line: every range, name and zone, and no two machines at one place.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use indexmap::IndexMap;

use super::file::{File, Text, span};
use super::{Lock, Place};
use crate::diag::{Code, Diagnostic, Report};
use crate::model::is_name;
use crate::net::{Cidr, CidrError};
use crate::source::Source;

const MEND: &str = "take the line back out of Git; if the machine was never made, delete its line: it gets a new block";

/// The lock, if every line of it is right.
pub(super) fn check(file: &File<'_>, source: &Source, report: &mut Report) -> Option<Lock> {
    let before = report.count(crate::diag::Severity::Error);
    let pods = range(file.pods, source, report)?;
    let widths = pods.prefix()..=32;
    if !widths.contains(&file.node_prefix) {
        let message = format!("blocks of /{} do not fit into {pods}", file.node_prefix);
        report.push(invalid(message).at(&span(file.pods, source), "the pod range"));
        return None;
    }
    let mut entries = Entries {
        source,
        report,
        pods,
        node_prefix: file.node_prefix,
        owners: HashMap::with_capacity(file.nodes.0.len()),
    };
    let released: Vec<Cidr> = file.released.iter().filter_map(|text| entries.block(text, None)).collect();
    let mut nodes = IndexMap::with_capacity(file.nodes.0.len());
    for (name, entry) in &file.nodes.0 {
        if nodes.contains_key(*name) {
            let first = file.nodes.0.iter().find(|(first, _)| first == name).map_or(*name, |(first, _)| *first);
            entries.twice(name, first);
            continue;
        }
        let pods = entries.block(entry.pods, Some(name));
        if entries.name(name, "the name of an instance") & entries.name(entry.zone, "the name of a zone")
            && let Some(pods) = pods
        {
            nodes.insert((*name).to_owned(), Place { pods, zone: entry.zone.to_owned() });
        }
    }
    let right = report.count(crate::diag::Severity::Error) == before;
    right.then_some(Lock { pods, node_prefix: file.node_prefix, nodes, released })
}

struct Entries<'a, 'r> {
    source: &'a Source,
    report: &'r mut Report,
    pods: Cidr,
    node_prefix: u8,
    /// Where each block stands, and whose it is; `None`: released.
    owners: HashMap<Cidr, (Text<'a>, Option<Text<'a>>)>,
}

impl<'a> Entries<'a, '_> {
    /// A block of the range that nobody before has.
    fn block(&mut self, text: Text<'a>, owner: Option<Text<'a>>) -> Option<Cidr> {
        let block = range(text, self.source, self.report)?;
        let (pods, width) = (self.pods, self.node_prefix);
        if block.prefix() != width || !pods.contains(block) {
            let message = format!("{block} is no block of /{width} inside {pods}, which the lock is for");
            self.report.push(invalid(message).at(&span(text, self.source), ""));
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
                let message = format!("the block {block} stands twice: it is {} and {}", who(*holder), who(owner));
                self.report.push(
                    conflict(message)
                        .at(&span(text, self.source), "again here")
                        .and(&span(first, self.source), "first here"),
                );
                None
            }
        }
    }

    fn twice(&mut self, name: Text<'_>, first: Text<'_>) {
        let message = format!("the machine `{name}` stands twice in the lock");
        let (at, first) = (span(name, self.source), span(first, self.source));
        self.report.push(conflict(message).at(&at, "again here").and(&first, "first here"));
    }

    fn name(&mut self, text: Text<'_>, what: &str) -> bool {
        if !is_name(text) {
            self.report.push(invalid(format!("`{text}` is not {what}")).at(&span(text, self.source), ""));
        }
        is_name(text)
    }
}

fn range(text: Text<'_>, source: &Source, report: &mut Report) -> Option<Cidr> {
    let message = match text.parse() {
        Ok(cidr) => return Some(cidr),
        Err(CidrError::HostBits(range)) => format!("`{text}` is an address inside {range}, not a range"),
        Err(CidrError::Ipv6 | CidrError::Syntax) => format!("`{text}` is not an IPv4 range in CIDR notation"),
    };
    report.push(invalid(message).at(&span(text, source), ""));
    None
}

fn invalid(message: String) -> Diagnostic {
    Diagnostic::error(Code::LockEntry, message).help(MEND)
}

fn conflict(message: String) -> Diagnostic {
    Diagnostic::error(Code::LockConflict, message).help(
        "two branches were merged: keep the line of the machine that is running, delete the other, then run `vpcgen lock`: \
         what it was for gets a block of its own",
    )
}
