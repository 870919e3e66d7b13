use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Finding;
use crate::diag::{Code, Severity};

/// A log in the Static Analysis Results Interchange Format
/// (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), as GitHub's code scanning, Azure and editors read it. Its
/// rules are the pages of `explain`.
pub fn sarif(findings: &[Finding<'_>]) -> Value {
    let codes: Vec<Code> =
        findings.iter().map(|finding| finding.diagnostic.code).collect::<BTreeSet<_>>().into_iter().collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let index = |code: Code| codes.iter().position(|other| *other == code);
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, index(finding.diagnostic.code))).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "vpcgen", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    let page = code.explanation();
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": page.title },
        "fullDescription": { "text": page.title },
        "help": { "text": page.body, "markdown": page.body },
        "properties": { "tags": ["vpcgen"] },
    })
}

fn result(finding: &Finding<'_>, rule: Option<usize>) -> Value {
    let uri = uri(finding.path().unwrap_or("stdin"));
    let mut location = json!({ "artifactLocation": { "uri": uri } });
    if finding.span.is_some() {
        let ((line, column), (end_line, end_column)) = finding.place();
        location["region"] =
            json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column });
    } else {
        location["region"] = json!({ "startLine": 1 });
    }
    let mut result = json!({
        "ruleId": finding.diagnostic.code.as_str(),
        "ruleIndex": rule,
        "level": match finding.diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": { "text": finding.text() },
        "locations": [{ "physicalLocation": location }],
        "partialFingerprints": { "vpcgen/v1": finding.fingerprint },
    });
    if let Some(fix) = fix(finding) {
        result["fixes"] = json!([fix]);
    }
    result
}

/// The edit that fixes it. A patch is one of the description, so there is none where the finding is in the lock.
fn fix(finding: &Finding<'_>) -> Option<Value> {
    finding.diagnostic.primary.as_ref()?;
    let patch = finding.diagnostic.patch.as_ref()?;
    let span = finding.source.clamp(&patch.span);
    let ((line, column), (end_line, end_column)) =
        (finding.source.position(span.start), finding.source.position(span.end));
    Some(json!({
        "description": { "text": finding.diagnostic.help.as_deref().unwrap_or("fix") },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(finding.path()?) },
            "replacements": [{
                "deletedRegion":
                    { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
                "insertedContent": { "text": patch.text },
            }],
        }],
    }))
}

/// A path as a URI reference: absolute ones with their scheme, bytes that it cannot contain escaped.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
