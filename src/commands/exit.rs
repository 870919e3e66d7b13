use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or no difference.
    Done,
    /// The description or the surroundings are wrong.
    Error,
    /// `--check` found differences.
    Differences,
}

impl From<Exit> for ExitCode {
    /// As Terraform's own: 0, 1, 2.
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => ExitCode::SUCCESS,
            Exit::Error => ExitCode::from(1),
            Exit::Differences => ExitCode::from(2),
        }
    }
}
