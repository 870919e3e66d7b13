use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::excerpt::Excerpt;
use super::{Diagnostic, Report, Severity};
use crate::source::{Source, Span};
use crate::visible;

/// So many are drawn; nobody reads more before mending the first.
const MOST_DRAWN: usize = 100;

/// A report as people read it: each problem under the lines it is about, then the fix, with a count at the end.
///
/// The text carries ANSI colours; print it through `anstream`, which strips them where no terminal listens.
pub fn draw(report: &Report, source: &Source) -> String {
    let renderer = Renderer::styled();
    let mut text = String::new();
    let all = report.sorted();
    for diagnostic in all.iter().take(MOST_DRAWN) {
        let excerpts = Excerpts::of(diagnostic, source);
        text.push_str(&renderer.render(&groups(diagnostic, source, &excerpts)));
        text.push_str("\n\n");
    }
    if let Some(mut count) = count(report) {
        if all.len() > MOST_DRAWN {
            count.push_str(&format!("; the first {MOST_DRAWN} are shown"));
        }
        text.push_str(&count);
        text.push('\n');
    }
    text
}

/// What is drawn from: the text around the primary place, and around the place of the patch.
struct Excerpts {
    primary: Excerpt,
    patch: Excerpt,
}

impl Excerpts {
    fn of(d: &Diagnostic, source: &Source) -> Self {
        let around = |span: Option<&Span>| Excerpt::around(source, span.unwrap_or(&(0..0)));
        Self {
            primary: around(d.primary.as_ref().map(|label| &label.span)),
            patch: around(d.patch.as_ref().map(|patch| &patch.span)),
        }
    }
}

fn groups<'a>(d: &'a Diagnostic, source: &'a Source, excerpts: &'a Excerpts) -> Vec<Group<'a>> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(visible::text(&d.message)).id(d.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(primary) = &d.primary {
        let shown = &excerpts.primary;
        let mark = |label: &'a super::Label, kind: AnnotationKind| {
            let label_text = (!label.text.is_empty()).then(|| visible::text(&label.text));
            Some(kind.span(shown.place(source, &label.span)?).label(label_text))
        };
        let snippet = Snippet::source(shown.text.as_str())
            .line_start(shown.line)
            .path(visible::line(&source.name))
            .annotations(mark(primary, AnnotationKind::Primary))
            .annotations(d.others.iter().filter_map(|label| mark(label, AnnotationKind::Context)));
        group = group.element(snippet);
    }
    let mut groups = Vec::new();
    let patch = d.patch.as_ref().and_then(|patch| {
        let place = excerpts.patch.place(source, &patch.span)?;
        let snippet = Snippet::source(excerpts.patch.text.as_str()).line_start(excerpts.patch.line);
        Some(snippet.patch(Patch::new(place, visible::text(&patch.text))))
    });
    match (&d.help, patch) {
        (Some(help), Some(snippet)) => {
            groups.push(group);
            groups.push(Level::HELP.secondary_title(visible::text(help)).element(snippet));
        }
        (Some(help), None) => groups.push(group.element(Level::HELP.message(visible::text(help)))),
        (None, _) => groups.push(group),
    }
    groups
}

fn count(report: &Report) -> Option<String> {
    let number = |n: usize, what: &str| match n {
        0 => None,
        1 => Some(format!("1 {what}")),
        n => Some(format!("{n} {what}s")),
    };
    let parts: Vec<_> =
        [number(report.count(Severity::Error), "error"), number(report.count(Severity::Warning), "warning")]
            .into_iter()
            .flatten()
            .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
