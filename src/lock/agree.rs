//! Whether a lock and a description belong to one cluster, and whether what changed may change while the cluster exists.

use std::fmt;
use std::rc::Rc;

use super::Lock;
use super::locate::locate;
use crate::diag::{Code, Diagnostic, Report};
use crate::model::Cluster;
use crate::source::{Source, Span, Spanned};
use crate::spec::{self, Spec};

/// Reports where the description contradicts the lock, and returns whether it can be planned with it. `source`: the lock's.
pub fn agree(lock: &Lock, cluster: &Cluster, spec: &Spec, source: &Rc<Source>, report: &mut Report) -> bool {
    let agreement = Agreement { lock, cluster, spec, source };
    let errors = agreement.contradictions();
    if errors.is_empty() {
        let warnings = agreement.kept_zones().into_iter().chain(agreement.orphaned_disks());
        let warnings = warnings.chain(agreement.changed_pools(false)).chain(agreement.removed_pools());
        let warnings = warnings.chain(agreement.disruptive_changes()).chain(agreement.kept_version());
        warnings.for_each(|warning| report.push(warning));
        return true;
    }
    errors.into_iter().for_each(|error| report.push(error));
    false
}

/// Both sides.
#[derive(Clone, Copy)]
pub(super) struct Agreement<'a> {
    pub(super) lock: &'a Lock,
    pub(super) cluster: &'a Cluster,
    pub(super) spec: &'a Spec,
    pub(super) source: &'a Rc<Source>,
}

impl Agreement<'_> {
    /// One mistake is one diagnostic: a consequence of another contradiction is not reported.
    fn contradictions(&self) -> Vec<Diagnostic> {
        let identity = self.lock.identity.as_ref();
        if let Some(other) = identity.and_then(|identity| self.name(identity)) {
            return vec![other];
        }
        let region = match identity {
            Some(identity) => self.region(&identity.region),
            None => self.region_of_zones(),
        };
        let mut errors = Vec::new();
        if let Some(identity) = identity {
            errors.extend(self.project(identity));
            errors.extend(self.vpc(identity));
            // Without a name of its own, the subnet is named after the region.
            let named = self.spec.network.as_ref().is_some_and(|network| network.subnet.is_some());
            errors.extend(self.subnet(identity).filter(|_| named || region.is_none()));
            errors.extend(self.nodes(identity));
            errors.extend(self.services(identity));
            errors.extend(self.kubernetes(identity));
        }
        errors.extend(region);
        errors.extend(self.pods());
        errors.extend(self.width());
        errors.extend(self.control_plane(identity));
        errors.extend(self.state_disks(identity));
        errors.extend(self.kept_disks());
        errors.extend(self.impossible_changes());
        errors.extend(self.changed_pools(true));
        errors
    }

    /// For a lock that does not record its region.
    fn region_of_zones(&self) -> Option<Diagnostic> {
        let zone = &self.lock.nodes.values().next()?.zone;
        self.region(zone.rsplit_once('-').map_or(zone, |(region, _)| region))
    }

    /// The lock's name.
    pub(super) fn file(&self) -> &str {
        &self.source.name
    }

    /// A place in the lock.
    pub(super) fn at(&self, path: &[&str]) -> Span {
        locate(self.source, path)
    }

    /// The way out where nothing is lost.
    pub(super) fn if_not_applied(&self) -> String {
        format!("if nothing has been applied yet, delete {}", self.file())
    }

    /// The same, and the way to do it on purpose; `key`: the lock's.
    pub(super) fn otherwise(&self, key: &str) -> String {
        format!("{}; to go through with it, change `{key}` in the lock as well", self.if_not_applied())
    }

    /// The description of a pool.
    pub(super) fn pool(&self, name: &str) -> Option<(&Spanned<String>, &spec::Pool)> {
        let pools = self.spec.pools.as_ref()?;
        pools.iter().find(|(key, _)| key.value == name).map(|(key, pool)| (key, &pool.value))
    }

    /// Where the description has a pool's name.
    pub(super) fn pool_key(&self, name: &str) -> Option<&Span> {
        self.pool(name).map(|(key, _)| &key.span)
    }

    /// An error that points at the description's value, where it is written, and at the lock's.
    pub(super) fn contradiction<T>(
        &self,
        message: String,
        written: Option<&Spanned<T>>,
        path: &[&str],
        label: &str,
    ) -> Contradiction {
        self.contradiction_at(message, written, self.at(path), label)
    }

    pub(super) fn contradiction_at<T>(
        &self,
        message: String,
        written: Option<&Spanned<T>>,
        at: Span,
        label: &str,
    ) -> Contradiction {
        let error = Diagnostic::error(Code::LockContradiction, message).elsewhere(self.source, at, label);
        Contradiction::new(error, written.map(|written| &written.span))
    }
}

/// A diagnostic under construction.
pub(super) struct Contradiction {
    diagnostic: Diagnostic,
    written: Option<Span>,
}

impl Contradiction {
    pub(super) fn new(diagnostic: Diagnostic, written: Option<&Span>) -> Self {
        let diagnostic = written.into_iter().fold(diagnostic, |diagnostic, span| diagnostic.at(span, ""));
        Self { diagnostic, written: written.cloned() }
    }

    /// The fix is to change a written value back.
    pub(super) fn back(mut self, value: &str) -> Self {
        if let Some(span) = &self.written {
            self.diagnostic = self.diagnostic.patch(span, plain(value));
        }
        self
    }

    pub(super) fn number(mut self, value: impl fmt::Display) -> Self {
        if let Some(span) = &self.written {
            self.diagnostic = self.diagnostic.patch(span, value.to_string());
        }
        self
    }

    pub(super) fn help(self, text: impl Into<String>) -> Diagnostic {
        self.diagnostic.help(text)
    }
}

/// A value as YAML, quoted where it would not be read as a string.
fn plain(value: &str) -> String {
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&value);
    let number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if word || number { format!("\"{value}\"") } else { value.to_owned() }
}
