//! The two programs that read Terraform code: Terraform, and OpenTofu, which `.ci/install` builds.

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

/// Those that are on this machine, Terraform first.
pub(crate) fn all() -> &'static [Program] {
    static FOUND: OnceLock<Vec<Program>> = OnceLock::new();
    FOUND.get_or_init(|| ["terraform", "tofu"].into_iter().filter_map(find).collect())
}

/// The first program, for tests that need only one; reports a skipped level if there is none.
pub(crate) fn first(level: u8, what: &str) -> Option<&'static Program> {
    let first = all().first();
    if first.is_none() {
        let get = "no terraform and no tofu: .ci/install builds OpenTofu, developer.hashicorp.com/terraform/install has Terraform";
        tools::skipped(level, what, get);
    }
    first
}

/// Our own before the machine's, as with every other tool.
fn find(name: &'static str) -> Option<Program> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [tools::target().join("proof/bin")].into_iter().chain(env::split_paths(&path));
    let works = |program: &Program| {
        program.command(Path::new(".")).arg("version").output().is_ok_and(|output| output.status.success())
    };
    folders.map(|folder| Program { name, path: folder.join(name) }).find(works)
}

impl Program {
    /// The program in that folder, without the variables that would make it behave otherwise here than elsewhere.
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

    /// Where the program looks for providers of `hashicorp/…`.
    pub(crate) fn registry(&self) -> &'static str {
        if self.name == "tofu" { "registry.opentofu.org" } else { "registry.terraform.io" }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
