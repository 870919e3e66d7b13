//! What the command line offers to shells, editors and `man`.

use std::process::{Command, Output};

fn vpcgen(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vpcgen")).args(arguments).current_dir(folder).output().unwrap()
}

fn out(arguments: &[&str]) -> String {
    let output = vpcgen(std::path::Path::new("."), arguments);
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

const VERBS: [&str; 7] = ["init", "render", "validate", "ranges", "schema", "completions", "man"];

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = out(&["completions", shell]);
        assert!(VERBS.iter().all(|verb| script.contains(verb)), "{shell}");
    }
    let bash = Command::new("bash").args(["-n", "-c", &out(&["completions", "bash"])]).status().unwrap();
    assert!(bash.success(), "bash takes what it is given");
}

#[test]
fn every_command_has_a_manual_page() {
    let whole = out(&["man"]);
    for verb in VERBS {
        assert!(whole.contains(&format!("vpcgen\\-{verb}(1)")), "{verb}\n{whole}");
        let page = out(&["man", verb]);
        assert!(page.contains(&format!(".TH vpcgen-{verb} 1")) && page.contains(".SH SYNOPSIS"), "{verb}\n{page}");
    }
    let unknown = vpcgen(std::path::Path::new("."), &["man", "nothing"]);
    assert_eq!(unknown.status.code(), Some(1));
}

/// The first line that `init` writes leads an editor to a schema that is there.
#[test]
fn a_new_description_has_its_schema_beside_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    for preset in ["minimal", "vpc-native", "three-zones"] {
        let file = format!("{preset}.yaml");
        assert!(vpcgen(folder.path(), &["init", "--preset", preset, &file]).status.success());
        let text = read(&file);
        let (first, _) = text.split_once('\n').unwrap();
        let schema = first.strip_prefix("# yaml-language-server: $schema=").unwrap();
        assert_eq!(read(schema), out(&["schema"]));
        assert!(vpcgen(folder.path(), &["validate", &file]).status.success());
    }
    std::fs::write(folder.path().join("cluster.schema.json"), "mine").unwrap();
    assert!(vpcgen(folder.path(), &["init"]).status.success());
    assert_eq!(read("cluster.schema.json"), "mine");
}

#[test]
fn an_address_plan_is_printed_in_each_form() {
    let json: serde_json::Value =
        serde_json::from_str(&out(&["ranges", "--preset", "vpc-native", "--format", "json"])).unwrap();
    let pods = &json["ranges"][1];
    assert_eq!((&pods["kind"], &pods["blocks"], &pods["free"]), (&"pods".into(), &8.into(), &5.into()));
    assert_eq!(json["nodes"][0]["pods"], "192.168.16.0/24");
    let table = out(&["ranges", "--preset", "vpc-native"]);
    assert!(table.contains("kub-n-3") && table.is_ascii(), "{table}");
    assert!(out(&["ranges", "--preset", "minimal", "--format", "svg"]).starts_with("<svg "));
}
