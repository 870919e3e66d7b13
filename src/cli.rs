//! Arguments and exit statuses, nothing else.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::Write as _;
use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, CommandFactory, Parser, Subcommand};

use crate::adopt::Scope;
use crate::commands::{self, Comparison, DiffFormat, Exit, FailOn, Format, GraphFormat, Input, PlanFormat, Preset};
use crate::diag::Code;
use crate::sanitize;

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
    /// Create a commented cluster.yaml to start from, its schema for editors and a .gitignore. Never overwrites a file.
    Init(Init),
    /// Render Terraform and cloud-init.
    ///
    /// Without --out, a single main.tf is printed to standard output. With --out DIR, a tree of files is written to DIR, either
    /// completely or not at all. Files that vpcgen did not write are never overwritten; generated files that are no longer needed
    /// are removed. The lock file beside the description is updated too: it pins every machine's block of pod addresses.
    #[command(after_help = EXAMPLES)]
    Render(Render),
    /// Report all problems in one or more descriptions.
    #[command(after_help = VALIDATE)]
    Validate(Validate),
    /// Print the description with every default written out, and where each comes from.
    ///
    /// The output is a description of the same cluster: with the same lock, it renders the same files.
    Expand(Expand),
    /// Explain a diagnostic: the reason, a wrong and a right example, the source.
    Explain(Explain),
    /// Write the lock file, which pins every machine's block of the pod range.
    ///
    /// It is cluster.lock.json beside cluster.yaml: commit it. `render --out` writes it too.
    Lock(Lock),
    /// Print the address plan: all ranges and blocks, what is free, how many more nodes fit.
    Ranges(Ranges),
    /// Print a script that asks Google whether the cluster can be applied.
    ///
    /// It checks credentials, APIs, permissions, names, machine types, images, quotas and organisation policies with gcloud, and changes
    /// nothing: for each it prints yes or no, and what to do. vpcgen itself does not call Google.
    #[command(after_help = "Example:\n  vpcgen preflight > preflight.sh && bash preflight.sh")]
    Preflight(Description),
    /// Say what a changed description does to the running cluster.
    ///
    /// For each change: what is created, changed, restarted, replaced, deleted or refused, when it takes effect, how bad it may be, which
    /// key causes it, and what has to be done by hand. Compares two descriptions, or a description with its committed version. Each has its
    /// lock beside it.
    ///
    /// Exit status: 0 nothing changes, 1 error or --fail-on, 2 something changes.
    #[command(after_help = DIFF)]
    Diff(Diff),
    /// Draw what carries traffic: who comes in where, the VPC, zones and machines, the way out.
    ///
    /// Where there are many machines, Mermaid and DOT show those of a pool and zone as one box; the picture shows every machine.
    #[command(after_help = GRAPH)]
    Graph(Graph),
    /// Print import blocks, with which Terraform takes over what was made by hand.
    ///
    /// Without --all, they are for the VPC, the subnet, the firewall rules of the description and the machines. With --from, the machines
    /// that exist are compared with the description first, and the lock is written: each keeps its zone, its alias range and, if it is a
    /// control plane, its address. What the first apply restarts, and what adoption does not do, is said on standard error.
    #[command(after_help = IMPORT)]
    Import(Import),
    /// Print a script that upgrades the cluster's machines.
    ///
    /// It finds the machines that are behind the rendered tree (Kubernetes version, boot files, image, machine type) and replaces them one
    /// at a time: control planes first, then each node after it has been drained. It stops at the first machine that does not come back,
    /// and goes on there when it is run again. It needs bash, kubectl, Terraform or OpenTofu, and jq; it does not call Google itself.
    #[command(after_help = UPGRADE)]
    Upgrade(Description),
    /// Print the JSON Schema of descriptions, for editors.
    Schema,
    /// Print a shell completion script.
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page of vpcgen or of one command.
    #[command(after_help = "Example:\n  vpcgen man render | man -l -")]
    Man {
        /// The command.
        command: Option<String>,
    },
}

const EXAMPLES: &str = "\
Examples:
  vpcgen render > main.tf
  vpcgen render --out .
  vpcgen render --out . --check       for CI: verify that the committed files are current
  vpcgen render --preset vpc-native   without a description";

