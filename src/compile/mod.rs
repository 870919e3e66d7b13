//! The entry point: turns the text of a description and its lock into diagnostics and a cluster that can be planned and rendered.
//!
//! [`compile`] is a pure function. It opens no files, reads no environment variables and prints nothing, so commands, tests,
//! the fuzz target and a browser can all use it.

mod boot_size;
mod patches;

use std::rc::Rc;

use crate::diag::{Levels, Report, Severity};
use crate::expand::{Expansion, expand};
use crate::lock::{self, Behind, Lock};
use crate::model::{self, Cluster, InUse};
use crate::plan::{self, Plan};
use crate::render::{self, File, Origin};
use crate::source::Source;
use crate::spec::{self, Spec};

/// A file as read: its name and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The name that diagnostics print.
    pub name: String,
    /// Its content, which need not be valid UTF-8.
    pub bytes: Vec<u8>,
}

impl Document {
    /// A file with this name and content.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }
}

/// The lock beside a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFile {
    /// The name that diagnostics print.
    pub name: String,
    /// Its content; `None` if it does not exist yet.
    pub bytes: Option<Vec<u8>>,
    /// What to do if it is out of date.
    pub policy: LockPolicy,
}

/// What to do about a lock that is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockPolicy {
    /// Ignore it: it will be written, or does not matter.
    Update,
    /// Warn: output is printed, but the lock is not written.
    Keep,
    /// Report an error: the lock must not change.
    Frozen,
}

/// A file and its diagnostics.
#[derive(Debug)]
pub struct Checked {
    /// The file's text; empty if its bytes are not valid UTF-8.
    pub source: Rc<Source>,
    /// Its diagnostics.
    pub report: Report,
}

/// The result of compiling.
#[derive(Debug)]
pub struct Outcome {
    /// The description.
    pub description: Checked,
    /// The lock, if it exists.
    pub lock: Option<Checked>,
    /// The cluster they describe; `None` exactly if a report contained an error before levels were applied.
    pub compiled: Option<Compiled>,
}

impl Outcome {
    /// Applies levels to both reports. Returns how many warnings became errors.
    pub fn apply(&mut self, levels: &Levels) -> usize {
        let files = std::iter::once(&mut self.description).chain(&mut self.lock);
        files.map(|file| file.report.apply(levels)).sum()
    }

    /// Both reports, each with its source text.
    pub fn reports(&self) -> Vec<(&Report, &Source)> {
        let files = std::iter::once(&self.description).chain(&self.lock);
        files.map(|file| (&file.report, file.source.as_ref())).collect()
    }
}

/// A valid cluster in which every machine has a zone and a pod range.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The description as written.
    pub spec: Spec,
    /// The cluster.
    pub cluster: Cluster,
    /// The up-to-date lock.
    pub lock: Lock,
    /// How the lock that was read differs from it; `None` if they agree.
    pub out_of_date: Option<Behind>,
    /// What the lock that was read says is in use.
    in_use: Option<InUse>,
}

impl Compiled {
    /// Every name, address and resource.
    pub fn plan(&self) -> Plan {
        plan::plan(&self.cluster, &self.lock)
    }

    /// The rendered tree.
    pub fn tree(&self, origin: &Origin) -> Vec<File> {
        render::tree(&self.plan(), origin)
    }

    /// The description with every default written out. `lock` is the name of the lock file.
    pub fn expand(&self, lock: &str) -> String {
        expand(Expansion { spec: &self.spec, cluster: &self.cluster, in_use: self.in_use.as_ref(), lock })
    }

    /// The script that upgrades the cluster. `command` is the command that prints it.
    pub fn upgrade(&self, command: &str) -> String {
        render::upgrade(&self.plan(), command)
    }

    /// The script that asks Google whether the cluster can be applied. `command` is the command that prints it.
    pub fn preflight(&self, command: &str) -> String {
        render::preflight(&self.plan(), command)
    }

    /// Everything as one `main.tf`.
    pub fn single(&self, origin: &Origin) -> String {
        render::single(&self.plan(), origin)
    }
}

