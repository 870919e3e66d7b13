//! Reports in the formats of CI systems: annotations of GitHub Actions, SARIF, GitLab's code quality report.

mod fingerprint;
mod github;
mod gitlab;
mod sarif;

pub use github::github;
pub use gitlab::gitlab;
pub use sarif::sarif;

use super::{Diagnostic, Report};
use crate::source::{Source, Span};

/// A diagnostic with its place, as CI systems need it.
#[derive(Debug)]
pub struct Finding<'a> {
    diagnostic: &'a Diagnostic,
    /// The file that it is about.
    source: &'a Source,
    /// The place in this file. `None`: the whole file.
    span: Option<Span>,
    /// Identifies it in later runs; unique among all findings.
    fingerprint: String,
}

/// All diagnostics of several reports: file by file, each sorted by position.
pub fn findings<'a>(reports: impl IntoIterator<Item = (&'a Report, &'a Source)>) -> Vec<Finding<'a>> {
    let mut fingerprints = fingerprint::Fingerprints::default();
    let mut all = Vec::new();
    for (report, own) in reports {
        for diagnostic in report.sorted() {
            let (source, label) = match (&diagnostic.primary, &diagnostic.elsewhere) {
                (None, Some(elsewhere)) => (elsewhere.source.as_ref(), Some(&elsewhere.label)),
                (primary, _) => (own, primary.as_ref()),
            };
            let span = label.map(|label| source.clamp(&label.span));
            let fingerprint = fingerprints.of(diagnostic.code, source, span.as_ref());
            all.push(Finding { diagnostic, source, span, fingerprint });
        }
    }
    all
}

impl Finding<'_> {
    /// The file's path as CI systems compare it with those of the repository; `None` for standard input and presets.
    fn path(&self) -> Option<&str> {
        let name = self.source.name.as_str();
        (!name.starts_with('<')).then(|| name.trim_start_matches("./"))
    }

    /// Line and column of the first character and of the one after the last; of a whole file, its beginning.
    fn place(&self) -> ((usize, usize), (usize, usize)) {
        let span = self.span.clone().unwrap_or(0..0);
        (self.source.position(span.start), self.source.position(span.end))
    }

    /// What is wrong, and what to do.
    fn text(&self) -> String {
        match &self.diagnostic.help {
            Some(help) => format!("{}\nhelp: {help}", self.diagnostic.message),
            None => self.diagnostic.message.clone(),
        }
    }
}
