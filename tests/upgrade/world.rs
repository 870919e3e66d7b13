//! A cluster that exists only in a file, and the script run on it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{rendered, tools};

/// What the machines booted from before.
const OLD: &str = "#cloud-config\n";
pub(crate) const OLD_VERSION: &str = "1.35.4";
pub(crate) const VERSION: &str = "1.36.3";

/// Prints the script of the description in a folder.
pub(crate) fn print(tree: &Path) -> String {
    tools::run(Command::new(env!("CARGO_BIN_EXE_vpcgen")).arg("upgrade").current_dir(tree)).unwrap()
}

pub(crate) struct World {
    folder: TempDir,
    tree: std::path::PathBuf,
    pub(crate) script: String,
    pub(crate) state: Value,
}

/// A finished run.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) said: String,
    /// What changed something, a line for each.
    pub(crate) calls: Vec<String>,
}

impl World {
    /// The cluster of an example, with all its machines at the older version. The machine types are those of the description.
    pub(crate) fn behind(example: &str, test: &str) -> World {
        let mut examples = rendered::examples(&format!("upgrade-{test}"));
        let index = examples.iter().position(|one| one.name == example).unwrap();
        let tree = examples.swap_remove(index).dir;
        let script = print(&tree);
        let list = |name: &str| -> Vec<Value> {
            let text = script.split(&format!("\n{name}='")).nth(1).unwrap().split('\'').next().unwrap();
            serde_json::from_str(text).unwrap()
        };
        let (mut machines, mut nodes, mut types) = (json!({}), json!({}), json!({}));
        for group in list("groups") {
            types[group["name"].as_str().unwrap()] = group["machine_type"].clone();
        }
        let now = tools::run(Command::new("date").args(["--utc", "+%FT%TZ"])).unwrap();
        for (number, machine) in list("machines").iter().enumerate() {
            let (name, group) = (machine["name"].as_str().unwrap(), machine["group"].as_str().unwrap());
            let id = number.to_string();
            machines[name] = json!({"group": group, "id": id, "user_data": OLD, "type": types[group], "created": "2026-01-01T00:00:00.123-08:00"});
            nodes[name] = json!({"ready": true, "kubelet": OLD_VERSION, "type": types[group], "cordoned": false,
                "recorded": {"instance-id": id, "user-data-sha256": "of another boot file"}});
            if group == "control_plane" {
                nodes[name]["api"] = OLD_VERSION.into();
                nodes[name]["annotations"] = json!({"etcd-backup": now.trim()});
            }
        }
        let cluster = script.lines().find_map(|line| line.strip_prefix("cluster=")).unwrap().to_owned();
        let state = json!({"cluster": cluster, "kubernetes": VERSION, "proxy": OLD_VERSION, "machines": machines, "nodes": nodes, "types": types, "ids": 100,
            "extra": [], "broken": [], "not_created": [], "drain_hangs": [], "removed": []});
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        let fake = folder.path().join("fake.py");
        fs::write(&fake, include_str!("fake.py")).unwrap();
        fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["kubectl", "terraform"] {
            symlink(&fake, folder.path().join("bin").join(name)).unwrap();
        }
        let sleep = folder.path().join("bin/sleep");
        fs::write(&sleep, "#!/bin/sh\nexec /bin/sleep 0.1\n").unwrap();
        fs::set_permissions(&sleep, fs::Permissions::from_mode(0o755)).unwrap();
        World { folder, tree, script, state }
    }

    /// The same, upgraded.
    pub(crate) fn up_to_date(example: &str, test: &str) -> World {
        let mut world = World::behind(example, test);
        world.run(&[]).expect(0, "done: every machine is up to date");
        world
    }

    /// Runs the script, which finds a broken machine out after a second.
    pub(crate) fn run(&mut self, options: &[&str]) -> Run {
        let path = |name: &str| self.folder.path().join(name);
        fs::write(path("world.json"), self.state.to_string()).unwrap();
        fs::write(path("upgrade.sh"), &self.script).unwrap();
        fs::write(path("calls"), "").unwrap();
        let search = std::env::join_paths(
            std::iter::once(path("bin")).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        let mut bash = Command::new("bash");
        bash.arg(path("upgrade.sh")).args(["--timeout", "3", "--dir"]).arg(&self.tree).args(options);
        let Output { status, stdout, stderr } = bash.env("PATH", search.unwrap()).output().unwrap();
        let said = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
        self.state = serde_json::from_str(&fs::read_to_string(path("world.json")).unwrap()).unwrap();
        let calls = fs::read_to_string(path("calls")).unwrap().lines().map(str::to_owned).collect();
        Run { status: status.code().unwrap(), said, calls }
    }

    /// The names of the machines, as the script takes them.
    pub(crate) fn names(&self) -> Vec<String> {
        self.state["machines"].as_object().unwrap().keys().cloned().collect()
    }

    pub(crate) fn id(&self, machine: &str) -> String {
        self.state["machines"][machine]["id"].to_string()
    }

    /// Changes the boot file of a group in the tree, and prints the script again.
    pub(crate) fn change_tree(&mut self, find: &str, put: &str) {
        let file = self.tree.join("cluster.yaml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(find), "{find:?} is not in the description");
        fs::write(&file, text.replace(find, put)).unwrap();
        let mut render = Command::new(env!("CARGO_BIN_EXE_vpcgen"));
        tools::run(render.args(["render", "--out", "."]).current_dir(&self.tree)).unwrap();
    }

    pub(crate) fn print_again(&mut self) {
        self.script = print(&self.tree);
    }
}

impl Run {
    pub(crate) fn expect(&self, status: i32, text: &str) -> &Run {
        let all = format!("exit status {}\n{}\n{}", self.status, self.said, self.calls.join("\n"));
        assert_eq!(self.status, status, "{all}");
        assert!(self.said.contains(text), "{text:?} was expected:\n{all}");
        self
    }

    /// Nothing was changed.
    pub(crate) fn untouched(&self) {
        assert!(self.calls.is_empty(), "{}\n{}", self.said, self.calls.join("\n"));
    }

    /// The machines that were replaced, in order.
    pub(crate) fn replaced(&self) -> Vec<&str> {
        let replaced = self.calls.iter().filter(|call| call.starts_with("terraform delete+create "));
        replaced.filter_map(|call| call.split('"').nth(1)).collect()
    }

    /// The position of a call that starts like this.
    pub(crate) fn at(&self, call: &str) -> usize {
        let found = self.calls.iter().position(|line| line.starts_with(call));
        found.unwrap_or_else(|| panic!("no {call:?} in\n{}", self.calls.join("\n")))
    }
}
