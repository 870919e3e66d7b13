use serde_json::{Value, json};

use super::Finding;
use crate::diag::Severity;

/// A code quality report (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).
pub fn gitlab(findings: &[Finding<'_>]) -> Value {
    findings.iter().map(issue).collect()
}

fn issue(finding: &Finding<'_>) -> Value {
    let ((begin, _), (end, _)) = finding.place();
    json!({
        "description": finding.text().replace('\n', "; "),
        "check_name": finding.diagnostic.code.as_str(),
        "fingerprint": finding.fingerprint,
        "severity": match finding.diagnostic.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
        },
        "location": { "path": finding.path().unwrap_or("stdin"), "lines": { "begin": begin, "end": end } },
    })
}
