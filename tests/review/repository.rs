//! A repository on GitHub that exists only in a folder: a base branch, a pull request's checkout of depth 1, an event, a `gh`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::tools;

pub(crate) const RIGHT: &str = "name: kub\nproject: some-project\nregion: europe-west1\n";

/// `gh api`, with the comments of one pull request.
const GH: &str = r#"#!/usr/bin/env bash
echo "$*" >>"$FAKE/calls"
case $* in
*--paginate*) jq -r "${@: -1}" "$FAKE/comments" ;;
*)
  [[ ! -e $FAKE/read-only ]] || { echo "HTTP 403: Resource not accessible by integration" >&2; exit 1; }
  last=${*: -1}
  cp "${last#body=@}" "$FAKE/comment"
  ;;
esac
"#;

/// vpcgen, whose `diff` says what the test wants, if it wants something.
const VPCGEN: &str = r#"#!/usr/bin/env bash
if [[ $1 != diff || ! -e $FAKE/diff ]]; then exec "$REAL" "$@"; fi
echo "vpcgen $*" >>"$FAKE/calls"
cat "$FAKE/diff"
cat "$FAKE/messages" >&2
exit "$(<"$FAKE/status")"
"#;

pub(crate) struct Repository {
    folder: TempDir,
    pub(crate) variables: BTreeMap<String, String>,
}

/// A finished script.
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) said: String,
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]);
    tools::run(git.args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null")).unwrap();
}

fn executable(file: &Path, text: &str) {
    fs::write(file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

impl Repository {
    /// The branch `main` has a rendered tree, and the pull request's checkout, of depth 1, has another commit.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["base", "bin", "fake", "temporary"] {
            fs::create_dir(path(name)).unwrap();
        }
        git(&path("base"), &["init", "--quiet"]);
        fs::write(path("base/cluster.yaml"), RIGHT).unwrap();
        let mut render = Command::new(env!("CARGO_BIN_EXE_vpcgen"));
        tools::run(render.args(["render", "--out", "."]).current_dir(path("base"))).unwrap();
        git(&path("base"), &["add", "."]);
        git(&path("base"), &["commit", "--quiet", "--message", "base"]);
        git(&path("base"), &["checkout", "--quiet", "-b", "change"]);
        git(&path("base"), &["commit", "--quiet", "--allow-empty", "--message", "change"]);
        let url = format!("file://{}", path("base").display());
        git(folder.path(), &["clone", "--quiet", "--depth=1", "--branch=change", &url, "checkout"]);
        executable(&path("bin/gh"), GH);
        executable(&path("bin/vpcgen"), VPCGEN);
        for (name, text) in [("calls", ""), ("comments", "[]"), ("diff", ""), ("messages", ""), ("status", "0")] {
            fs::write(path("fake").join(name), text).unwrap();
        }
        fs::write(path("summary"), "").unwrap();
        let event = json!({
            "pull_request": {"number": 7, "head": {"repo": {"full_name": "some/repository"}}},
            "repository": {"full_name": "some/repository"},
        });
        fs::write(path("event.json"), event.to_string()).unwrap();
        let search = format!("{}:{}", path("bin").display(), std::env::var("PATH").unwrap());
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let variables = [
            ("PATH", search),
            ("REAL", env!("CARGO_BIN_EXE_vpcgen").to_owned()),
            ("FAKE", text(path("fake"))),
            ("GITHUB_EVENT_PATH", text(path("event.json"))),
            ("GITHUB_STEP_SUMMARY", text(path("summary"))),
            ("GITHUB_PATH", text(path("path"))),
            ("GITHUB_REPOSITORY", "some/repository".to_owned()),
            ("GITHUB_BASE_REF", "main".to_owned()),
            ("RUNNER_TEMP", text(path("temporary"))),
            ("GH_TOKEN", "token".to_owned()),
            ("VPCGEN_FILE", "cluster.yaml".to_owned()),
            ("VPCGEN_DIR", String::new()),
            ("VPCGEN_DENY", String::new()),
            ("VPCGEN_ALLOW", String::new()),
            ("VPCGEN_BASE", String::new()),
            ("VPCGEN_FAIL_ON", String::new()),
            ("VPCGEN_COMMENT", "true".to_owned()),
        ];
        Self { variables: variables.map(|(name, value)| (name.to_owned(), value)).into(), folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// What `vpcgen diff` will say.
    pub(crate) fn diff(&self, status: u8, text: &str, messages: &str) {
        self.write("fake/diff", text);
        self.write("fake/messages", messages);
        self.write("fake/status", &status.to_string());
    }

    /// Runs a script of the action in the checkout.
    pub(crate) fn run(&self, script: &str) -> Ended {
        self.command(Command::new("bash").arg(tools::project(&format!("review/{script}.sh"))))
    }

    pub(crate) fn command(&self, command: &mut Command) -> Ended {
        let output = command.current_dir(self.path("checkout")).env_clear().envs(&self.variables).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        Ended { status: output.status.code().unwrap(), said }
    }
}

impl Ended {
    pub(crate) fn expect(self, status: i32, text: &str) -> Self {
        assert!(
            self.status == status && self.said.contains(text),
            "{status}, {text:?}: {}, {}",
            self.status,
            self.said
        );
        self
    }
}
