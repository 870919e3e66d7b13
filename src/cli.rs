//! Arguments and exit statuses, nothing else.

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand};

use crate::commands::{self, Exit, Format, Preset};

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
    /// Write a commented cluster.yaml to begin with; never over a file.
    Init(Init),
    /// Render Terraform and cloud-init.
    ///
    /// Without --out, one main.tf goes to standard output. With --out DIR, a file for each concern goes there, all or none of
    /// them: files that vpcgen did not write are never overwritten, files of its own that are no longer rendered are removed.
    #[command(after_help = EXAMPLES)]
    Render(Render),
    /// Report every problem of a description at once.
    Validate(Validate),
    /// Say more about a diagnostic: why it is one, a wrong and a right example, the source.
    Explain(Explain),
}

const EXAMPLES: &str = "\
Examples:
  vpcgen render > main.tf
  vpcgen render --out .
  vpcgen render --out . --check       for CI: is what was committed what the description means?
  vpcgen render --preset vpc-native   needs no file";

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
    /// Render a built-in description instead of a file.
    #[arg(long, value_enum, conflicts_with = "file")]
    preset: Option<Preset>,
}

#[derive(Debug, Args)]
struct Validate {
    #[command(flatten)]
    description: Description,
    /// How to print what was found: drawn for people on standard error, or as JSON on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
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

/// Reads the command line, runs what it says, and answers how that ended.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => {
            // clap would end with 2, which means differences here.
            let exit = if told.use_stderr() { Exit::Error } else { Exit::Done };
            return match told.print() {
                Ok(()) => exit.into(),
                Err(_) => Exit::Error.into(),
            };
        }
    };
    let exit = match arguments.verb {
        Verb::Init(init) => commands::init(init.preset, &init.file),
        Verb::Validate(validate) => commands::validate(&validate.description.file, validate.format),
        Verb::Explain(explain) => commands::explain(explain.code.as_deref()),
        Verb::Render(render) => {
            let source = match render.preset {
                Some(preset) => commands::Input::Preset(preset),
                None => commands::Input::File(render.description.file),
            };
            match render.out {
                None => commands::render(&source),
                Some(dir) if render.check => commands::check(&source, &dir),
                Some(dir) => commands::write(&source, &dir),
            }
        }
    };
    exit.into()
}
