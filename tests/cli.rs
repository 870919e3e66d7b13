//! The command line as transcripts: each file in `tests/cli` is a terminal session; what it prints and how it exits is held
//! to the letter. `TRYCMD=overwrite cargo test --test cli` rewrites them. The README's commands are run, too.

#[path = "support/commands.rs"]
mod commands;
mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use commands::COMMANDS;
use support::folder::Folder;

#[test]
fn transcripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        // trycmd passes over a file without any.
        assert!(text.contains("```console\n$ vpcgen "), "{path:?} contains no session");
    }
    trycmd::TestCases::new().case("tests/cli/*.md");
}

/// The commands of the README: lines of its shell blocks, and the table, each with its optional parts.
fn readme() -> BTreeSet<String> {
    let readme = include_str!("../README.md");
    let mut all = BTreeSet::new();
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for line in blocks.flat_map(str::lines).filter(|line| line.starts_with("vpcgen ")) {
        all.insert(line.split(['#', '>']).next().unwrap().trim().to_owned());
    }
    let (_, section) = readme.split_once("\n## The commands\n").unwrap();
    let cells = section.split("\n## ").next().unwrap().lines().filter_map(|line| line.strip_prefix("| `"));
    for cell in cells.flat_map(|row| row.split(" | ").next()) {
        let mut first: Option<String> = None;
        for code in cell.split('`').step_by(2) {
            // "`vpcgen render`, `validate` with `--locked`"
            let command = match (code, &first) {
                (option, Some(first)) if option.starts_with('-') => format!("{first} {option}"),
                (command, _) if command.starts_with("vpcgen ") => command.to_owned(),
                (command, _) => format!("vpcgen {command}"),
            };
            all.insert(command.replace(['[', ']'], ""));
            all.insert(command.clone());
            first.get_or_insert(command);
        }
    }
    all
}

/// For commands that compare with a revision.
fn commit(folder: &Folder) {
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "all"]] {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        folder.start(Command::new("git").args(identity).args(arguments)).ends(0);
    }
}

/// A machine as gcloud lists it.
const INSTANCES: &str = r#"[{"name": "kub-m", "zone": "zones/europe-west1-b", "machineType": "machineTypes/e2-standard-2",
    "networkInterfaces": [{"subnetwork": "subnetworks/kub-europe-west1", "networkIP": "10.0.0.2"}]}]"#;

#[test]
fn every_command_in_the_readme_works() {
    let commands = readme();
    let mut run = BTreeSet::new();
    for line in &commands {
        // Optional parts are left out, or taken.
        let mut words = line.replace("json\\|", "").replace("dot\\|", "").replace("github\\|sarif\\|", "");
        while let (Some(start), Some(end)) = (words.find('['), words.find(']')) {
            words.replace_range(start..=end, "");
        }
        let replace = |word: &str| {
            match word {
                "FILE..." | "FILE" => "cluster.yaml",
                "DIR" => "tree",
                "F" => "instances.json",
                "P" => "minimal",
                "CODE" if line.contains("--allow") => "zone-kept",
                "CODE" => "overlap",
                "SHELL" => "bash",
                "COMMAND" => "render",
                "OLD" | "NEW" => "cluster.yaml",
                "REV" | "origin/main" => "HEAD",
                word => word,
            }
            .to_owned()
        };
        let mut arguments: Vec<String> = words.split_whitespace().skip(1).map(replace).collect();
        // A description and a preset exclude each other.
        if arguments.iter().any(|word| word == "--preset") && arguments[0] != "init" {
            arguments.retain(|word| word != "cluster.yaml");
        }
        let folder = Folder::with("name: kub\nproject: some-project\nregion: europe-west1\n");
        folder.write("instances.json", INSTANCES);
        if arguments[0] == "init" {
            std::fs::remove_file(folder.path().join("cluster.yaml")).unwrap();
        } else {
            folder.run(&["lock"]).ends(0);
        }
        if arguments[0] == "diff" {
            commit(&folder);
        }
        let ended = folder.start(Command::new(env!("CARGO_BIN_EXE_vpcgen")).args(&arguments));
        let expected = if arguments.iter().any(|word| word == "--check") && arguments[0] == "render" { 2 } else { 0 };
        assert_eq!(ended.status(), Some(expected), "{line}: {arguments:?}: {}", ended.err());
        run.insert(arguments[0].clone());
    }
    assert_eq!(run, COMMANDS.map(str::to_owned).into(), "the README speaks of every command");
}
