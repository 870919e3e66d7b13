use serde_json::{Value, json};

use super::{Report, Severity};
use crate::source::Source;

/// A report as the JSON that `--format json` promises: `{"diagnostics": [{code, severity, message, file, line, column, help}]}`,
/// sorted by position. Line and column count from 1; a diagnostic about the whole file stands at 1:1.
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
        let (source, label) = match (&d.primary, &d.elsewhere) {
            (None, Some(elsewhere)) => (elsewhere.source.as_ref(), Some(&elsewhere.label)),
            (primary, _) => (source, primary.as_ref()),
        };
        let (line, column) = label.map_or((1, 1), |label| source.position(label.span.start));
        let severity = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        json!({
            "code": d.code.as_str(),
            "severity": severity,
            "message": d.message,
            "file": source.name,
            "line": line,
            "column": column,
            "help": d.help,
        })
    };
    report.sorted().iter().map(one).collect()
}
