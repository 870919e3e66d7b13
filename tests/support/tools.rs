//! The programs that consume what we emit. A missing one is one line that says what was not done and how to get it;
//! with `CI` set it is a failure.
#![allow(dead_code, reason = "each level takes what it needs")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// Where `.ci/install` and the builds put programs, and where the tests write.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder")
}

/// A file of the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The line of a level that held.
pub(crate) fn ok(level: u8, example: &str, what: &str) {
    say(&format!("level {level}  {example:<12}  {what:<52}  ok"));
}

/// The line of a test outside the levels that was not run. With `CI` set there is no such thing.
pub(crate) fn missing(what: &str, get: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what} cannot be skipped where CI is set: {get}");
    say(&format!("skipped: {what}: {get}"));
}

/// The line of a level that was not run. With `CI` set there is no such thing.
pub(crate) fn skipped(level: u8, what: &str, get: &str) {
    assert!(std::env::var_os("CI").is_none(), "level {level}: {what} cannot be skipped where CI is set: {get}");
    skipped_anywhere(level, what, get);
}

/// The line of a level that may be skipped even with `CI` set: not every machine can have the google provider.
pub(crate) fn skipped_anywhere(level: u8, what: &str, get: &str) {
    say(&format!("level {level}  {:<12}  {what:<52}  skipped: {get}", ""));
}

/// Past the test harness, which hides what tests print: a level that is skipped in silence would look as if it had held.
pub(crate) fn say(line: &str) {
    // A closed terminal is no reason to fail.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// A program: ours before the machine's. `get` says how to have it.
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

/// A program that is built from its own source through the Go module proxy by `tests/NAME/build`, once.
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

/// Whether we may make network namespaces.
pub(crate) fn namespaces(level: u8, what: &str) -> bool {
    let may = run(Command::new("unshare").args(["--net", "--mount", "true"])).is_ok();
    if !may {
        skipped(level, what, "network namespaces take root and CAP_NET_ADMIN");
    }
    may
}

/// Runs a command. `Ok`: standard output; `Err`: everything it said.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() { Ok(stdout.into_owned()) } else { Err(format!("{status}\n{stdout}{stderr}")) }
}

/// Runs a command that has nothing to say when all is well: whatever it prints on standard error is a fault too.
pub(crate) fn run_silent(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() && stderr.trim().is_empty() {
        return Ok(stdout.into_owned());
    }
    Err(format!("{status}\n{stdout}{stderr}"))
}
