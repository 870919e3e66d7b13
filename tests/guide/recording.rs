//! A recorded run: what Terraform asked for when it last applied the example. It takes the place of a run where there is no provider,
//! and is worth nothing once the example has changed; so the recording says which Terraform code it is of.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{bodies::Bodies, proof::examples, tools};

/// The command that renews the recording.
pub(crate) const RENEW: &str = "VPCGEN_RECORD=1 cargo test --test guide (with Terraform and the google provider)";

const FILE: &str = "tests/guide/recorded.json";

/// What was recorded: the bodies, and with which provider.
pub(crate) struct Recording {
    pub(crate) bodies: Bodies,
    pub(crate) provider: String,
    /// The fingerprint of the example's Terraform code.
    code: String,
}

impl Recording {
    /// The file beside this one.
    pub(crate) fn read() -> Recording {
        let text = fs::read_to_string(tools::project(FILE)).unwrap_or_else(|error| panic!("{FILE}: {error}: {RENEW}"));
        let recording: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{FILE}: {error}: {RENEW}"));
        let text = |key: &str| recording[key].as_str().unwrap_or_default().to_owned();
        let bodies = recording["requests"].as_object().into_iter().flatten();
        Recording {
            bodies: bodies.map(|(resource, body)| (resource.clone(), body.clone())).collect(),
            provider: text("provider"),
            code: text("code"),
        }
    }

    /// Writes what was asked for; answers whether this was wanted.
    pub(crate) fn renew(bodies: &Bodies, provider: &str, example: &str) -> bool {
        if std::env::var_os("VPCGEN_RECORD").is_none() {
            return false;
        }
        let recording = json!({"provider": provider, "code": code(&examples::named(example)), "requests": bodies});
        let text = serde_json::to_string_pretty(&recording).expect("JSON can be written") + "\n";
        fs::write(tools::project(FILE), text).unwrap_or_else(|error| panic!("{FILE}: {error}"));
        true
    }

    /// The example still has the Terraform code that the recording is of.
    pub(crate) fn check_code(&self, example: &str) {
        let now = code(&examples::named(example));
        assert_eq!(self.code, now, "{example} has changed since {FILE} was recorded. Renew it: {RENEW}");
    }
}

/// A fingerprint (64-bit FNV-1a) of the Terraform code of a tree, without comments and empty lines.
fn code(tree: &Path) -> String {
    let entries = fs::read_dir(tree).expect("the example is there").flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "tf")).collect();
    files.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        for byte in lines.flat_map(|line| line.bytes().chain([b'\n'])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

/// The same bodies without the text of user-data: what a machine runs is not for level 4 to compare, and would change the recording
/// with every line of a boot script.
pub(crate) fn without_user_data(mut bodies: Bodies) -> Bodies {
    let items = bodies.values_mut().filter_map(|body| body.pointer_mut("/metadata/items")?.as_array_mut());
    for item in items.flatten() {
        if item["key"] == "user-data" {
            item["value"] = "rendered".into();
        }
    }
    bodies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(text: &str) -> String {
        let tree = tempfile::tempdir().unwrap();
        fs::write(tree.path().join("main.tf"), text).unwrap();
        code(tree.path())
    }

    #[test]
    fn the_fingerprint_covers_code_but_not_comments() {
        let code = code_of("# A network.\nname = \"a\"\n");
        assert_eq!(code, code_of("# The network.\n\n  name = \"a\"\n"));
        assert_ne!(code, code_of("name = \"b\"\n"));
    }

    #[test]
    #[should_panic(expected = "Renew it: VPCGEN_RECORD=1 cargo test --test guide")]
    fn a_recording_of_another_tree_is_refused() {
        Recording { code: "other".to_owned(), ..Recording::read() }.check_code("vpc-native");
    }
}
