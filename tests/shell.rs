//! What the command line offers to shells, editors and `man`.

#[path = "support/commands.rs"]
mod list;

use std::collections::BTreeSet;
use std::process::{Command, Output};

use list::COMMANDS;

fn vpcgen(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vpcgen")).args(arguments).current_dir(folder).output().unwrap()
}

fn out(arguments: &[&str]) -> String {
    let output = vpcgen(std::path::Path::new("."), arguments);
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands, as `--help` lists them.
fn commands() -> BTreeSet<String> {
    let help = out(&["--help"]);
    let (_, list) = help.split_once("\nCommands:\n").unwrap();
    let lines = list.split("\n\n").next().unwrap().lines();
    let entries = lines.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    entries.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

/// The long options of a command, as its `--help` lists them.
fn options(command: &str) -> BTreeSet<String> {
    let help = out(&[command, "--help"]);
    let (_, list) = help.split_once("\nOptions:\n").unwrap();
    let words = list.lines().filter(|line| line.trim_start().starts_with('-'));
    words.flat_map(|line| line.split_whitespace().find(|word| word.starts_with("--"))).map(str::to_owned).collect()
}

/// What the rest of this file relies on: nothing is missing from the lists that it reads.
#[test]
fn help_lists_everything() {
    let all = COMMANDS.into_iter().chain(["help"]).map(str::to_owned);
    assert_eq!(commands(), all.collect());
    let render = ["--adopt", "--check", "--help", "--locked", "--out", "--preset"];
    assert_eq!(options("render"), render.map(str::to_owned).into());
}

/// A line of the script that completes exactly this command, in each shell's own syntax. `help` is part of clap.
#[test]
fn every_shell_completes_every_command() {
    for (shell, before, after) in [
        ("elvish", "cand ", " '"),
        ("fish", "-n \"__fish_vpcgen_needs_command\" -f -a \"", "\""),
        ("powershell", "[CompletionResult]::new('", "', '"),
        ("zsh", "'", ":"),
    ] {
        let script = out(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&format!("{before}{command}{after}")), "{shell}: {command}");
        }
        assert!(!script.contains(&format!("{before}nothing{after}")));
    }
}

/// Bash itself is asked what it would complete.
#[test]
fn bash_completes_commands_and_options() {
    let complete = |words: &[&str]| -> BTreeSet<String> {
        let script = "eval \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
                      _vpcgen vpcgen \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; \
                      printf '%s\\n' \"${COMPREPLY[@]}\"";
        let mut bash = Command::new("bash");
        let output = bash.args(["-c", script, "bash", &out(&["completions", "bash"])]).args(words).output().unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    };
    let offered = complete(&["vpcgen", ""]);
    assert!(commands().is_subset(&offered), "{offered:?}");
    assert_eq!(complete(&["vpcgen", "va"]), ["validate".to_owned()].into());
    for command in commands().into_iter().filter(|command| command != "help") {
        assert_eq!(complete(&["vpcgen", &command, "--"]), options(&command), "{command}");
    }
    assert_eq!(
        complete(&["vpcgen", "render", "--preset", ""]),
        ["minimal", "three-zones", "vpc-native"].map(str::to_owned).into()
    );
}

#[test]
fn every_command_has_a_manual_page() {
    let whole = out(&["man"]);
    for command in commands().into_iter().filter(|command| command != "help") {
        assert!(whole.contains(&format!("vpcgen\\-{command}(1)")), "{command}\n{whole}");
        let page = out(&["man", &command]);
        assert!(
            page.contains(&format!(".TH vpcgen-{command} 1")) && page.contains(".SH SYNOPSIS"),
            "{command}\n{page}"
        );
        for option in options(&command) {
            let escaped = option.replace('-', "\\-");
            assert!(page.contains(&format!("\\fB{escaped}\\fR")), "{command}: {option}\n{page}");
        }
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
}

/// The guide's cluster comes with warnings, on standard error.
#[test]
fn an_address_plan_is_printed_in_each_form() {
    let out = |arguments: &[&str]| {
        let output = vpcgen(std::path::Path::new("."), arguments);
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value =
        serde_json::from_str(&out(&["ranges", "--preset", "vpc-native", "--format", "json"])).unwrap();
    let pods = &json["ranges"][1];
    assert_eq!((&pods["kind"], &pods["blocks"], &pods["free"]), (&"pods".into(), &8.into(), &5.into()));
    assert_eq!(json["nodes"][0]["pods"], "192.168.16.0/24");
    let table = out(&["ranges", "--preset", "vpc-native"]);
    assert!(table.contains("kub-n-3") && table.is_ascii(), "{table}");
    assert!(out(&["ranges", "--preset", "minimal", "--format", "svg"]).starts_with("<svg "));
}
