//! The output of a failed step.

use std::{fmt, process::Output};

use super::program::Program;

/// A failed step and its output.
#[derive(Debug)]
pub(crate) struct Failure {
    /// `terraform apply`
    pub(crate) step: String,
    pub(crate) output: String,
}

/// Fails unless the step ended with one of the expected exit codes.
pub(super) fn expect_status(
    program: &Program,
    step: &str,
    output: Output,
    expected: &[i32],
) -> Result<Output, Failure> {
    if output.status.code().is_some_and(|code| expected.contains(&code)) {
        return Ok(output);
    }
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Err(Failure { step: format!("{program} {step}"), output: text })
}

impl fmt::Display for Failure {
    /// The step and the end of its output, which contains the error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<&str> = self.output.lines().filter(|line| !line.trim().is_empty()).collect();
        let end = lines.len().saturating_sub(40);
        write!(f, "{} failed:\n  {}", self.step, lines[end..].join("\n  "))
    }
}
