use serde_json::{Value, json};

use super::{Report, Severity};
use crate::source::Source;

/// A report as the JSON that `--format json` promises: `{"diagnostics": [{code, severity, message, file, line, column, help}]}`,
/// sorted by position. Line and column count from 1; a diagnostic about the whole file stands at 1:1.
pub fn json(report: &Report, source: &Source) -> Value {
    let one = |d: &&super::Diagnostic| {
        let (line, column) = d.primary.as_ref().map_or((1, 1), |label| source.position(label.span.start));
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
    json!({ "diagnostics": report.sorted().iter().map(one).collect::<Vec<_>>() })
}