const VALIDATE: &str = "\
Examples:
  vpcgen validate --locked --deny warnings            for CI: fail on warnings too
  vpcgen validate --deny warnings --allow zone-kept   except this one
  vpcgen validate --format github                     in GitHub Actions: annotates the lines";

const DIFF: &str = "\
Examples:
  vpcgen diff                                  cluster.yaml against the last commit
  vpcgen diff --against origin/main            against the branch that a pull request is for
  vpcgen diff old/cluster.yaml cluster.yaml    two files";

const GRAPH: &str = "\
Examples:
  vpcgen graph                        paste it into a ```mermaid block of a README
  vpcgen graph --format svg > topology.svg
  vpcgen graph --format dot | dot -Tpdf > topology.pdf";

const IMPORT: &str = "\
Examples:
  gcloud compute instances list --project=PROJECT --format=json > instances.json
  vpcgen import --from instances.json > imports.tf
  vpcgen render --out . && terraform plan
  vpcgen import --all > imports.tf    after the loss of Terraform's state";

const UPGRADE: &str = "\
Example: render first, then run the script where Terraform runs
  vpcgen render --out . && vpcgen upgrade > upgrade.sh
  bash upgrade.sh --list              show what is pending
  bash upgrade.sh";

const COMPLETIONS: &str = "\
Examples:
  source <(vpcgen completions bash)                                  for this shell only
  vpcgen completions zsh > \"${fpath[1]}/_vpcgen\"                    for every zsh
  vpcgen completions fish > ~/.config/fish/completions/vpcgen.fish   for every fish";

#[derive(Debug, Args)]
struct Init {
    /// The example to start from.
    #[arg(long, value_enum, default_value = "minimal")]
    preset: Preset,
    /// The file to create; `-` is standard output.
    #[arg(value_name = "FILE", default_value = "cluster.yaml", value_parser = Name)]
    file: Utf8PathBuf,
}

#[derive(Debug, Args)]
struct Render {
    #[command(flatten)]
    description: Description,
    /// Write a tree of files to DIR, created if missing.
    #[arg(long, value_name = "DIR", value_parser = Name)]
    out: Option<Utf8PathBuf>,
    /// Write nothing; show what would change in DIR, and exit with status 2 if anything would.
    #[arg(long, requires = "out")]
    check: bool,
    /// Take over the files in DIR that were generated from another description, for example after renaming it.
    #[arg(long, requires = "out")]
    adopt: bool,
    #[command(flatten)]
    preset: BuiltIn,
    #[command(flatten)]
    locked: Locked,
}

#[derive(Debug, Args)]
struct Diff {
    /// OLD and NEW, or the description to compare with a revision [default: cluster.yaml or cluster.yml]
    #[arg(value_name = "FILE", value_parser = Name, num_args = 0..=2)]
    files: Vec<Utf8PathBuf>,
    /// Compare with the description and the lock of this Git revision [default: HEAD]
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// The output format.
    #[arg(long, value_enum, default_value = "text")]
    format: DiffFormat,
    /// Exit with status 1 if a change is this severe, or worse.
    #[arg(long, value_name = "SEVERITY", value_enum)]
    fail_on: Option<FailOn>,
    /// Also explain a plan of Terraform's, in the form of `terraform show -json PLANFILE`; `-` is standard input.
    #[arg(long, value_name = "PLAN", value_parser = Name)]
    plan: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
struct Validate {
    /// The descriptions; `-` is standard input [default: cluster.yaml or cluster.yml]
    #[arg(value_name = "FILE", value_parser = Name)]
    files: Vec<Utf8PathBuf>,
    #[command(flatten)]
    locked: Locked,
    /// The output format: text is printed to standard error, all others to standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Report warnings as errors: those of a code, or all with `warnings`. Can be repeated, or a list with commas.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = commands::denied)]
    deny: Vec<Option<Code>>,
    /// Do not report warnings of a code, even with `--deny warnings`. Can be repeated, or a list with commas.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = commands::allowed)]
    allow: Vec<Code>,
}

#[derive(Debug, Args)]
struct Lock {
    #[command(flatten)]
    description: Description,
    /// Write nothing; show what would change in the lock file, and exit with status 2 if anything would.
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Args)]
struct Locked {
    /// Fail if the lock file would have to change: for CI.
    #[arg(long)]
    locked: bool,
}

#[derive(Debug, Args)]
struct Ranges {
    #[command(flatten)]
    description: Description,
    #[command(flatten)]
    preset: BuiltIn,
    /// The output format.
    #[arg(long, value_enum, default_value = "table")]
    format: PlanFormat,
}

#[derive(Debug, Args)]
struct Expand {
    #[command(flatten)]
    description: Description,
    #[command(flatten)]
    preset: BuiltIn,
}

#[derive(Debug, Args)]
struct Graph {
    #[command(flatten)]
    description: Description,
    #[command(flatten)]
    preset: BuiltIn,
    /// The output format.
    #[arg(long, value_enum, default_value = "mermaid")]
    format: GraphFormat,
}

#[derive(Debug, Args)]
struct Import {
    #[command(flatten)]
    description: Description,
    /// The machines that exist, as gcloud compute instances list --format=json prints them.
    #[arg(long, value_name = "FILE", value_parser = Name)]
    from: Option<Utf8PathBuf>,
    /// Import blocks for every resource, not only for what is made by hand.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
struct Explain {
    /// A code such as overlap, as printed by `validate`; without one, all codes are listed.
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

#[derive(Debug, Args)]
struct Description {
    /// The description; `-` is standard input [default: cluster.yaml or cluster.yml]
    #[arg(id = "file", value_name = "FILE", value_parser = Name)]
    file: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
struct BuiltIn {
    /// Use a built-in description instead of a file.
    #[arg(long, value_enum, conflicts_with = "file")]
    preset: Option<Preset>,
}

/// The description to read.
fn input(description: Description, built_in: &BuiltIn) -> Input {
    built_in.preset.map_or_else(|| Input::file(description.file), Input::Preset)
}

/// Reads the name of a file or directory: UTF-8, as everything that is printed, and not empty.
#[derive(Debug, Clone)]
struct Name;

impl TypedValueParser for Name {
    type Value = Utf8PathBuf;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Utf8PathBuf, clap::Error> {
        let of = arg.map(|arg| format!(" for '{arg}'")).unwrap_or_default();
        let error = |what: String| clap::Error::raw(ErrorKind::InvalidValue, what).with_cmd(command);
        match value.to_str() {
            Some("") => Err(error(format!("an empty name was given{of}; the current directory is '.'\n"))),
            Some(name) => Ok(name.into()),
            None => Err(error(format!("the name '{}'{of} is not valid UTF-8; rename it\n", value.display()))),
        }
    }
}

/// Parses the command line, runs the command, and returns the exit status.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap would exit with 2, which means differences here.
            let exit = if error.use_stderr() { Exit::Error } else { Exit::Done };
            // It quotes arguments unchanged. If they contain escapes, the message is printed without its own colours.
            let quoted = error.to_string();
            let shown = sanitize::text(&quoted);
            let printed = match &shown {
                Cow::Borrowed(_) => error.print(),
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
            let inputs: Vec<Input> = match validate.files {
                none if none.is_empty() => vec![Input::file(None)],
                files => files.into_iter().map(Input::File).collect(),
            };
            match commands::levels(&validate.deny, validate.allow) {
                Ok(levels) => commands::validate(&inputs, validate.format, validate.locked.locked, &levels),
                Err(error) => commands::fail(error),
            }
        }
        Verb::Lock(lock) => commands::lock(&Input::file(lock.description.file), lock.check),
        Verb::Expand(expand) => commands::expand(&input(expand.description, &expand.preset)),
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
        Verb::Preflight(description) => commands::preflight(&Input::file(description.file)),
        Verb::Diff(Diff { files, against, format, fail_on, plan }) => {
            commands::diff(&Comparison { files, against, format, fail_on, plan })
        }
        Verb::Graph(graph) => commands::graph(&input(graph.description, &graph.preset), graph.format),
        Verb::Import(import) => {
            let scope = if import.all { Scope::All } else { Scope::ByHand };
            commands::import(&Input::file(import.description.file), scope, import.from.as_deref())
        }
        Verb::Upgrade(description) => commands::upgrade(&Input::file(description.file)),
        Verb::Schema => commands::schema(),
        Verb::Completions { shell } => commands::completions(shell, Arguments::command()),
        Verb::Man { command } => commands::manual(command.as_deref(), Arguments::command()),
    };
    exit.into()
}
