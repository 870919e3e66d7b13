use std::fs;
use std::process::Command;

use crate::repository::Repository;
use crate::tools;

const NAME: &str = "vpcgen-v1.2.3-x86_64-unknown-linux-musl";

/// A repository, and a folder as a site with a release: the program of these tests, and its digest.
fn released() -> (Repository, String) {
    let mut repository = Repository::new();
    let site = repository.path("site/v1.2.3");
    fs::create_dir_all(site.join(NAME)).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_vpcgen"), site.join(NAME).join("vpcgen")).unwrap();
    let archive = format!("{NAME}.tar.gz");
    tools::run(Command::new("tar").args(["--use-compress-program=gzip -1", "-cf", &archive, NAME]).current_dir(&site))
        .unwrap();
    let sum = tools::run(Command::new("sha256sum").arg(site.join(archive))).unwrap();
    let sum = sum.split(' ').next().unwrap().to_owned();
    repository.set("VPCGEN_VERSION", "1.2.3");
    repository.set("VPCGEN_SHA256", &sum);
    repository.set("VPCGEN_RELEASES", &format!("file://{}", repository.path("site").display()));
    repository.set("RUNNER_OS", "Linux");
    repository.set("RUNNER_ARCH", "X64");
    (repository, sum)
}

#[test]
fn a_release_is_downloaded_by_version_and_checksum() {
    let (mut repository, sum) = released();
    let version = format!("vpcgen {}\n", env!("CARGO_PKG_VERSION"));
    repository.run("install").expect(0, &version);
    let folder = repository.read("path");
    let mut program = Command::new(format!("{}/vpcgen", folder.trim()));
    assert_eq!(tools::run(program.arg("--version")).unwrap(), version);
    // Again, as on a runner of one's own.
    repository.run("install").expect(0, &version);
    let wrong = sum.replace(|c: char| c.is_ascii_hexdigit(), "0");
    for (variable, value, message) in [
        ("VPCGEN_SHA256", wrong.as_str(), "has the SHA-256"),
        ("VPCGEN_SHA256", "", "sha256 must be"),
        ("VPCGEN_VERSION", "latest", "version must be a version"),
        ("VPCGEN_VERSION", "1.2.3/../../x", "version must be a version"),
        ("VPCGEN_VERSION", "1.2.4", "vpcgen-v1.2.4-x86_64-unknown-linux-musl.tar.gz cannot be downloaded"),
        ("RUNNER_OS", "Windows", "there is no release for Windows on X64"),
        ("RUNNER_ARCH", "ARM64", "vpcgen-v1.2.3-aarch64-unknown-linux-musl.tar.gz cannot be downloaded"),
    ] {
        let before = repository.variables.clone();
        repository.set(variable, value);
        repository.write("path", "");
        repository.run("install").expect(1, "::error title=vpcgen::").expect(1, message);
        assert_eq!(repository.read("path"), "", "{variable}={value}");
        repository.variables = before;
    }
}
