//! The programs that read vpcgen's output. If one is missing, a line reports the skipped check and how to install the program;
//! with `CI` set, this is a failure.
#![allow(dead_code, reason = "each level uses only part of it")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// The folder in which `.ci/install` and the builds install programs, and in which tests write.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder")
}

/// A file of the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Reports that a level passed.
pub(crate) fn ok(level: u8, example: &str, what: &str) {
    say(&format!("level {level}  {example:<12}  {what:<52}  ok"));
}

/// Reports a skipped test outside the levels. With `CI` set, fails instead.
pub(crate) fn missing(what: &str, get: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what} cannot be skipped where CI is set: {get}");
    say(&format!("skipped: {what}: {get}"));
}

/// Reports a skipped level. With `CI` set, fails instead.
pub(crate) fn skipped(level: u8, what: &str, get: &str) {
    assert!(std::env::var_os("CI").is_none(), "level {level}: {what} cannot be skipped where CI is set: {get}");
    skipped_anywhere(level, what, get);
}

/// Reports a level that can be skipped even with `CI` set, because not every machine can have the google provider.
pub(crate) fn skipped_anywhere(level: u8, what: &str, get: &str) {
    say(&format!("level {level}  {:<12}  {what:<52}  skipped: {get}", ""));
}

/// Bypasses the test harness, which captures output: a silently skipped level would look as if it had passed.
pub(crate) fn say(line: &str) {
    // Ignores a closed standard output.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Finds a program, in our target folder first. `get` explains how to install it.
pub(crate) fn find(level: u8, what: &str, program: &str, get: &str) -> Option<PathBuf> {
    let ours = ["proof/bin", "proof/venv/bin"].map(|folder| target().join(folder));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let machine = std::env::split_paths(&path).chain(["/usr/sbin", "/sbin", "/usr/lib/cni"].map(PathBuf::from));
    let found = ours.into_iter().chain(machine).map(|folder| folder.join(program)).find(|file| file.is_file());
    if found.is_none() {
        skipped(level, what, &format!("no {program}: {get}"));
    }
    found
}

/// A Go program that `tests/NAME/build` builds once, with sources from the Go module proxy.
pub(crate) fn build(level: u8, what: &str, name: &str) -> Option<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock();
    let (folder, binary) = (project("tests").join(name), target().join("proof/bin").join(name));
    let time = |file: &Path| std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
    if time(&binary) <= time(&folder.join("go.mod")) {
        find(level, what, "go", "Go 1.21 or newer builds it")?;
        let built = run(Command::new(folder.join("build")).arg(binary.parent().expect("a folder")));
        built.unwrap_or_else(|error| panic!("{name} does not build: {error}"));
    }
    Some(binary)
}

/// Whether this process can create network namespaces.
pub(crate) fn namespaces(level: u8, what: &str) -> bool {
    let may = run(Command::new("unshare").args(["--net", "--mount", "true"])).is_ok();
    if !may {
        skipped(level, what, "network namespaces need root and CAP_NET_ADMIN");
    }
    may
}

/// Runs a command. Returns its standard output, or all of its output as the error.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() { Ok(stdout.into_owned()) } else { Err(format!("{status}\n{stdout}{stderr}")) }
}

/// Runs a command that prints nothing on success: any output on standard error is an error too.
pub(crate) fn run_silent(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() && stderr.trim().is_empty() {
        return Ok(stdout.into_owned());
    }
    Err(format!("{status}\n{stdout}{stderr}"))
}
