use clap::ValueEnum;

use super::{Exit, Input, fail, inform, print, report};
use crate::compile::LockPolicy;
use crate::diag::ci::{findings, github, gitlab, sarif};
use crate::diag::{Levels, Report, json_all, quantity};
use crate::model::quota;
use crate::sanitize;
use crate::source::Source;

/// The output format of diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// Annotations on the pull request, from GitHub Actions.
    Github,
    /// For code scanning and editors.
    Sarif,
    /// GitLab's code quality report.
    Gitlab,
}

/// Reports all problems in the descriptions and their locks at once. For a valid cluster, also lists the quotas that it uses,
/// because vpcgen cannot check them and they could otherwise fail the apply.
pub(crate) fn validate(inputs: &[Input], format: Format, locked: bool, levels: &Levels) -> Exit {
    let policy = if locked { LockPolicy::Frozen } else { LockPolicy::Update };
    let (mut outcomes, mut unread) = (Vec::new(), Vec::new());
    for input in inputs {
        match input.compile(policy) {
            Ok(compiling) => outcomes.push(compiling.outcome),
            Err(refusal) => unread.push(refusal),
        }
    }
    let denied: usize = outcomes.iter_mut().map(|outcome| outcome.apply(levels)).sum();
    let valid = denied == 0 && unread.is_empty() && outcomes.iter().all(|outcome| outcome.compiled.is_some());
    let reports = outcomes.iter().flat_map(|outcome| outcome.reports());
    let printed = if format == Format::Text {
        for refusal in &unread {
            fail(refusal);
        }
        report(&reports.collect::<Vec<_>>());
        if denied > 0 {
            inform(&format!("{} reported as errors (--deny)\n", quantity(denied as u64, "warning")));
        }
        for compiled in outcomes.iter().filter_map(|outcome| outcome.compiled.as_ref()) {
            inform(&format!("{}\n", quota(&compiled.cluster)));
        }
        Exit::Done
    } else {
        let unread: Vec<(Report, Source)> = unread.iter().map(|refusal| refusal.report()).collect();
        let all = unread.iter().map(|(report, source)| (report, source)).chain(reports);
        print(&text(format, all))
    };
    if valid { printed } else { Exit::Error }
}

/// The reports in a format for programs.
fn text<'a>(format: Format, reports: impl Iterator<Item = (&'a Report, &'a Source)>) -> String {
    let json = match format {
        Format::Github => return github(&findings(reports)),
        Format::Sarif => sarif(&findings(reports)),
        Format::Gitlab => gitlab(&findings(reports)),
        Format::Text | Format::Json => json_all(reports),
    };
    sanitize::json(&format!("{json:#}\n")).into_owned()
}
