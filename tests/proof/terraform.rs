//! Terraform, run on a copy of a tree, with nothing of the surroundings in it and no way to any network.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use super::{
    examples,
    failure::{Failure, judge},
    provider::{self, Provider},
};
use crate::google::Google;
use crate::tools;

/// Whether Terraform is on the PATH; says so if it is not.
pub(crate) fn is_here(level: u8, what: &str) -> bool {
    let here = Command::new("terraform")
        .arg("version")
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .is_ok_and(|output| output.status.success());
    if !here {
        tools::skipped(level, what, "no terraform on the PATH: developer.hashicorp.com/terraform/install has it");
    }
    here
}

/// `terraform` in that folder, without the variables that would make it behave otherwise here than elsewhere.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new("terraform");
    command.current_dir(folder).env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if ["TF_", "GOOGLE_", "CLOUDSDK_", "GCLOUD_"].iter().any(|start| text.starts_with(start)) {
            command.env_remove(name);
        }
    }
    command
}

/// `terraform fmt -check` on the tree itself: it writes nothing.
pub(crate) fn check_format(tree: &Path) -> Result<(), Failure> {
    let output = command(tree).args(["fmt", "-check", "-diff", "-recursive"]).output();
    judge("fmt -check", output.expect("terraform starts"), &[0]).map(drop)
}

/// A copy of a tree that Terraform works on, against a stand-in of its own. Both are gone when this is dropped.
pub(crate) struct Workspace {
    folder: TempDir,
    provider: Provider,
    pub(crate) google: Google,
}

impl Workspace {
    /// Copies the tree and points it at a new stand-in.
    pub(crate) fn new(tree: &Path, provider: &Provider) -> Workspace {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let google = Google::start();
        examples::copy(tree, &folder.path().join("tree")).expect("the tree can be copied");
        provider::redirect(&folder.path().join("tree"), google.url()).expect("the copy can be written");
        // The provider reads this file and, having a token, asks nobody about it.
        let nobody = r#"{"type": "authorized_user", "client_id": "-", "client_secret": "-", "refresh_token": "-"}"#;
        fs::write(folder.path().join("credentials.json"), nobody).expect("a temporary file");
        Workspace { folder, provider: provider.clone(), google }
    }

    /// The copy, for changes before the first step.
    pub(crate) fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    /// Gets the provider ready.
    pub(crate) fn init(&self) -> Result<(), Failure> {
        let mut command = command(&self.tree());
        // The registry is the one thing outside that a step may need.
        if matches!(self.provider, Provider::Folder(_)) {
            cut_off(&mut command);
        }
        command.args(["init", "-no-color", "-input=false"]);
        judge("init", command.output().expect("terraform starts"), &[0]).map(drop)
    }

    /// Holds the tree against the provider's schema.
    pub(crate) fn validate(&self) -> Result<(), Failure> {
        self.step("validate", &["validate", "-no-color"], &[0]).map(drop)
    }

    /// Plans, and keeps the plan for `apply`.
    pub(crate) fn plan(&self) -> Result<(), Failure> {
        self.step("plan", &["plan", "-no-color", "-input=false", "-out=plan"], &[0]).map(drop)
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
        let mut command = command(&self.tree());
        cut_off(&mut command);
        command.env("GOOGLE_APPLICATION_CREDENTIALS", self.folder.path().join("credentials.json"));
        judge(name, command.args(arguments).output().expect("terraform starts"), good)
    }
}

/// Sends everything that is not on loopback to a port where nobody listens: a forgotten endpoint then fails at once, and reaches nobody.
fn cut_off(command: &mut Command) {
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"] {
        command.env(name, "http://127.0.0.1:9");
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, "127.0.0.1,localhost");
    }
}
