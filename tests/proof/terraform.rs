//! Terraform or OpenTofu, run on a copy of a tree, with nothing of the surroundings in it and no way to any network.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use super::{
    examples,
    failure::{Failure, judge},
    program::{self, Program},
    provider::{self, Provider},
};
use crate::google::Google;

/// Whether there is a program to run; reports a skipped level if not.
pub(crate) fn is_here(level: u8, what: &str) -> bool {
    program::first(level, what).is_some()
}

/// `fmt -check` on the tree itself: it writes nothing.
pub(crate) fn check_format(program: &Program, tree: &Path) -> Result<(), Failure> {
    let output = program.command(tree).args(["fmt", "-check", "-diff", "-recursive"]).output();
    judge(program, "fmt -check", output.expect("the program starts"), &[0]).map(drop)
}

/// A copy of a tree that the program works on, against a stand-in of its own. Both are gone when this is dropped.
pub(crate) struct Workspace {
    program: Program,
    folder: TempDir,
    provider: Provider,
    pub(crate) google: Google,
}

impl Workspace {
    /// Copies the tree and points it at a new stand-in, for Terraform or, where there is none, OpenTofu.
    pub(crate) fn new(tree: &Path, provider: &Provider) -> Workspace {
        let program = program::all().first().expect("a test asks first whether there is one");
        Workspace::with(program, tree, provider)
    }

    /// The same for that program.
    pub(crate) fn with(program: &Program, tree: &Path, provider: &Provider) -> Workspace {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let google = Google::start();
        examples::copy(tree, &folder.path().join("tree")).expect("the tree can be copied");
        provider::redirect(&folder.path().join("tree"), google.url()).expect("the copy can be written");
        // The provider reads this file; because it has a token, it does not contact Google.
        let nobody = r#"{"type": "authorized_user", "client_id": "-", "client_secret": "-", "refresh_token": "-"}"#;
        fs::write(folder.path().join("credentials.json"), nobody).expect("a temporary file");
        if let Provider::Folder { of_publisher, .. } = provider {
            provider::link(program, of_publisher, &folder.path().join("plugins")).expect("a temporary folder");
        }
        Workspace { program: program.clone(), folder, provider: provider.clone(), google }
    }

    /// The copy, for changes before the first step.
    pub(crate) fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    /// Gets the provider ready.
    pub(crate) fn init(&self) -> Result<(), Failure> {
        let mut command = self.program.command(&self.tree());
        command.args(["init", "-no-color", "-input=false"]);
        // The registry is the one thing outside that a step may need.
        if matches!(self.provider, Provider::Folder { .. }) {
            command.arg("-plugin-dir").arg(self.folder.path().join("plugins"));
            cut_off(&mut command);
        }
        judge(&self.program, "init", command.output().expect("the program starts"), &[0]).map(drop)
    }

    /// Holds the tree against the provider's schema.
    pub(crate) fn validate(&self) -> Result<(), Failure> {
        self.step("validate", &["validate", "-no-color"], &[0]).map(drop)
    }

    /// Plans, and keeps the plan for `apply`.
    pub(crate) fn plan(&self) -> Result<(), Failure> {
        self.plan_with(&[])
    }

    /// The same, with options such as `-replace=ADDRESS`.
    pub(crate) fn plan_with(&self, options: &[&str]) -> Result<(), Failure> {
        let arguments = ["plan", "-no-color", "-input=false", "-out=plan"];
        self.step("plan", &[&arguments, options].concat(), &[0]).map(drop)
    }

    /// Puts another version of the tree in place: what Terraform keeps and how it is pointed at the stand-in stay.
    pub(crate) fn update(&self, tree: &Path) {
        examples::copy(tree, &self.tree()).expect("the tree can be copied");
    }

    /// Applies the plan.
    pub(crate) fn apply(&self) -> Result<(), Failure> {
        self.step("apply", &["apply", "-no-color", "-input=false", "plan"], &[0]).map(drop)
    }

    /// A second plan finds nothing to do: what was applied is what was meant.
    pub(crate) fn plan_is_empty(&self) -> Result<(), Failure> {
        self.step("second plan", &["plan", "-no-color", "-input=false", "-detailed-exitcode"], &[0]).map(drop)
    }

    /// What the plan of the last step will change, as `terraform show -json` prints it.
    pub(crate) fn planned(&self) -> Result<serde_json::Value, Failure> {
        let output = self.step("show", &["show", "-json", "plan"], &[0])?;
        Ok(serde_json::from_slice(&output.stdout).expect("terraform show -json prints JSON"))
    }

    /// Destroys all of it, as the rendered comment says: the state disks, which are protected, are taken out of the state first.
    pub(crate) fn destroy(&self) -> Result<(), Failure> {
        let protected = ["state", "rm", "google_compute_disk.state"];
        self.step("state rm", &protected, &[0])?;
        self.step("destroy", &["destroy", "-no-color", "-input=false", "-auto-approve"], &[0]).map(drop)
    }

    fn step(&self, name: &'static str, arguments: &[&str], good: &[i32]) -> Result<Output, Failure> {
        let mut command = self.program.command(&self.tree());
        cut_off(&mut command);
        command.env("GOOGLE_APPLICATION_CREDENTIALS", self.folder.path().join("credentials.json"));
        judge(&self.program, name, command.args(arguments).output().expect("the program starts"), good)
    }
}

/// Sends all traffic beyond loopback to a closed port, so that a forgotten endpoint fails at once.
fn cut_off(command: &mut Command) {
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"] {
        command.env(name, "http://127.0.0.1:9");
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, "127.0.0.1,localhost");
    }
}
