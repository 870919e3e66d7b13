use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::{Diagnostic, Report, Severity};
use crate::source::Source;

/// A report as people read it: each problem under the lines it is about, then the fix, with a count at the end.
///
/// The text carries ANSI colours; print it through `anstream`, which strips them where no terminal listens.
pub fn draw(report: &Report, source: &Source) -> String {
    let shown = visible(source);
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
    let mark = |label: &'a super::Label, kind: AnnotationKind, source: &'a Source| {
        let label_text = (!label.text.is_empty()).then(|| plain(&label.text));
        kind.span(source.clamp(&label.span)).label(label_text)
    };
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(plain(&d.message)).id(d.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(primary) = &d.primary {
        let snippet = Snippet::source(shown)
            .path(source.name.as_str())
            .annotation(mark(primary, AnnotationKind::Primary, source))
            .annotations(d.others.iter().map(|label| mark(label, AnnotationKind::Context, source)));
        group = group.element(snippet);
    }
    if let Some(elsewhere) = &d.elsewhere {
        let kind = if d.primary.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
        let snippet = Snippet::source(visible(&elsewhere.source))
            .path(elsewhere.source.name.as_str())
            .annotation(mark(&elsewhere.label, kind, &elsewhere.source));
        group = group.element(snippet);
    }
    let mut groups = Vec::new();
    match (&d.help, &d.patch) {
        (Some(help), Some(patch)) => {
            groups.push(group);
            let snippet = Snippet::source(shown).patch(Patch::new(source.clamp(&patch.span), plain(&patch.text)));
            groups.push(Level::HELP.secondary_title(plain(help)).element(snippet));
        }
        (Some(help), None) => groups.push(group.element(Level::HELP.message(plain(help)))),
        (None, _) => groups.push(group),
    }
    groups
}

/// The source as it may reach a terminal: control characters blanked byte for byte, so that spans stay right.
fn visible(source: &Source) -> String {
    source
        .text
        .chars()
        .flat_map(|c| {
            let hide = c.is_control() && c != '\n' && c != '\t';
            std::iter::repeat_n(if hide { ' ' } else { c }, if hide { c.len_utf8() } else { 1 })
        })
        .collect()
}

/// A message as it may reach a terminal: what the user wrote is quoted in it, escapes included.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
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
