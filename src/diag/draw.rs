use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::{Diagnostic, Report, Severity};
use crate::source::Source;
use crate::visible;

/// A report as people read it: each problem under the lines it is about, then the fix, with a count at the end.
///
/// The text carries ANSI colours; print it through `anstream`, which strips them where no terminal listens.
pub fn draw(report: &Report, source: &Source) -> String {
    let shown = visible::in_place(&source.text);
    let renderer = Renderer::styled();
    let mut text = String::new();
    for diagnostic in report.sorted() {
        let groups = groups(diagnostic, source, &shown);
        text.push_str(&renderer.render(&groups));
        text.push_str("\n\n");
    }
    if let Some(count) = count(report) {
        text.push_str(&count);
        text.push('\n');
    }
    text
}

fn groups<'a>(d: &'a Diagnostic, source: &'a Source, shown: &'a str) -> Vec<Group<'a>> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(visible::text(&d.message)).id(d.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(primary) = &d.primary {
        let mark = |label: &'a super::Label, kind: AnnotationKind| {
            let label_text = (!label.text.is_empty()).then(|| visible::text(&label.text));
            kind.span(source.clamp(&label.span)).label(label_text)
        };
        let snippet = Snippet::source(shown)
            .path(visible::line(&source.name))
            .annotation(mark(primary, AnnotationKind::Primary))
            .annotations(d.others.iter().map(|label| mark(label, AnnotationKind::Context)));
        group = group.element(snippet);
    }
    let mut groups = Vec::new();
    match (&d.help, &d.patch) {
        (Some(help), Some(patch)) => {
            groups.push(group);
            let snippet =
                Snippet::source(shown).patch(Patch::new(source.clamp(&patch.span), visible::text(&patch.text)));
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
