use std::process::ExitCode;

/// A command's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or no difference.
    Done,
    /// The description is wrong, or a file could not be read or written.
    Error,
    /// `--check` found differences.
    Differences,
}

impl From<Exit> for ExitCode {
    /// The same as Terraform's: 0, 1, 2.
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => ExitCode::SUCCESS,
            Exit::Error => ExitCode::from(1),
            Exit::Differences => ExitCode::from(2),
        }
    }
}
