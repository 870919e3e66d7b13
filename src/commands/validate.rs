use clap::ValueEnum;

use super::{Exit, Input, fail, inform, print, report};
use crate::compile::LockPolicy;
use crate::diag::{Report, json_all};
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
}

/// Reports all problems in the descriptions and their locks at once. For a valid cluster, also lists the quotas that it uses,
/// because vpcgen cannot check them and they could otherwise fail the apply.
pub(crate) fn validate(inputs: &[Input], format: Format, locked: bool) -> Exit {
    let policy = if locked { LockPolicy::Frozen } else { LockPolicy::Update };
    let (mut outcomes, mut unread) = (Vec::new(), Vec::new());
    for input in inputs {
        match input.compile(policy) {
            Ok(compiling) => outcomes.push(compiling.outcome),
            Err(refusal) => unread.push(refusal),
        }
    }
    let valid = unread.is_empty() && outcomes.iter().all(|outcome| outcome.compiled.is_some());
    let reports = outcomes.iter().flat_map(|outcome| outcome.reports());
    let printed = match format {
        Format::Text => {
            for refusal in &unread {
                fail(refusal);
            }
            report(&reports.collect::<Vec<_>>());
            for compiled in outcomes.iter().filter_map(|outcome| outcome.compiled.as_ref()) {
                inform(&format!("{}\n", quota(&compiled.cluster)));
            }
            Exit::Done
        }
        Format::Json => {
            let unread: Vec<(Report, Source)> = unread.iter().map(|refusal| refusal.report()).collect();
            let all = unread.iter().map(|(report, source)| (report, source)).chain(reports);
            print(&sanitize::json(&format!("{:#}\n", json_all(all))))
        }
    };
    if valid { printed } else { Exit::Error }
}
