//! Arguments and exit statuses, nothing else.

use std::borrow::Cow;
use std::io::Write as _;
use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::commands::{self, Exit, Format, Input, PlanFormat, Preset};
use crate::visible;

/// Turns a short description of a Kubernetes cluster into Terraform and cloud-init for Compute Engine, with pods in alias
/// IP ranges of the VPC.
///
/// Exit status: 0 done or no difference, 1 error, 2 differences found.
#[derive(Debug, Parser)]
#[command(name = "vpcgen", version, max_term_width = 100, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write a commented cluster.yaml to begin with, and its schema for editors; never over a file.
    Init(Init),
    /// Render Terraform and cloud-init.
    ///
    /// Without --out, one main.tf goes to standard output. With --out DIR, a file for each concern goes there, all or none of
    /// them: files that vpcgen did not write are never overwritten, files of its own that are no longer rendered are removed.
    /// With the tree goes the lock beside the description, which keeps every machine's block for life.
    #[command(after_help = EXAMPLES)]
    Render(Render),
    /// Report every problem of a description at once.
    Validate(Validate),
    /// Say more about a diagnostic: why it is one, a wrong and a right example, the source.
    Explain(Explain),
    /// Write the lock: which machine has which block of the pod range, for life.
    ///
    /// It is cluster.lock.json beside cluster.yaml; commit it. `render --out` writes it too.
    Lock(Lock),
    /// Print the address plan: who has which range and block, what is free, how many nodes still fit.
    Ranges(Ranges),
    /// Print the JSON Schema of a description, for editors.
    Schema,
    /// Print a script that completes commands and options in a shell.
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or that of one command.
    #[command(after_help = "Example:\n  vpcgen man render | man -l -")]
    Man {
        /// Which command.
        command: Option<String>,
    },
}

const EXAMPLES: &str = "\
Examples:
  vpcgen render > main.tf
  vpcgen render --out .
  vpcgen render --out . --check       for CI: is what was committed what the description means?
  vpcgen render --preset vpc-native   needs no file";

const COMPLETIONS: &str = "\
Examples:
  source <(vpcgen completions bash)                                  this shell only
  vpcgen completions zsh > \"${fpath[1]}/_vpcgen\"                    every zsh from now on
  vpcgen completions fish > ~/.config/fish/completions/vpcgen.fish   every fish from now on";

#[derive(Debug, Args)]
struct Init {
    /// Which example to begin with.
    #[arg(long, value_enum, default_value = "minimal")]
    preset: Preset,
    /// Where to write it.
    #[arg(value_name = "FILE", default_value = DESCRIPTION)]
    file: Utf8PathBuf,
}

#[derive(Debug, Args)]
struct Render {
    #[command(flatten)]
    description: Description,
    /// Write a tree of files into DIR, which is made if need be.
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// Write nothing; show what would change in DIR and exit with status 2 if anything would.
    #[arg(long, requires = "out")]
    check: bool,
    /// Take over the files of another description in DIR: after it was renamed, or to replace its tree.
    #[arg(long, requires = "out")]
    adopt: bool,
    #[command(flatten)]
    preset: BuiltIn,
    #[command(flatten)]
    locked: Locked,
}

#[derive(Debug, Args)]
struct Validate {
    #[command(flatten)]
    description: Description,
    #[command(flatten)]
    locked: Locked,
    /// How to print what was found: drawn for people on standard error, or as JSON on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Args)]
struct Lock {
    #[command(flatten)]
    description: Description,
    /// Write nothing; show what would change in the lock and exit with status 2 if anything would.
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Args)]
struct Locked {
    /// Fail if the lock would change: for CI.
    #[arg(long)]
    locked: bool,
}

#[derive(Debug, Args)]
struct Ranges {
    #[command(flatten)]
    description: Description,
    #[command(flatten)]
    preset: BuiltIn,
    /// How to print it.
    #[arg(long, value_enum, default_value = "table")]
    format: PlanFormat,
}

#[derive(Debug, Args)]
struct Explain {
    /// A code as `validate` prints it, such as overlap; without one, all codes are listed.
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

const DESCRIPTION: &str = "cluster.yaml";

#[derive(Debug, Args)]
struct Description {
    /// The description; `-` is standard input.
    #[arg(id = "file", value_name = "FILE", default_value = DESCRIPTION)]
    file: Utf8PathBuf,
}

#[derive(Debug, Args)]
struct BuiltIn {
    /// A built-in description instead of a file.
    #[arg(long, value_enum, conflicts_with = "file")]
    preset: Option<Preset>,
}

/// What to read: the one or the other.
fn input(description: Description, built_in: &BuiltIn) -> Input {
    built_in.preset.map_or(Input::File(description.file), Input::Preset)
}

/// Reads the command line, runs what it says, and answers how that ended.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => {
            // clap would end with 2, which means differences here.
            let exit = if told.use_stderr() { Exit::Error } else { Exit::Done };
            // It quotes arguments as they are. With escapes in them it goes without its own colours.
            let quoted = told.to_string();
            let shown = visible::text(&quoted);
            let printed = match &shown {
                Cow::Borrowed(_) => told.print(),
                Cow::Owned(shown) => std::io::stderr().write_all(shown.as_bytes()),
            };
            return match printed {
                Ok(()) => exit.into(),
                Err(_) => Exit::Error.into(),
            };
        }
    };
    let exit = match arguments.verb {
        Verb::Init(init) => commands::init(init.preset, &init.file),
        Verb::Validate(validate) => {
            commands::validate(&validate.description.file, validate.format, validate.locked.locked)
        }
        Verb::Lock(lock) => commands::lock(&lock.description.file, lock.check),
        Verb::Explain(explain) => commands::explain(explain.code.as_deref()),
        Verb::Render(render) => {
            let locked = render.locked.locked;
            let source = input(render.description, &render.preset);
            let target = render.out.as_deref().map(|dir| commands::Target { dir, locked, adopt: render.adopt });
            match target {
                None => commands::render(&source, locked),
                Some(target) if render.check => commands::check(&source, target),
                Some(target) => commands::write(&source, target),
            }
        }
        Verb::Ranges(ranges) => commands::ranges(&input(ranges.description, &ranges.preset), ranges.format),
        Verb::Schema => commands::schema(),
        Verb::Completions { shell } => commands::completions(shell, Arguments::command()),
        Verb::Man { command } => commands::manual(command.as_deref(), Arguments::command()),
    };
    exit.into()
}