/// Checks a description and its lock, and assigns every machine a zone and a pod range. `lock` is `None` for a description
/// that cannot have one, such as standard input.
pub fn compile(description: Document, lock: Option<LockFile>) -> Outcome {
    let mut report = Report::default();
    let source = spec::decode(&description.name, description.bytes).unwrap_or_else(|unreadable| {
        report.push(*unreadable);
        Source::new(description.name.as_str(), "")
    });
    let spec = if report.has_errors() { None } else { spec::read(&source, &mut report) };
    let name = lock.as_ref().map(|lock| lock.name.clone());
    let policy = lock.as_ref().map(|lock| lock.policy);
    let (checked_lock, before) = match lock.and_then(|lock| Some((lock.name, lock.bytes?))) {
        None => (None, Some(None)),
        Some((name, bytes)) => {
            let mut report = Report::default();
            let (source, lock) = lock::read(&name, bytes, &mut report);
            (Some(Checked { source: Rc::new(source), report }), lock.map(Some))
        }
    };
    let recorded = before.as_ref().and_then(Option::as_ref).zip(checked_lock.as_ref().map(|lock| &lock.source));
    let in_use = recorded.map(|(lock, _)| lock.in_use());
    let cluster = spec.as_ref().and_then(|spec| model::validate(spec, in_use.as_ref(), &mut report));
    if let (Some((lock, file)), Some(spec), Some(cluster)) = (recorded, &spec, &cluster) {
        lock::agree(lock, cluster, spec, file, &mut report);
    }
    patches::verify(&source, recorded, (spec.as_ref(), cluster.is_some()), &mut report);
    let compiled = spec.zip(cluster).zip(before).and_then(|((spec, cluster), before)| {
        let compiled = (!report.has_errors()).then(|| assign(spec, cluster, before.as_ref(), in_use))?;
        if let (Some(behind), Some(name), Some(policy)) = (&compiled.out_of_date, &name, policy) {
            report_out_of_date(behind, name, policy, &mut report);
        }
        boot_size::check(&source, &compiled, &mut report);
        (!report.has_errors()).then_some(compiled)
    });
    Outcome { description: Checked { source: Rc::new(source), report }, lock: checked_lock, compiled }
}

/// The cluster that a description would be if its lock did not contradict it: as if the lock had been edited to agree. `None` if the
/// description or the lock has other errors.
pub fn regardless(description: Document, lock: LockFile) -> Option<Compiled> {
    let mut report = Report::default();
    let source = spec::decode(&description.name, description.bytes).ok()?;
    let spec = spec::read(&source, &mut report)?;
    let (_, before) = lock::read(&lock.name, lock.bytes?, &mut report);
    let before = before?;
    let cluster = model::validate(&spec, Some(&before.in_use()), &mut report)?;
    let region = before.identity.as_ref().map(|identity| &identity.region);
    // Blocks of another range, and zones of another region, are no places for the machines.
    let fits = before.pods == cluster.network.pods
        && before.node_prefix == cluster.kubernetes.node_prefix
        && region.is_none_or(|region| *region == cluster.region);
    (!report.has_errors()).then(|| assign(spec, cluster, Some(&before).filter(|_| fits), Some(before.in_use())))
}

fn assign(spec: Spec, cluster: Cluster, before: Option<&Lock>, in_use: Option<InUse>) -> Compiled {
    let lock = Lock::assign(&cluster, before);
    Compiled { out_of_date: lock::behind(before, &lock), lock, spec, cluster, in_use }
}

fn report_out_of_date(behind: &Behind, name: &str, policy: LockPolicy, report: &mut Report) {
    match policy {
        LockPolicy::Update => {}
        // An older version wrote it, and nothing of the cluster changes: the next run that writes the lock adds them.
        _ if behind.only_lacks_settings => {}
        // A lock that has never been written needs no warning.
        LockPolicy::Keep if behind.missing => {}
        LockPolicy::Keep => report.push(behind.diagnostic(name, Severity::Warning)),
        LockPolicy::Frozen => report.push(behind.diagnostic(name, Severity::Error)),
    }
}
