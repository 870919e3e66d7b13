//! Runs Terraform or OpenTofu on a copy of a tree, isolated from the environment and the network.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use super::{
    examples,
    failure::{Failure, expect_status},
    program::{self, Program},
    provider::{self, Provider},
};
use crate::google::Google;

/// Whether Terraform or OpenTofu is installed. Reports a skipped level if not.
pub(crate) fn is_here(level: u8, what: &str) -> bool {
    program::first(level, what).is_some()
}

/// Runs `fmt -check` on the tree itself, which writes nothing.
pub(crate) fn check_format(program: &Program, tree: &Path) -> Result<(), Failure> {
    let output = program.command(tree).args(["fmt", "-check", "-diff", "-recursive"]).output();
    expect_status(program, "fmt -check", output.expect("the program starts"), &[0]).map(drop)
}

/// A copy of a tree with its own stand-in. Both are removed on drop.
pub(crate) struct Workspace {
    program: Program,
    folder: TempDir,
    provider: Provider,
    pub(crate) google: Google,
}

impl Workspace {
    /// Copies the tree and redirects it to a new stand-in, for Terraform or, if not installed, OpenTofu.
    pub(crate) fn new(tree: &Path, provider: &Provider) -> Workspace {
        let program = program::all().first().expect("the test checks first that there is one");
        Workspace::with(program, tree, provider)
    }

    /// The same for a given program.
    pub(crate) fn with(program: &Program, tree: &Path, provider: &Provider) -> Workspace {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let google = Google::start();
        examples::copy(tree, &folder.path().join("tree")).expect("the tree can be copied");
        provider::redirect(&folder.path().join("tree"), google.url()).expect("the copy can be written");
        // The provider reads this file, but does not contact Google, because it already has a token.
        let credentials =
            r#"{"type": "authorized_user", "client_id": "-", "client_secret": "-", "refresh_token": "-"}"#;
        fs::write(folder.path().join("credentials.json"), credentials).expect("a temporary file");
        if let Provider::Folder { publisher_folder, .. } = provider {
            provider::link(program, publisher_folder, &folder.path().join("plugins")).expect("a temporary folder");
        }
        Workspace { program: program.clone(), folder, provider: provider.clone(), google }
    }

    /// A copy with the same state and a stand-in of its own, for steps that this one must not see. It uses the plugins of this one.
    pub(crate) fn fork(&self) -> Workspace {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let google = self.google.fork();
        // Terraform's working files too, with links to the plugins.
        let copied = Command::new("cp").args(["-a"]).arg(self.tree()).arg(folder.path().join("tree")).status();
        assert!(copied.expect("cp starts").success(), "the workspace can be copied");
        fs::copy(self.folder.path().join("credentials.json"), folder.path().join("credentials.json"))
            .expect("a temporary file");
        provider::redirect(&folder.path().join("tree"), google.url()).expect("the copy can be written");
        Workspace { program: self.program.clone(), folder, provider: self.provider.clone(), google }
    }

    /// The path of the copy, which can be changed before the first step.
    pub(crate) fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    /// Installs the provider.
    pub(crate) fn init(&self) -> Result<(), Failure> {
        let mut command = self.program.command(&self.tree());
        command.args(["init", "-no-color", "-input=false"]);
        // Only `init` may need the network, for the registry.
        if matches!(self.provider, Provider::Folder { .. }) {
            command.arg("-plugin-dir").arg(self.folder.path().join("plugins"));
            cut_off(&mut command);
        }
        expect_status(&self.program, "init", command.output().expect("the program starts"), &[0]).map(drop)
    }

    /// Validates the tree against the provider's schema.
    pub(crate) fn validate(&self) -> Result<(), Failure> {
        self.step("validate", &["validate", "-no-color"], &[0]).map(drop)
    }

    /// Plans, and saves the plan for `apply`.
    pub(crate) fn plan(&self) -> Result<(), Failure> {
        self.plan_with(&[])
    }

    /// Plans with options such as `-replace=ADDRESS`.
    pub(crate) fn plan_with(&self, options: &[&str]) -> Result<(), Failure> {
        let arguments = ["plan", "-no-color", "-input=false", "-out=plan"];
        self.step("plan", &[&arguments, options].concat(), &[0]).map(drop)
    }

    /// Replaces the rendered files, and keeps Terraform's working files and the redirection to the stand-in.
    pub(crate) fn update(&self, tree: &Path) {
        examples::copy(tree, &self.tree()).expect("the tree can be copied");
    }

    /// Applies the saved plan.
    pub(crate) fn apply(&self) -> Result<(), Failure> {
        self.step("apply", &["apply", "-no-color", "-input=false", "plan"], &[0]).map(drop)
    }

    /// Checks that another plan is empty: the applied state matches the configuration.
    pub(crate) fn plan_is_empty(&self) -> Result<(), Failure> {
        self.step("second plan", &["plan", "-no-color", "-input=false", "-detailed-exitcode"], &[0]).map(drop)
    }

    /// The changes in the saved plan, as printed by `terraform show -json`.
    pub(crate) fn planned(&self) -> Result<serde_json::Value, Failure> {
        let output = self.step("show", &["show", "-json", "plan"], &[0])?;
        Ok(serde_json::from_slice(&output.stdout).expect("terraform show -json prints JSON"))
    }

    /// Destroys everything as the rendered comment describes: first removes what is protected from the state.
    pub(crate) fn destroy(&self) -> Result<(), Failure> {
        self.forget("google_compute_disk.state")?;
        self.forget("google_secret_manager_secret.pki")?;
        if self.tree().join("backup.tf").exists() {
            self.forget("google_storage_bucket.backup")?;
        }
        self.step("destroy", &["destroy", "-no-color", "-input=false", "-auto-approve"], &[0]).map(drop)
    }

    /// A script that runs the program as the steps here do, for those who run it themselves.
    pub(crate) fn wrapper(&self) -> String {
        let mut command = self.program.command(&self.tree());
        cut_off(&mut command);
        let set = command.get_envs().map(|(name, value)| match value {
            Some(value) => format!("export {}='{}'\n", name.display(), value.display()),
            None => format!("unset {}\n", name.display()),
        });
        let set: String = set.collect();
        let credentials = self.folder.path().join("credentials.json");
        format!(
            "#!/bin/sh\n{set}export GOOGLE_APPLICATION_CREDENTIALS='{}'\nexec '{}' \"$@\"\n",
            credentials.display(),
            command.get_program().display()
        )
    }

    /// Removes a resource from the state without destroying it.
    pub(crate) fn forget(&self, address: &str) -> Result<(), Failure> {
        self.step("state rm", &["state", "rm", address], &[0]).map(drop)
    }

    fn step(&self, name: &'static str, arguments: &[&str], expected: &[i32]) -> Result<Output, Failure> {
        let mut command = self.program.command(&self.tree());
        cut_off(&mut command);
        command.env("GOOGLE_APPLICATION_CREDENTIALS", self.folder.path().join("credentials.json"));
        expect_status(&self.program, name, command.args(arguments).output().expect("the program starts"), expected)
    }
}

/// Sends all traffic except loopback to a closed port, so that a missing endpoint override fails immediately.
fn cut_off(command: &mut Command) {
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"] {
        command.env(name, "http://127.0.0.1:9");
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, "127.0.0.1,localhost");
    }
}
