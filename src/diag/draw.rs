use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer};

use super::excerpt::Excerpt;
use super::{Diagnostic, Report, Severity};
use crate::sanitize;
use crate::source::{Source, Span};

/// The most that are drawn; the rest is counted.
const MOST_DRAWN: usize = 100;

/// A report as people read it: each problem under the lines it is about, then the fix, with a count at the end.
///
/// The text has ANSI colours; print it through `anstream`, which strips them unless the output is a terminal.
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
            count.push_str(&format!(", of which {} are not shown", report.total() - MOST_DRAWN));
        }
        if report.is_incomplete() {
            count.push_str("; reading stopped there, so there may be more");
        }
        text.push_str(&count);
        text.push('\n');
    }
    text
}

/// What is drawn from: the text around the primary place, around the one in another file, and around that of the patch.
struct Excerpts {
    primary: Excerpt,
    elsewhere: Option<Excerpt>,
    patch: Excerpt,
}

impl Excerpts {
    fn of(d: &Diagnostic, source: &Source) -> Self {
        let around = |span: Option<&Span>| Excerpt::around(source, span.unwrap_or(&(0..0)));
        Self {
            primary: around(d.primary.as_ref().map(|label| &label.span)),
            elsewhere: d.elsewhere.as_ref().map(|place| Excerpt::around(&place.source, &place.label.span)),
            patch: around(d.patch.as_ref().map(|patch| &patch.span)),
        }
    }
}

fn groups<'a>(d: &'a Diagnostic, source: &'a Source, excerpts: &'a Excerpts) -> Vec<Group<'a>> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(sanitize::text(&d.message)).id(d.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(primary) = &d.primary {
        let shown = &excerpts.primary;
        let others = d.others.iter().filter_map(|label| shown.mark(source, label, AnnotationKind::Context));
        let snippet = shown
            .snippet()
            .path(sanitize::line(&source.name))
            .annotations(shown.mark(source, primary, AnnotationKind::Primary))
            .annotations(others);
        group = group.element(snippet);
    }
    if let (Some(elsewhere), Some(shown)) = (&d.elsewhere, &excerpts.elsewhere) {
        let kind = if d.primary.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
        let source = &elsewhere.source;
        let snippet =
            shown.snippet().path(sanitize::line(&source.name)).annotations(shown.mark(source, &elsewhere.label, kind));
        group = group.element(snippet);
    }
    let mut groups = Vec::new();
    let patch = d.patch.as_ref().and_then(|patch| {
        let place = excerpts.patch.place(source, &patch.span)?;
        Some(excerpts.patch.snippet().patch(Patch::new(place, sanitize::text(&patch.text))))
    });
    match (&d.help, patch) {
        (Some(help), Some(snippet)) => {
            groups.push(group);
            groups.push(Level::HELP.secondary_title(sanitize::text(help)).element(snippet));
        }
        (Some(help), None) => groups.push(group.element(Level::HELP.message(sanitize::text(help)))),
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
