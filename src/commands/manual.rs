use clap::Command;
use clap_mangen::Man;

use super::{Exit, fail, print};

/// Prints the manual page of vpcgen or of one of its commands.
pub(crate) fn manual(verb: Option<&str>, mut command: Command) -> Exit {
    // Gives each command the full name under which `man` finds it, such as vpcgen-render.
    command.build();
    let command = match verb {
        None => command,
        Some(verb) => match command.find_subcommand(verb) {
            Some(found) => found.clone(),
            None => return fail(format_args!("there is no command `{verb}`; `vpcgen --help` lists them")),
        },
    };
    let mut page = Vec::new();
    match Man::new(command).render(&mut page) {
        Ok(()) => print(&String::from_utf8_lossy(&page)),
        Err(error) => fail(error),
    }
}
