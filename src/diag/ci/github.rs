use super::Finding;
use crate::diag::Severity;
use crate::sanitize;

/// Workflow commands that make annotations on the files of a pull request
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>), one line each.
///
/// GitHub shows ten of each kind for a step, so errors come first.
pub fn github(findings: &[Finding<'_>]) -> String {
    let of = |severity| findings.iter().filter(move |finding| finding.diagnostic.severity == severity);
    of(Severity::Error).chain(of(Severity::Warning)).map(command).collect()
}

fn command(finding: &Finding<'_>) -> String {
    let ((line, column), (end_line, end_column)) = finding.place();
    let mut properties = Vec::new();
    if let Some(path) = finding.path() {
        properties.push(format!("file={}", property(path)));
        properties.push(format!("line={line}"));
        // GitHub has columns only in annotations of one line.
        if finding.span.is_some() && end_line == line {
            properties.push(format!("endLine={end_line},col={column},endColumn={end_column}"));
        }
    }
    properties.push(format!("title=vpcgen {}", property(finding.diagnostic.code.as_str())));
    let kind = match finding.diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!("::{kind} {}::{}\n", properties.join(","), data(&sanitize::text(&finding.text())))
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(&sanitize::line(text)).replace(':', "%3A").replace(',', "%2C")
}
