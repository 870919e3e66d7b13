//! What is wrong with a description: messages as data, drawn for people or printed as JSON at the edge.

pub mod ci;
mod code;
mod draw;
mod excerpt;
mod explain;
mod json;
mod levels;
mod number;

pub use code::Code;
pub use draw::draw;
pub use explain::{Example, Explanation, handbook, index};
pub use json::{json, json_all};
pub use levels::Levels;
pub use number::{quantity, thousands};

use std::collections::HashSet;
use std::rc::Rc;

use crate::source::{Source, Span};

/// Whether a diagnostic stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is rendered.
    Error,
    /// Rendered anyway.
    Warning,
}

/// A place that the message refers to, with a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// A place in another file than the report is about: the lock's, where a description contradicts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The file; shared, because a report may refer to it many times.
    pub source: Rc<Source>,
    /// The place in it.
    pub label: Label,
}

/// Replaces one span of the description, so that the problem is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// What to replace.
    pub span: Span,
    /// With what.
    pub text: String,
}

/// One problem: where, what, the numbers involved, and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, with the numbers involved; one sentence without a full stop.
    pub message: String,
    /// The place that is wrong. `None` where something is missing in the whole file.
    pub primary: Option<Label>,
    /// Other places involved.
    pub others: Vec<Label>,
    /// A place in another file.
    pub elsewhere: Option<Elsewhere>,
    /// How to fix it.
    pub help: Option<String>,
    /// The same as an edit, where one can be computed.
    pub patch: Option<Patch>,
}

impl Diagnostic {
    /// An error of this code.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: None,
            others: Vec::new(),
            elsewhere: None,
            help: None,
            patch: None,
        }
    }

    /// A warning of this code.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// At this place, with a few words that are drawn under it.
    #[must_use]
    pub fn at(mut self, span: &Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span: span.clone(), text: text.into() });
        self
    }

    /// A second place involved. `None` (a default has no place) adds nothing.
    #[must_use]
    pub fn and<'a>(mut self, span: impl Into<Option<&'a Span>>, text: impl Into<String>) -> Self {
        if let Some(span) = span.into() {
            self.others.push(Label { span: span.clone(), text: text.into() });
        }
        self
    }

    /// A place in another file.
    #[must_use]
    pub fn elsewhere(mut self, source: &Rc<Source>, span: Span, text: impl Into<String>) -> Self {
        self.elsewhere = Some(Elsewhere { source: Rc::clone(source), label: Label { span, text: text.into() } });
        self
    }

    /// How to fix it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The fix as an edit.
    #[must_use]
    pub fn patch(mut self, span: &Span, text: impl Into<String>) -> Self {
        self.patch = Some(Patch { span: span.clone(), text: text.into() });
        self
    }
}

/// Errors that are kept, and warnings: more than anyone will read.
const MOST: usize = 1_000;

/// Bytes of one message; longer ones lose their middle.
const LONGEST: usize = 1_000;

fn cut(text: &mut String) {
    if text.len() > LONGEST {
        let (head, tail) = (text.floor_char_boundary(LONGEST / 2), text.ceil_char_boundary(text.len() - LONGEST / 4));
        text.replace_range(head..tail, "…");
        text.shrink_to_fit();
    }
}

/// Collects diagnostics: never stops at one.
#[derive(Debug, Clone, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    /// All of them, also those that were not kept: errors, warnings.
    counts: [usize; 2],
    /// Those that are kept.
    known: HashSet<(Code, Option<Span>, String)>,
    /// Errors with every repetition of the same one.
    pushed: usize,
    /// Whether reading stopped before the end.
    incomplete: bool,
}

impl Report {
    /// Adds one. Of thousands the first are kept, the others counted. What one quotes is cut: one word of a description may
    /// be a megabyte long. The same one again, about a part that is used in several places by a YAML alias, counts once.
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        self.pushed += usize::from(diagnostic.severity == Severity::Error);
        let labels = diagnostic.primary.iter_mut().chain(&mut diagnostic.others).map(|label| &mut label.text);
        for text in labels.chain([&mut diagnostic.message]).chain(&mut diagnostic.help) {
            cut(text);
        }
        let place = diagnostic.primary.as_ref().or(diagnostic.elsewhere.as_ref().map(|place| &place.label));
        let place = place.map(|label| label.span.clone());
        let key = (diagnostic.code, place, diagnostic.message.clone());
        if self.known.contains(&key) {
            return;
        }
        let count = &mut self.counts[diagnostic.severity as usize];
        *count += 1;
        if *count > MOST {
            return;
        }
        self.known.insert(key);
        diagnostic.patch.take_if(|patch| patch.text.len() > LONGEST);
        self.diagnostics.push(diagnostic);
    }

    /// Runs one check. `None` where it reported an error: no later stage sees a value that only fills a gap.
    pub fn checked<T>(&mut self, check: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let before = self.pushed;
        let value = check(self);
        (self.pushed == before).then_some(value)
    }

    /// Drops the patches that do not pass a test; their diagnostics stay.
    pub fn retain_patches(&mut self, mut keep: impl FnMut(&Diagnostic, &Patch) -> bool) {
        for diagnostic in &mut self.diagnostics {
            let kept = diagnostic.patch.as_ref().is_none_or(|patch| keep(diagnostic, patch));
            if !kept {
                diagnostic.patch = None;
            }
        }
    }

    /// Applies levels. Returns how many warnings became errors.
    pub fn apply(&mut self, levels: &Levels) -> usize {
        let kept = |diagnostics: &[Diagnostic]| diagnostics.iter().filter(|d| d.severity == Severity::Warning).count();
        let more = self.count(Severity::Warning) - kept(&self.diagnostics);
        let mut denied = 0;
        self.diagnostics.retain_mut(|diagnostic| {
            let Some(severity) = levels.of(diagnostic) else { return false };
            denied += usize::from(severity != diagnostic.severity);
            diagnostic.severity = severity;
            true
        });
        // What the other warnings are about is not known any more.
        denied += if levels.deny_warnings { more } else { 0 };
        let left = if levels.deny_warnings { 0 } else { more };
        self.counts[Severity::Error as usize] += denied;
        self.counts[Severity::Warning as usize] = kept(&self.diagnostics) + left;
        denied
    }

    /// Notes that reading stopped here, because the rest is of no use until these are fixed.
    pub fn stop(&mut self) {
        self.incomplete = true;
    }

    /// Whether reading stopped before the end.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// How many there are, of either severity.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.counts[severity as usize]
    }

    /// All of them in the order of the file; equal places: errors first, then by code and message. Duplicates once.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.diagnostics.iter().collect();
        let place = |d: &Diagnostic| d.primary.as_ref().map_or((0, 0), |l| (l.span.start, l.span.end));
        all.sort_by(|a, b| (place(a), a.severity, a.code, &a.message).cmp(&(place(b), b.severity, b.code, &b.message)));
        all.dedup();
        all
    }
}
