//! Releases: the archives are packed as the workflow does, opened, and their programs run; what finds an archive by its name finds it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

#[path = "support/tools.rs"]
mod tools;
use tools::{project, run};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const PROGRAM: &str = env!("CARGO_BIN_EXE_vpcgen");

fn folder() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

fn pack(target: &str, out: &Path) -> PathBuf {
    let printed = run(Command::new(project("release/pack")).args([target, PROGRAM, PROGRAM]).arg(out)).unwrap();
    PathBuf::from(printed.trim())
}

/// Opens an archive, which holds one folder of its name.
fn open(archive: &Path, into: &Path) -> PathBuf {
    let name = archive.file_name().unwrap().to_str().unwrap();
    let zip = name.ends_with(".zip");
    let mut command = if zip { Command::new("python3") } else { Command::new("tar") };
    if zip {
        command.args(["-m", "zipfile", "-e"]).args([archive, into]);
    } else {
        command.arg("-xzf").arg(archive).arg("-C").arg(into);
    }
    run(&mut command).unwrap();
    let folders: Vec<PathBuf> = fs::read_dir(into).unwrap().map(|entry| entry.unwrap().path()).collect();
    let own = into.join(name.trim_end_matches(".tar.gz").trim_end_matches(".zip"));
    assert_eq!(folders, std::slice::from_ref(&own));
    own
}

/// All that belongs into an archive beside the program.
fn complete(folder: &Path) {
    let files = |name: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(folder.join(name)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let top = files("");
    for file in ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        assert!(top.contains(file), "{file}: {top:?}");
    }
    let completions = ["_vpcgen", "_vpcgen.ps1", "vpcgen.bash", "vpcgen.elv", "vpcgen.fish"];
    assert_eq!(files("completions"), completions.map(str::to_owned).into());
    let pages = files("man");
    for page in ["vpcgen.1", "vpcgen-render.1", "vpcgen-validate.1", "vpcgen-preflight.1"] {
        assert!(pages.contains(page) && !pages.contains("vpcgen-help.1"), "{page}: {pages:?}");
    }
    for (file, start) in [("man/vpcgen-render.1", ".ie"), ("completions/vpcgen.bash", "_vpcgen()")] {
        assert!(fs::read_to_string(folder.join(file)).unwrap().starts_with(start), "{file}");
    }
}

#[test]
fn an_archive_holds_a_program_that_runs() {
    let (out, again, into) = (folder(), folder(), folder());
    let archive = pack("x86_64-unknown-linux-musl", out.path());
    assert_eq!(archive.file_name().unwrap(), format!("vpcgen-v{VERSION}-x86_64-unknown-linux-musl.tar.gz").as_str());
    let twin = pack("x86_64-unknown-linux-musl", again.path());
    assert!(fs::read(&archive).unwrap() == fs::read(twin).unwrap(), "the same program makes the same archive");
    let opened = open(&archive, into.path());
    complete(&opened);
    let program = opened.join("vpcgen");
    assert_eq!(fs::metadata(&program).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(run(Command::new(program).arg("--version")).unwrap(), format!("vpcgen {VERSION}\n"));
}

#[test]
fn windows_has_a_zip() {
    if Command::new("zip").arg("-v").output().is_err() {
        return tools::missing("the archive for Windows", "apt-get install zip");
    }
    let (out, into) = (folder(), folder());
    let archive = pack("x86_64-pc-windows-msvc", out.path());
    let opened = open(&archive, into.path());
    complete(&opened);
    assert!(opened.join("vpcgen.exe").is_file() && !opened.join("vpcgen").exists());
}

/// What `make dist` has built: the digests are right, each program runs, and the static one runs where there is nothing else, as in the
/// container image.
#[test]
fn the_archives_of_make_dist_hold_programs_that_run() {
    let dist = project("dist");
    let Ok(sums) = fs::read_to_string(dist.join("SHA256SUMS")) else {
        return tools::say("skipped: the archives of a release: make dist builds them, in minutes");
    };
    run(Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&dist)).unwrap();
    let archives = sums.lines().map(|line| dist.join(line.split("  ").nth(1).unwrap()));
    for archive in archives {
        let into = folder();
        let opened = open(&archive, into.path());
        complete(&opened);
        let program = opened.join("vpcgen");
        let header = fs::read(&program).unwrap();
        // Offset 18 of an ELF header: the machine.
        let (machine, target) = (u16::from_le_bytes([header[18], header[19]]), archive.to_str().unwrap());
        let expected = if target.contains("aarch64") { 183 } else { 62 };
        assert!(header.starts_with(b"\x7fELF") && machine == expected, "{target}: machine {machine}");
        if machine != 62 {
            continue;
        }
        assert_eq!(run(Command::new(&program).arg("--version")).unwrap(), format!("vpcgen {VERSION}\n"));
        let mut alone = Command::new("unshare");
        let alone = alone
            .args(["--user", "--map-root-user", "--root"])
            .arg(&opened)
            .args(["/vpcgen", "render", "--preset", "minimal"]);
        assert_eq!(run(alone).unwrap(), run(Command::new(PROGRAM).args(["render", "--preset", "minimal"])).unwrap());
    }
}

