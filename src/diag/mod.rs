//! What is wrong with a description: messages as data, drawn for people or printed as JSON at the edge.

mod code;
mod draw;
mod explain;
mod json;

pub use code::Code;
pub use draw::draw;
pub use explain::{Explanation, handbook, index};
pub use json::json;

use crate::source::Span;

/// Whether a diagnostic stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is rendered.
    Error,
    /// Rendered all the same; worth a look.
    Warning,
}

/// A place the message speaks of, with a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
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
    /// The place that is wrong. `None` where the fault is an absence in the whole file.
    pub primary: Option<Label>,
    /// Other places involved.
    pub others: Vec<Label>,
    /// How to put it right.
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

    /// How to put it right.
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

/// Collects diagnostics: never stops at one.
#[derive(Debug, Clone, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether anything stops the work.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == severity).count()
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
