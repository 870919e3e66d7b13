//! A patch must remove its diagnostic without introducing an error. The rule that suggests it cannot know the other rules, so this
//! module runs all of them on the patched text and drops a patch that fails. The diagnostic stays.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crate::diag::{Code, Diagnostic, Patch, Report, Severity};
use crate::lock::{self, Lock};
use crate::model;
use crate::source::Source;
use crate::spec::{self, Spec};

/// Verifying a patch compiles the description again. Beyond this many bytes in total, patches are dropped unverified.
const BUDGET: usize = 512 << 10;

type Key = (Code, String);

/// The unpatched description: what it is held against, and its diagnostics.
struct Before<'a> {
    lock: Option<(&'a Lock, &'a Rc<Source>)>,
    spec: Option<&'a Spec>,
    /// It is valid by itself, so that it was compared with the lock.
    compared: bool,
    errors: usize,
    counts: HashMap<Key, usize>,
}

/// Drops patches that do not fix their problem, that cause a new one, or that leave out machines. `spec`: the description, and whether
/// it is valid by itself, so that it was compared with the lock.
pub(super) fn verify(
    source: &Source,
    lock: Option<(&Lock, &Rc<Source>)>,
    (spec, compared): (Option<&Spec>, bool),
    report: &mut Report,
) {
    let mut before = Before { lock, spec, compared, errors: report.count(Severity::Error), counts: HashMap::new() };
    for diagnostic in report.sorted() {
        *before.counts.entry(key(diagnostic)).or_default() += 1;
    }
    let mut budget = BUDGET;
    report.retain_patches(|diagnostic, patch| {
        let Some(rest) = budget.checked_sub(source.text.len()) else { return false };
        budget = rest;
        holds(source, diagnostic, patch, &before)
    });
}

fn key(diagnostic: &Diagnostic) -> Key {
    (diagnostic.code, diagnostic.message.clone())
}

fn holds(source: &Source, diagnostic: &Diagnostic, patch: &Patch, before: &Before<'_>) -> bool {
    let Some(patched) = apply(&source.text, patch).filter(|patched| *patched != source.text) else { return false };
    let place = patch.span.start..patch.span.start + patch.text.len();
    let source = Source::new(source.name.clone(), patched);
    let mut report = Report::default();
    // The contradictions of a description that had not come as far as the lock are not the patch's, unless it wrote them.
    let mut uncovered = Report::default();
    let in_use = before.lock.map(|(lock, _)| lock.in_use());
    if let Some(spec) = spec::read(&source, &mut report) {
        let cluster = model::validate(&spec, in_use.as_ref(), &mut report);
        if let Some((lock, file)) = before.lock {
            if lock::leaves_out_machines(lock, before.spec, &spec, &place) {
                return false;
            }
            if let Some(cluster) = cluster {
                lock::agree(lock, &cluster, &spec, file, if before.compared { &mut report } else { &mut uncovered });
            }
        }
    }
    let wrote = |error: &&Diagnostic| error.severity == Severity::Error && error.primary.is_some();
    if uncovered.sorted().into_iter().filter(wrote).any(|error| touches(error, &place)) {
        return false;
    }
    let after = report.sorted();
    // A syntax error hides everything else, so there may be more errors now, but none at the patch.
    let hidden = diagnostic.code == Code::Syntax;
    let errors = before.errors - usize::from(diagnostic.severity == Severity::Error);
    if !hidden && report.count(Severity::Error) > errors {
        return false;
    }
    let left = after.iter().filter(|other| key(other) == key(diagnostic)).count();
    let new = |other: &&&Diagnostic| other.severity == Severity::Error && !before.counts.contains_key(&key(other));
    left < before.counts.get(&key(diagnostic)).copied().unwrap_or_default()
        && !after.iter().filter(new).any(|error| error.code == Code::Syntax || touches(error, &place))
}

fn apply(text: &str, patch: &Patch) -> Option<String> {
    Some(format!("{}{}{}", text.get(..patch.span.start)?, patch.text, text.get(patch.span.end..)?))
}

/// Whether an error points into this range.
fn touches(error: &Diagnostic, place: &Range<usize>) -> bool {
    let mut labels = error.primary.iter().chain(&error.others).map(|label| &label.span);
    error.primary.is_none() || labels.any(|span| span.start < place.end && place.start < span.end)
}
