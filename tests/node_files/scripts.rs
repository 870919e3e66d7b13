//! Runs shellcheck with all checks enabled.

use std::path::Path;
use std::process::Command;

use crate::tools::{find, run};
use crate::unpack::{NODES, each};

const WHAT: &str = "shellcheck";

fn check(shellcheck: &Path, script: &Path) -> Result<(), String> {
    run(Command::new(shellcheck).args(["--severity=style", "--norc"]).arg(script)).map(drop)
}

/// Whether a file is shell code: a program with a shebang, or a file that scripts source.
fn is_script(path: &str, text: &str) -> bool {
    path.ends_with(".sh") || text.lines().next().is_some_and(|line| line.starts_with("#!") && line.ends_with("sh"))
}

#[test]
fn shellcheck_finds_nothing() {
    let Some(shellcheck) = find(5, WHAT, "shellcheck", "apt-get install shellcheck") else { return };
    each(WHAT, |node| {
        let scripts: Vec<_> = node.files.iter().filter(|(path, text)| is_script(path, text)).collect();
        assert!(!scripts.is_empty());
        scripts.iter().try_for_each(|(path, _)| check(&shellcheck, &node.here(path)))
    });

    let (path, text) = NODES[0].files.iter().find(|(path, text)| is_script(path, text)).unwrap();
    let broken = NODES[0].mutated(path, text, &format!("{text}rm -rf $1/*\n"));
    assert!(check(&shellcheck, &broken).is_err());
}
