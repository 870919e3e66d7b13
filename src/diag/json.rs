use serde_json::{Value, json};

use super::{Patch, Report, Severity};
use crate::source::Source;

/// A report as the JSON that `--format json` promises: `{"diagnostics": [{code, severity, message, file, line, column, help, fix}]}`,
/// sorted by position. Lines and columns (characters) count from 1; a diagnostic about the whole file is at 1:1. `fix` replaces the
/// text from `start` up to `end`, which also have their offsets in bytes; `null` if there is no such edit.
pub fn json(report: &Report, source: &Source) -> Value {
    json_all([(report, source)])
}

/// The reports on several files as one: file by file, each sorted by position.
pub fn json_all<'a>(reports: impl IntoIterator<Item = (&'a Report, &'a Source)>) -> Value {
    let all = reports.into_iter().flat_map(|(report, source)| list(report, source));
    json!({ "diagnostics": all.collect::<Vec<_>>() })
}

fn list(report: &Report, source: &Source) -> Vec<Value> {
    let one = |d: &&super::Diagnostic| {
        let (place, label) = match (&d.primary, &d.elsewhere) {
            (None, Some(elsewhere)) => (elsewhere.source.as_ref(), Some(&elsewhere.label)),
            (primary, _) => (source, primary.as_ref()),
        };
        let (line, column) = label.map_or((1, 1), |label| place.position(label.span.start));
        let severity = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        json!({
            "code": d.code.as_str(),
            "severity": severity,
            "message": d.message,
            "file": place.name,
            "line": line,
            "column": column,
            "help": d.help,
            "fix": d.patch.as_ref().map(|patch| fix(patch, source)),
        })
    };
    report.sorted().iter().map(one).collect()
}

/// A patch is always one of the file that its report is about.
fn fix(patch: &Patch, source: &Source) -> Value {
    let span = source.clamp(&patch.span);
    let place = |byte: usize| {
        let (line, column) = source.position(byte);
        json!({ "byte": byte, "line": line, "column": column })
    };
    json!({ "file": source.name, "start": place(span.start), "end": place(span.end), "replacement": patch.text })
}
