//! A project that exists only in a file, and the script run on it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tools;

/// Prints the script of the description in a folder.
pub(crate) fn print(tree: &Path) -> String {
    tools::run(Command::new(env!("CARGO_BIN_EXE_vpcgen")).arg("preflight").current_dir(tree)).unwrap()
}

/// Three control planes, external addresses, Spot VMs, a custom machine type, an unknown one, existing accounts, a state bucket.
const DESCRIPTION: &str = "name: kub
project: some-project
region: europe-west1
access: {os_login: false}
control_plane: {count: 3, machine_type: n2-standard-2, external_ip: true}
pools:
  a: {count: 2, spot: true, machine_type: n2-custom-4-8192}
  b: {count: 1, machine_type: x9-standard-4, service_account: own@some-project.iam.gserviceaccount.com}
terraform: {backend: {gcs: {bucket: some-state}}}
";

pub(crate) struct World {
    folder: TempDir,
    pub(crate) script: String,
    /// The answers of gcloud.
    pub(crate) answers: Value,
    /// Commands that fail, and their messages.
    pub(crate) fails: Value,
    /// The permissions that the caller lacks; null: the call fails.
    pub(crate) lacks: Value,
    /// Lines of the script that were executed in any run.
    pub(crate) reached: BTreeSet<usize>,
}

impl World {
    /// A project in which nothing is missing.
    pub(crate) fn perfect() -> World {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        fs::write(folder.path().join("cluster.yaml"), DESCRIPTION).unwrap();
        let script = print(folder.path());
        let list = |name: &str| -> Vec<String> {
            let text = script.split(&format!("\n{name}='\n")).nth(1).unwrap().split("\n'").next().unwrap();
            text.lines().map(str::to_owned).collect()
        };
        let in_zone = |line: &String| {
            let (zone, name) = line.split_once(' ').unwrap();
            json!({"zone": format!("https://www.googleapis.com/compute/v1/projects/some-project/zones/{zone}"), "name": name})
        };
        let custom = |line: &&String| !line.contains("custom");
        let quota = |metric: &str| json!({"metric": metric, "limit": 1500.0, "usage": 500.0});
        let regional = ["CPUS", "N2_CPUS", "PREEMPTIBLE_CPUS", "INSTANCES", "SSD_TOTAL_GB", "IN_USE_ADDRESSES"];
        let global = ["NETWORKS", "SUBNETWORKS", "FIREWALLS", "ROUTERS", "CPUS_ALL_REGIONS"];
        let mut answers = json!({
            "auth application-default print-access-token": "token",
            "projects describe": {},
            "billing projects describe": {"billingEnabled": true},
            "services list": list("apis").iter().map(|api| json!({"config": {"name": api}})).collect::<Value>(),
            "iam service-accounts describe": {},
            "storage buckets describe gs://some-state": {},
            "compute machine-types list": list("machine_types").iter().filter(custom).map(in_zone).collect::<Value>(),
            "compute machine-types describe n2-custom-4-8192": {},
            "compute disk-types list": list("disk_types").iter().map(in_zone).collect::<Value>(),
            "compute images describe": "ubuntu-2404-noble-amd64-v20261120",
            "compute regions describe": {"quotas": regional.map(quota)},
            "compute project-info describe": {"quotas": global.map(quota)},
        });
        for line in list("names") {
            let command = line.split('|').nth(1).unwrap();
            if command != "storage buckets list" {
                answers[command] = json!([]);
            }
        }
        fs::create_dir(folder.path().join("bin")).unwrap();
        let fake = folder.path().join("fake.py");
        fs::write(&fake, include_str!("fake.py")).unwrap();
        fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["gcloud", "curl"] {
            symlink(&fake, folder.path().join("bin").join(name)).unwrap();
        }
        let fails = json!({"storage buckets describe gs://some-project-kub-etcd": "not found: 404."});
        World { folder, script, answers, fails, lacks: json!([]), reached: BTreeSet::new() }
    }

    /// Runs the script. Returns its exit status and what it said.
    pub(crate) fn run(&mut self, options: &[&str]) -> (i32, String) {
        self.run_with(options, true, &[])
    }

    pub(crate) fn run_with(&mut self, options: &[&str], tools: bool, variables: &[(&str, &str)]) -> (i32, String) {
        let path = |name: &str| self.folder.path().join(name);
        let world = json!({"answers": self.answers, "fails": self.fails, "curl": self.lacks});
        fs::write(path("world.json"), world.to_string()).unwrap();
        // In place of the first line, so that the others keep their numbers.
        let (_, rest) = self.script.split_once('\n').unwrap();
        let trace = path("trace");
        let traced = format!("exec 9>'{}'; BASH_XTRACEFD=9 PS4='+$LINENO '; set -x\n{rest}", trace.display());
        fs::write(path("preflight.sh"), traced).unwrap();
        let folders = if tools { vec![path("bin"), "/usr/bin".into(), "/bin".into()] } else { Vec::new() };
        let search = std::env::join_paths(folders).unwrap();
        let mut bash = Command::new("/bin/bash");
        bash.arg(path("preflight.sh")).args(options).env_clear().envs(variables.iter().copied()).env("PATH", search);
        let output = bash.output().unwrap();
        let (said, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        let trace = fs::read_to_string(trace).unwrap();
        self.reached.extend(
            trace.lines().filter_map(|line| line.trim_start_matches('+').split(' ').next()?.parse::<usize>().ok()),
        );
        assert!(!errors.contains("the fake does not know"), "{errors}");
        (output.status.code().unwrap(), said + &errors)
    }
}
