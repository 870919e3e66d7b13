//! The google provider: where Terraform finds it, and how to redirect it to the stand-in.

use std::{
    env, fmt, fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::program::{self, Program};
use crate::tools;

/// The oldest version that updates secondary ranges correctly; the rendered trees require it too.
const OLDEST: (u32, u32) = (7, 27);

/// Where the provider comes from.
#[derive(Clone, Debug)]
pub(crate) enum Provider {
    /// From one of Terraform's plugin folders, without network access.
    Folder { version: String, publisher_folder: PathBuf },
    /// From the registry, if it is reachable.
    Registry,
}

impl fmt::Display for Provider {
    /// `google 7.45.0`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Provider::Folder { version, .. } => write!(f, "google {version}"),
            Provider::Registry => f.write_str("google from the registry"),
        }
    }
}

/// The provider, with a program to run it, or a message that the level is skipped. It is optional even in CI: it is 130 MB, and not every machine can fetch it.
pub(crate) fn find(level: u8, what: &str) -> Option<Provider> {
    program::first(level, what)?;
    static FOUND: OnceLock<Option<Provider>> = OnceLock::new();
    let found = FOUND.get_or_init(|| in_folders().or_else(from_registry));
    if found.is_none() {
        let (major, minor) = OLDEST;
        let get = "run `terraform init` on a machine with internet access, or copy it to ~/.terraform.d/plugins";
        tools::skipped_anywhere(level, what, &format!("no hashicorp/google >= {major}.{minor}: {get}"));
    }
    found.clone()
}

/// The newest version in the folders that Terraform searches by default.
fn in_folders() -> Option<Provider> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let data = env::var_os("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from);
    let folders = [
        home.join(".terraform.d"),
        data.join("terraform"),
        "/usr/local/share/terraform".into(),
        "/usr/share/terraform".into(),
    ];
    let publishers = folders.iter().flat_map(|folder| {
        ["registry.terraform.io", "registry.opentofu.org"]
            .map(|host| folder.join("plugins").join(host).join("hashicorp"))
    });
    let found = publishers.flat_map(|publisher| {
        let versions = versions(&publisher.join("google"));
        versions.into_iter().map(move |(number, version)| (number, version, publisher.clone()))
    });
    let newest = found.filter(|(number, ..)| *number >= OLDEST).max();
    newest.map(|(_, version, publisher_folder)| Provider::Folder { version, publisher_folder })
}

/// Unpacked (`google/VERSION/PLATFORM/`) or packed (`google/terraform-provider-google_VERSION_PLATFORM.zip`).
fn versions(folder: &Path) -> Vec<((u32, u32), String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let version = |name: String| {
        let name = name.trim_start_matches("terraform-provider-google_");
        let version = name.split('_').next()?.to_owned();
        let mut parts = version.split('.').map(|part| part.parse().ok());
        Some(((parts.next()??, parts.next()??), version))
    };
    names.filter_map(version).collect()
}

/// Checks whether the registry is reachable and has the provider. No other test code uses the network.
fn from_registry() -> Option<Provider> {
    let folder = tempfile::tempdir().ok()?;
    let (major, minor) = OLDEST;
    let wanted = format!(
        "terraform {{\n  required_providers {{\n    google = {{\n      source  = \"hashicorp/google\"\n      version = \">= {major}.{minor}\"\n    }}\n  }}\n}}\n"
    );
    fs::write(folder.path().join("main.tf"), wanted).ok()?;
    let mut init = program::all().first()?.command(folder.path());
    init.args(["init", "-no-color", "-input=false"])
        .env("TF_REGISTRY_DISCOVERY_RETRY", "0")
        .env("TF_REGISTRY_CLIENT_TIMEOUT", "10");
    init.output().ok()?.status.success().then_some(Provider::Registry)
}

/// Creates a folder for `init -plugin-dir` with the provider under the name of the program's own registry. Both programs follow
/// links to packages, not to folders of packages.
pub(super) fn link(program: &Program, publisher_folder: &Path, plugins: &Path) -> io::Result<()> {
    let (from, to) = (publisher_folder.join("google"), plugins.join(program.registry()).join("hashicorp/google"));
    fs::create_dir_all(&to)?;
    for entry in fs::read_dir(from)? {
        let (path, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        if path.is_file() {
            symlink(path, target)?;
            continue;
        }
        // A version folder contains a folder for each platform.
        fs::create_dir(&target)?;
        for platform in fs::read_dir(path)? {
            let platform = platform?;
            symlink(platform.path(), target.join(platform.file_name()))?;
        }
    }
    Ok(())
}

/// Terraform merges `*_override.tf` into the blocks of the tree. A tree for use as a module has no provider block, so it gets one.
pub(crate) fn redirect(tree: &Path, url: &str) -> io::Result<()> {
    let text = tree_text(tree)?;
    let arguments = arguments(url);
    if text.contains("provider \"google\" {") {
        fs::write(tree.join("stand_in_override.tf"), format!("provider \"google\" {{\n{arguments}}}\n"))?;
    } else {
        let place = "  project = \"stand-in-project\"\n  region = \"asia-southeast1\"\n";
        fs::write(tree.join("stand_in.tf"), format!("provider \"google\" {{\n{place}{arguments}}}\n"))?;
    }
    if text.contains("  backend \"") {
        fs::write(tree.join("backend_override.tf"), "terraform {\n  backend \"local\" {}\n}\n")?;
    }
    Ok(())
}

fn tree_text(tree: &Path) -> io::Result<String> {
    let mut text = String::new();
    for entry in fs::read_dir(tree)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            text += &fs::read_to_string(path)?;
        }
    }
    Ok(text)
}

/// A fake token, an endpoint for every service, and no delays to batch requests.
fn arguments(url: &str) -> String {
    let endpoints = [
        ("compute", "compute/v1/"),
        ("dns", "dns/v1/"),
        ("secret_manager", "secretmanager/v1/"),
        // Project IAM.
        ("resource_manager", "cloudresourcemanager/v1/"),
        // Service accounts; the provider does not use `iam_custom_endpoint`.
        ("iam_beta", "iam/v1/"),
        ("service_usage", "serviceusage/v1/"),
        ("storage", "storage/v1/"),
    ];
    let lines = endpoints.map(|(service, path)| format!("  {service}_custom_endpoint = \"{url}/{path}\"\n"));
    let head = "  access_token = \"none\"\n  add_terraform_attribution_label = false\n  batching {\n    enable_batching = false\n    send_after = \"0s\"\n  }\n";
    head.to_owned() + &lines.concat()
}
