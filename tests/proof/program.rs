//! The two programs that run Terraform code: Terraform, and OpenTofu, which `.ci/install` builds.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::tools;

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// `terraform` or `tofu`
    pub(crate) name: &'static str,
    path: PathBuf,
}

/// The installed ones, Terraform first.
pub(crate) fn all() -> &'static [Program] {
    static FOUND: OnceLock<Vec<Program>> = OnceLock::new();
    FOUND.get_or_init(|| ["terraform", "tofu"].into_iter().filter_map(find).collect())
}

/// The first installed program, for tests that need only one. Reports a skipped level if there is none.
pub(crate) fn first(level: u8, what: &str) -> Option<&'static Program> {
    let first = all().first();
    if first.is_none() {
        let get = "neither terraform nor tofu found: run .ci/install to build OpenTofu, or see developer.hashicorp.com/terraform/install";
        tools::skipped(level, what, get);
    }
    first
}

/// Prefers the program in our target folder to the one on the PATH, as for every other tool.
fn find(name: &'static str) -> Option<Program> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [tools::target().join("proof/bin")].into_iter().chain(env::split_paths(&path));
    let works = |program: &Program| {
        program.command(Path::new(".")).arg("version").output().is_ok_and(|output| output.status.success())
    };
    folders.map(|folder| Program { name, path: folder.join(name) }).find(works)
}

impl Program {
    /// The program in that folder, without environment variables that would change its behaviour.
    pub(crate) fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command.current_dir(folder).env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if ["TF_", "GOOGLE_", "CLOUDSDK_", "GCLOUD_"].iter().any(|start| text.starts_with(start)) {
                command.env_remove(name);
            }
        }
        command
    }

    /// The registry in which the program looks up `hashicorp/…`.
    pub(crate) fn registry(&self) -> &'static str {
        if self.name == "tofu" { "registry.opentofu.org" } else { "registry.terraform.io" }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
