use std::io::{self, Write as _};

use camino::Utf8Path;

use super::{Exit, Preset, fail, inform, input, print, schema};
use crate::render::argument;

/// The file name of the JSON Schema written beside the description.
const SCHEMA: &str = "cluster.schema.json";

/// What must not be committed: Terraform's downloads and local state, and the kubeconfigs that `kubeconfig_command` writes.
const IGNORED: [&str; 4] = [".terraform/", "*.tfstate", "*.tfstate.*", "*.kubeconfig"];

/// Writes a starter description, next to it the schema that its first line points editors to, and a `.gitignore`. On standard
/// output (`-`), prints only the description.
pub(crate) fn init(preset: Preset, file: &Utf8Path) -> Exit {
    if file == "-" {
        return print(preset.text());
    }
    if let Some(twin) = input::twin(file) {
        return fail(format_args!("{twin} already exists; init does not create a second description beside it"));
    }
    let text = format!("# yaml-language-server: $schema={SCHEMA}\n{}", preset.text());
    match create(file, &text) {
        Ok(()) => inform(&format!("created {file}\n")),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return fail(format_args!("{file} already exists; init does not overwrite files"));
        }
        Err(error) => return fail(error),
    }
    let [first @ .., last] = IGNORED;
    let ignored = format!(
        "# State and kubeconfigs can contain credentials. Commit .terraform.lock.hcl: it pins the provider.\n{}\n",
        IGNORED.join("\n")
    );
    let listed = format!(": make sure that it lists {} and {last}", first.join(", "));
    for (name, text, purpose, missing) in [
        (SCHEMA, schema::text(), "editors", ""),
        (".gitignore", ignored, "Terraform's state and kubeconfigs", listed.as_str()),
    ] {
        let beside = file.with_file_name(name);
        match create(&beside, &text) {
            Ok(()) => inform(&format!("created {beside}, for {purpose}\n")),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                inform(&format!("kept {beside}, which already exists{missing}\n"));
            }
            Err(error) => return fail(error),
        }
    }
    inform(&format!("set `project` and `region` in {file}, then run: {}\n", command(file)));
    Exit::Done
}

/// The command that renders the description into its own directory.
fn command(file: &Utf8Path) -> String {
    let directory = match file.parent() {
        Some(parent) if parent != "" => argument(parent),
        _ => ".".to_owned(),
    };
    match file.as_str() {
        input::DEFAULT => "vpcgen render --out .".to_owned(),
        _ => format!("vpcgen render {} --out {directory}", argument(file)),
    }
}

/// `create_new` instead of checking first, which would leave a race.
fn create(file: &Utf8Path, text: &str) -> io::Result<()> {
    let mut out = fs_err::OpenOptions::new().write(true).create_new(true).open(file)?;
    // A truncated description could be mistaken for a complete one.
    out.write_all(text.as_bytes()).inspect_err(|_| drop(std::fs::remove_file(file)))
}