/// The targets of the workflow.
fn workflow() -> (Value, BTreeSet<String>) {
    let workflow: Value = serde_saphyr::from_str(include_str!("../.github/workflows/release.yml")).unwrap();
    let matrix = workflow["jobs"]["build"]["strategy"]["matrix"]["include"].as_array().unwrap();
    let targets = matrix.iter().map(|one| one["target"].as_str().unwrap().to_owned()).collect();
    (workflow, targets)
}

#[test]
fn the_workflow_pins_its_actions_and_passes_variables() {
    let (workflow, targets) = workflow();
    assert_eq!(targets.len(), 5);
    let (mut pinned, mut scripts) = (0, 0);
    for job in ["build", "publish"] {
        for step in workflow["jobs"][job]["steps"].as_array().unwrap() {
            if let Some(uses) = step["uses"].as_str() {
                let commit = uses.split_once('@').unwrap().1;
                assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{uses}");
                pinned += 1;
            }
            if let Some(script) = step["run"].as_str() {
                assert!(!script.contains("${{"), "{script}");
                scripts += 1;
            }
        }
    }
    assert!(pinned >= 5 && scripts >= 6, "{pinned} {scripts}");
}

/// The names by which `cargo binstall` and the action find an archive.
#[test]
fn archives_are_found_by_their_names() {
    let (_, targets) = workflow();
    let arguments = ["metadata", "--format-version", "1", "--locked", "--no-deps"];
    let metadata: Value = serde_json::from_str(&run(Command::new(env!("CARGO")).args(arguments)).unwrap()).unwrap();
    let binstall = &metadata["packages"][0]["metadata"]["binstall"];
    for target in &targets {
        let windows = target.contains("windows");
        let format = match binstall["overrides"][target]["pkg-fmt"].as_str() {
            Some(own) => own,
            None => binstall["pkg-fmt"].as_str().unwrap(),
        };
        let fill = |text: &Value| {
            let pairs = [
                ("{ repo }", "R"),
                ("{ name }", "vpcgen"),
                ("{ version }", VERSION),
                ("{ target }", target),
                ("{ bin }", "vpcgen"),
            ];
            let (suffix, ext) = if windows { (".zip", ".exe") } else { (".tar.gz", "") };
            assert_eq!(format, if windows { "zip" } else { "tgz" });
            let text = text.as_str().unwrap().replace("{ archive-suffix }", suffix).replace("{ binary-ext }", ext);
            pairs.iter().fold(text, |text, (from, to)| text.replace(from, to))
        };
        let name = format!("vpcgen-v{VERSION}-{target}");
        let (suffix, ext) = if windows { ("zip", ".exe") } else { ("tar.gz", "") };
        assert_eq!(fill(&binstall["pkg-url"]), format!("R/releases/download/v{VERSION}/{name}.{suffix}"));
        assert_eq!(fill(&binstall["bin-dir"]), format!("{name}/vpcgen{ext}"));
    }
    let action = include_str!("../review/install.sh")
        .lines()
        .filter_map(|line| line.split_once("target="))
        .map(|(_, target)| target);
    let action: Vec<&str> = action.filter_map(|target| target.strip_suffix(" ;;")).collect();
    assert!(action.len() == 4 && action.iter().all(|target| targets.contains(*target)), "{action:?}");
}

/// The crate has what the program is built from, and no more.
#[test]
fn the_crate_is_complete_and_small() {
    let list = run(Command::new(env!("CARGO")).args(["package", "--list", "--allow-dirty", "--locked"])).unwrap();
    let files: BTreeSet<&str> = list.lines().collect();
    for file in [
        "Cargo.toml",
        "README.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "src/main.rs",
        "templates/preflight/names.sh",
        "generated-examples/minimal/cluster.yaml",
    ] {
        assert!(files.contains(file), "{file}");
    }
    let foreign: Vec<_> = files
        .iter()
        .filter(|file| ["tests/", "fuzz/", ".ci/", "review/", "docs/"].iter().any(|top| file.starts_with(top)))
        .collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

#[test]
fn shellcheck_finds_nothing() {
    let Some(shellcheck) = tools::find(5, "release scripts", "shellcheck", "apt-get install shellcheck") else {
        return;
    };
    for script in ["build", "pack"] {
        run(Command::new(&shellcheck).args(["--severity=style", "--norc"]).arg(project("release").join(script)))
            .unwrap();
    }
}
