use clap::Command;
use clap_complete::Shell;

use super::{Exit, print};

/// Prints a shell's completion script for vpcgen's commands and options.
pub(crate) fn completions(shell: Shell, mut command: Command) -> Exit {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    print(&String::from_utf8_lossy(&script))
}
