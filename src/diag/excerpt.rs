use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::Label;
use crate::sanitize;
use crate::source::{Source, Span};

/// A description of a usual size is drawn from as it is; of a larger one, only the lines in question.
const USUAL: usize = 32 << 10;

/// So much of a line is shown on either side of where a span begins, at most.
const SIDE: usize = 4 << 10;

/// A piece of the text around a span, as it may reach a terminal.
///
/// Drawing a problem takes time proportional to the text, and a line may be a megabyte long.
pub(super) struct Excerpt {
    text: String,
    /// The number of its first line.
    line: usize,
    from: usize,
}

impl Excerpt {
    /// The whole text where that is small, else what lies around this span.
    pub(super) fn around(source: &Source, span: &Span) -> Self {
        let all = &source.text;
        if all.len() <= USUAL {
            return Self { text: sanitize::in_place(all).into_owned(), line: 1, from: 0 };
        }
        let at = source.clamp(span).start;
        let start = all[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = all[at..].find('\n').map_or(all.len(), |end| at + end);
        let (from, to) = (start.max(all.floor_char_boundary(at.saturating_sub(SIDE))), end.min(at + SIDE));
        let text = sanitize::in_place(&all[from..all.floor_char_boundary(to)]).into_owned();
        Self { text, line: source.position(at).0, from }
    }

    /// The span as seen from the piece, as far as it lies in it; `None` where it does not.
    pub(super) fn place(&self, source: &Source, span: &Span) -> Option<Span> {
        let span = source.clamp(span);
        let last = self.from + self.text.len();
        let inside = (self.from..=last).contains(&span.start);
        inside.then(|| span.start - self.from..span.end.min(last) - self.from)
    }

    /// The snippet to which patches or labels are added.
    pub(super) fn snippet<T: Clone>(&self) -> Snippet<'_, T> {
        Snippet::source(self.text.as_str()).line_start(self.line)
    }

    /// A label on it, if it lies in it.
    pub(super) fn mark<'a>(&self, source: &Source, label: &'a Label, kind: AnnotationKind) -> Option<Annotation<'a>> {
        let text = (!label.text.is_empty()).then(|| sanitize::text(&label.text));
        Some(kind.span(self.place(source, &label.span)?).label(text))
    }
}
