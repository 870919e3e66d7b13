//! Where changes are reviewed: the GitHub action, the GitLab job and the pre-commit hooks, their scripts run in a repository with a fake
//! event and a fake `gh`.

mod github;
mod gitlab;
mod hooks;
mod install;
mod repository;

#[path = "../support/tools.rs"]
mod tools;

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// The documents of a YAML file.
fn yaml(text: &str) -> Vec<Value> {
    text.split("\n---\n").map(|document| serde_saphyr::from_str(document).unwrap()).collect()
}

#[test]
fn shellcheck_finds_nothing() {
    let Some(shellcheck) = tools::find(5, "the action's scripts", "shellcheck", "apt-get install shellcheck") else {
        return;
    };
    for name in ["install", "validate", "render", "diff"] {
        let file = tools::project(&format!("review/{name}.sh"));
        tools::run(Command::new(&shellcheck).args(["--severity=style", "--norc"]).arg(file)).unwrap();
    }
    for script in gitlab::scripts() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), script).unwrap();
        tools::run(Command::new(&shellcheck).args(["--severity=style", "--norc", "--shell=sh"]).arg(file.path()))
            .unwrap();
    }
    tools::ok(5, "", "the action's scripts: shellcheck");
}

/// Inputs reach scripts only as variables, which a shell does not read as commands; each input is used, each variable declared.
#[test]
fn the_action_passes_its_inputs_as_variables() {
    let action = yaml(include_str!("../../action.yml")).remove(0);
    let text = include_str!("../../action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    assert!(steps.len() == 4 && action["runs"]["using"] == "composite");
    for step in steps {
        let run = step["run"].as_str().unwrap();
        assert!(!run.contains("${{"), "{run}");
        let script = run.strip_prefix("bash \"$GITHUB_ACTION_PATH/").unwrap().strip_suffix('"').unwrap();
        let script = std::fs::read_to_string(tools::project(script)).unwrap();
        let declared: BTreeSet<&str> = step["env"].as_object().unwrap().keys().map(String::as_str).collect();
        let used: BTreeSet<&str> = declared
            .iter()
            .copied()
            .filter(|name| script.contains(&format!("${name}")) || script.contains(&format!("${{{name}")))
            .collect();
        assert_eq!(declared, used, "{run}");
        let words = script.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
        let names = words.filter(|word| word.starts_with("VPCGEN_"));
        let missing: Vec<&str> = names.filter(|name| !declared.contains(name)).collect();
        assert!(missing.is_empty(), "{run}: {missing:?}");
    }
    for input in action["inputs"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("inputs.{input}")), "{input} is not used");
    }
    assert!(!text.contains("latest"));
}

/// docs/review.md names every input of the action, and every hook; the commands in it are vpcgen's.
#[test]
fn the_page_is_complete() {
    let page = include_str!("../../docs/review.md");
    let action = yaml(include_str!("../../action.yml")).remove(0);
    for input in action["inputs"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("`{input}`")), "{input}");
    }
    let hooks = yaml(include_str!("../../.pre-commit-hooks.yaml")).remove(0);
    for hook in hooks.as_array().unwrap() {
        assert!(page.contains(hook["id"].as_str().unwrap()), "{hook}");
    }
    let repository = repository::Repository::new();
    let commands = page.lines().map(|line| line.trim().trim_start_matches("- ").trim_start_matches("run: "));
    let mut run = 0;
    let verbs = ["vpcgen validate", "vpcgen render"];
    for command in commands.filter(|line| verbs.iter().any(|verb| line.starts_with(verb))) {
        repository.command(Command::new("bash").args(["-c", command])).expect(0, "");
        run += 1;
    }
    assert!(run >= 5, "{run}");
}
