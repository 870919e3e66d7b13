//! Machines whose names moved to another pool: the pool is part of a machine's address in Terraform, which destroys the machine at
//! the old one and creates it anew at the other.

use std::collections::BTreeMap;

use super::agree::Agreement;
use super::group::{Group, groups};
use super::locate::find;
use super::{NAMED, list, machines};
use crate::diag::{Code, Diagnostic};
use crate::model::Derived;

impl Agreement<'_> {
    /// The pool that a machine of this group belonged to, if it is another one.
    pub(super) fn pool_before(&self, name: &str, group: &Group<'_>) -> Option<&str> {
        let pool = self.lock.nodes.get(name)?.pool.as_deref()?;
        (group.pool != Some(pool)).then_some(pool)
    }

    /// One diagnostic for the machines that moved from one pool to another. `kept`: those whose disks are, which cannot be created
    /// again, so that the apply would fail.
    pub(super) fn changed_pools(&self, kept: bool) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        for group in groups(self.cluster) {
            let mut moved: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
            for name in group.names {
                if let Some(old) = self.pool_before(name, &group)
                    && self.lock.nodes[name].kept_disk.is_some() == kept
                {
                    moved.entry(old).or_default().push(name);
                }
            }
            all.extend(moved.iter().filter_map(|(old, names)| self.changed_pool(&group, old, names, kept)));
        }
        all
    }

    fn changed_pool(&self, group: &Group<'_>, old: &str, names: &[&String], kept: bool) -> Option<Diagnostic> {
        let first = names.first()?;
        let (has, it) = if names.len() == 1 { ("has", "it") } else { ("have", "them") };
        let consequence = match (kept, names.len()) {
            (true, 1) => {
                "applying would delete it and then fail, because Google refuses to create a disk that exists".to_owned()
            }
            (true, all) => {
                format!(
                    "applying would delete {} and then fail, because Google refuses to create a disk that exists",
                    machines(all)
                )
            }
            (false, _) => format!("Terraform would plan to destroy {it} and create {it} again"),
        };
        let message = format!("{} {has} moved from pool `{old}` to {}: {consequence}", list(names), group.title());
        let back = format!("move {it} back to pool `{old}`");
        let help = match group.pool {
            Some(pool) => {
                let address =
                    |pool: &str, name: &str| format!("google_compute_instance.{}[\"{name}\"]", Derived::label(pool));
                let command =
                    |name: &&String| format!("`terraform state mv '{}' '{}'`", address(old, name), address(pool, name));
                let mut commands = names.iter().take(NAMED).map(command).collect::<Vec<_>>().join(", ");
                if names.len() > NAMED {
                    commands += " and the same for the others";
                }
                let last = match kept {
                    true => format!(
                        ", then write `\"pool\": \"{pool}\"` on {} in {}",
                        if names.len() == 1 { "its line" } else { "their lines" },
                        self.file()
                    ),
                    false => String::new(),
                };
                let module = if self.cluster.terraform.module { ", with the module's address before each" } else { "" };
                format!(
                    "{back}; to keep the machine{} in the new pool, run {commands}{module} before you apply{last}",
                    plural(names.len())
                )
            }
            None => format!("{back}: a node does not become a control plane, so give the control plane new names"),
        };
        let diagnostic = match kept {
            true => Diagnostic::error(Code::PoolChanged, message),
            false => Diagnostic::warning(Code::PoolChanged, message),
        };
        let key = group.pool.and_then(|pool| self.pool_key(pool));
        let names = self.spec.control_plane.as_ref().and_then(|control_plane| control_plane.names.as_ref());
        let written = key.or(names.filter(|_| group.pool.is_none()).map(|names| &names.span));
        let diagnostic = written.into_iter().fold(diagnostic, |diagnostic, span| diagnostic.at(span, ""));
        let at = find(self.source, &["nodes", first, "pool"]).unwrap_or_else(|| self.at(&["nodes", first]));
        Some(diagnostic.elsewhere(self.source, at, format!("in pool `{old}`")).help(help))
    }
}

fn plural(number: usize) -> &'static str {
    if number == 1 { "" } else { "s" }
}
