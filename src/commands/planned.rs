//! From a description and the lock beside it to a plan.

use std::io::{ErrorKind, Read as _};
use std::rc::Rc;

use camino::Utf8Path;

use super::input::{Described, Input};
use super::{Exit, fail, tell};
use crate::diag::{Report, Severity};
use crate::lock::{self, Behind, Lock};
use crate::model::Cluster;
use crate::plan::{self, Plan};
use crate::source::Source;
use crate::tree::Change;

/// What a command means to do with the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locking {
    /// Write it if it changes, or report on the description alone.
    Follow,
    /// Plan with it and leave it as it is, although the plan goes out: worth a warning where it is behind.
    Read,
    /// `--locked`: that it would change is an error.
    Refuse,
}

/// What was found, and the cluster with everybody's place in it if nothing is wrong.
pub(super) struct Checked {
    /// The description.
    pub(super) source: Source,
    /// What there is to say about it.
    pub(super) report: Report,
    /// The lock as it was read, with what there is to say about it alone.
    pub(super) lock: Option<(Rc<Source>, Report)>,
    /// The cluster, and the lock as it will be.
    pub(super) cluster: Option<(Cluster, Lock)>,
    /// The change that the lock needs; `None`: it is as it should be, or the input has no lock.
    pub(super) change: Option<Change>,
}

impl Checked {
    /// Tells people what was found.
    pub(super) fn say(&self) {
        tell(&self.reports());
    }

    /// What there is to say, file by file.
    pub(super) fn reports(&self) -> Vec<(&Report, &Source)> {
        let lock = self.lock.iter().map(|(source, report)| (report, source.as_ref()));
        std::iter::once((&self.report, &self.source)).chain(lock).collect()
    }
}

/// Reads a description and its lock, and judges both.
pub(super) fn check(input: &Input, locking: Locking) -> Result<Checked, Exit> {
    let Described { source, mut report, spec, cluster } = input.describe()?;
    let Some(path) = input.lock() else {
        if locking == Locking::Refuse {
            return Err(fail("`--locked` needs a description in a file: nothing else has a lock"));
        }
        let cluster = cluster.map(|cluster| {
            let lock = Lock::assign(&cluster, None);
            (cluster, lock)
        });
        return Ok(Checked { source, report, lock: None, cluster, change: None });
    };
    let bytes = read(&path).map_err(fail)?;
    let (mut said, mut before) = (None, None);
    if let Some(bytes) = bytes.clone() {
        let mut own = Report::default();
        let (source, lock) = lock::read(path.as_str(), bytes, &mut own);
        before = lock;
        said = Some((Rc::new(source), own));
    }
    let readable = before.is_some() || said.is_none();
    let agreed = match (&cluster, &spec, &before, &said) {
        (Some(cluster), Some(spec), Some(before), Some((source, _))) => {
            lock::agree(before, cluster, spec, source, &mut report)
        }
        _ => readable,
    };
    let Some(cluster) = cluster.filter(|_| agreed) else {
        return Ok(Checked { source, report, lock: said, cluster: None, change: None });
    };
    let after = Lock::assign(&cluster, before.as_ref());
    let behind = lock::behind(before.as_ref(), &after);
    let refused = judge(behind.as_ref(), &path, locking, &mut report);
    let change = behind.map(|_| Change { path: path.into_string(), before: bytes, after: Some(after.text()) });
    Ok(Checked { source, report, lock: said, cluster: (!refused).then_some((cluster, after)), change })
}

/// Whether the command may not go on, because the lock is behind.
fn judge(behind: Option<&Behind>, path: &Utf8Path, locking: Locking, report: &mut Report) -> bool {
    let Some(behind) = behind else { return false };
    match locking {
        Locking::Follow => false,
        // Who never wrote a lock does not miss it.
        Locking::Read if behind.missing => false,
        Locking::Read => {
            report.push(behind.diagnostic(path.as_str(), Severity::Warning));
            false
        }
        Locking::Refuse => {
            report.push(behind.diagnostic(path.as_str(), Severity::Error));
            true
        }
    }
}

/// A plan, the lock that it keeps to, and the change that this needs in the lock's file.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) lock: Lock,
    pub(super) change: Option<Change>,
}

/// Plans. Problems are told; without a plan the exit status says why.
pub(super) fn planned(input: &Input, locking: Locking) -> Result<Planned, Exit> {
    let checked = check(input, locking)?;
    checked.say();
    let (cluster, lock) = checked.cluster.ok_or(Exit::Error)?;
    Ok(Planned { plan: plan::with_lock(cluster, &lock), lock, change: checked.change })
}

fn read(path: &Utf8Path) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    let most = lock::MOST_BYTES as u64 + 1;
    match fs_err::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}
