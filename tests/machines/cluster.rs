//! A cluster that was applied and boots: its machines, and kubectl on its control plane.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    applied::Applied,
    controller,
    follow::Follower,
    google::{
        Google,
        state::{Instance, State},
    },
    outside, prepare,
    proof::{failure::Failure, terraform::Workspace},
    vm, world,
};

/// How long a cluster may take until all its nodes are ready, and everything on it.
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) struct Cluster {
    pub(crate) applied: Arc<Applied>,
    follower: Arc<Follower>,
    /// When the last change began.
    since: Instant,
}

impl Cluster {
    /// Applies a tree with Terraform and boots what came of it.
    pub(crate) fn apply(workspace: Workspace) -> Result<Cluster, Failure> {
        workspace.init()?;
        workspace.plan()?;
        workspace.apply()?;
        workspace.plan_is_empty()?;
        Ok(Cluster::boot(Applied::Terraform(workspace)))
    }

    /// Boots what was applied.
    pub(crate) fn boot(applied: Applied) -> Cluster {
        let applied = Arc::new(applied);
        let follower = Arc::new(Follower::start(&applied, world::folder()));
        outside::start(&prepare::folder(), &applied);
        let cluster = Cluster { applied, follower, since: Instant::now() };
        cluster.follower.settle();
        if prepare::controller().is_none() {
            controller::start(&cluster);
        }
        cluster
    }

    /// Applies a changed tree over the state, while the cluster lives. `options` are those of `terraform plan`.
    pub(crate) fn apply_again(&mut self, tree: &Path, options: &[&str]) -> Result<(), Failure> {
        self.since_now();
        let workspace = self.workspace();
        workspace.update(tree);
        workspace.plan_with(options)?;
        workspace.apply()?;
        workspace.plan_is_empty()?;
        self.follower.settle();
        Ok(())
    }

    /// Destroys everything, and waits until the machines are off.
    pub(crate) fn destroy(&self) -> Result<(), Failure> {
        self.workspace().destroy()?;
        self.follower.settle();
        Ok(())
    }

    fn workspace(&self) -> &Workspace {
        match &*self.applied {
            Applied::Terraform(workspace) => workspace,
            Applied::ReadBack(_) => panic!("a changed tree takes Terraform"),
        }
    }

    pub(crate) fn google(&self) -> &Google {
        self.applied.google()
    }

    /// Patience begins again: something changes now.
    pub(crate) fn since_now(&mut self) {
        self.since = Instant::now();
    }

    pub(crate) fn state(&self) -> State {
        self.google().state()
    }

    /// The instances that should be nodes.
    pub(crate) fn instances(&self) -> Vec<Instance> {
        self.state().instances
    }

    /// The machines that are on.
    pub(crate) fn machines(&self) -> Vec<String> {
        self.follower.names()
    }

    /// Waits until the machines are as the state has them.
    pub(crate) fn settle(&self) {
        self.follower.settle();
    }

    /// Runs a command on a machine.
    pub(crate) fn on(&self, machine: &str, words: &[&str]) -> Result<String, String> {
        on(&self.follower, machine, words)
    }

    /// Does something to a machine.
    pub(crate) fn machine(&self, name: &str, work: impl FnOnce(&vm::Vm)) {
        self.follower.with(name, work).unwrap_or_else(|| panic!("no machine {name}"));
    }

    /// Runs kubectl on the control plane.
    pub(crate) fn kubectl(&self, words: &[&str]) -> Result<String, String> {
        self.api().kubectl(words)
    }

    /// A list of objects.
    pub(crate) fn get(&self, words: &[&str]) -> Result<Vec<Value>, String> {
        self.api().get(words)
    }

    /// The cluster's API for whoever runs beside the scenario.
    pub(crate) fn api(&self) -> Api {
        Api { follower: Arc::clone(&self.follower), applied: Arc::clone(&self.applied) }
    }

    /// Waits for something; an error is what it said last.
    pub(crate) fn wait_for(&self, mut what: impl FnMut() -> Result<(), String>) -> Result<(), String> {
        let end = self.since + PATIENCE;
        loop {
            match what() {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() > end => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(500)),
            }
        }
    }

    /// Seconds since the last change began.
    pub(crate) fn seconds(&self) -> u64 {
        self.since.elapsed().as_secs()
    }

    /// What every machine printed on its serial console, the ones that are off included.
    pub(crate) fn consoles(&self) -> Vec<(String, String)> {
        let read = |file: PathBuf| std::fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).replace('\r', ""));
        let folders = std::fs::read_dir(world::folder()).expect("the folder of machines").flatten();
        let console = |folder: std::fs::DirEntry| {
            Some((folder.file_name().to_string_lossy().into_owned(), read(folder.path().join("console")).ok()?))
        };
        folders.filter_map(console).collect()
    }

    /// The last lines of every console, for a failure.
    pub(crate) fn last_lines(&self) -> String {
        let last = |(name, text): &(String, String)| {
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
            let end = &lines[lines.len().saturating_sub(12)..];
            format!("--- console of {name}\n{}\n", end.join("\n"))
        };
        self.consoles().iter().map(last).collect()
    }
}

/// kubectl, wherever a control plane answers.
pub(crate) struct Api {
    follower: Arc<Follower>,
    pub(crate) applied: Arc<Applied>,
}

impl Api {
    pub(crate) fn kubectl(&self, words: &[&str]) -> Result<String, String> {
        let words: Vec<&str> = ["kubectl", "--request-timeout=20s"].iter().chain(words).copied().collect();
        let mut last = "no machine has been a control plane yet".to_owned();
        for machine in self.follower.names() {
            if on(&self.follower, &machine, &["test", "-e", "/etc/kubernetes/admin.conf"]).is_ok() {
                match on(&self.follower, &machine, &words) {
                    Ok(said) => return Ok(said),
                    Err(error) => last = error,
                }
            }
        }
        Err(last)
    }

    pub(crate) fn get(&self, words: &[&str]) -> Result<Vec<Value>, String> {
        let words: Vec<&str> = ["get", "-o", "json"].iter().chain(words).copied().collect();
        let list: Value = serde_json::from_str(&self.kubectl(&words)?).map_err(|error| error.to_string())?;
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// Applies a manifest.
    pub(crate) fn apply(&self, manifest: &Value) -> Result<String, String> {
        let text = manifest.to_string();
        let mut last = "no control plane".to_owned();
        for machine in self.follower.names() {
            if on(&self.follower, &machine, &["test", "-e", "/etc/kubernetes/admin.conf"]).is_ok() {
                match on(
                    &self.follower,
                    &machine,
                    &["sh", "-c", "printf %s \"$1\" | kubectl apply -f -", "apply", &text],
                ) {
                    Ok(said) => return Ok(said),
                    Err(error) => last = error,
                }
            }
        }
        Err(last)
    }
}

fn on(follower: &Follower, machine: &str, words: &[&str]) -> Result<String, String> {
    let init = follower.with(machine, vm::Vm::init).flatten().ok_or_else(|| format!("{machine} is off"))?;
    vm::run(&init, words)
}
