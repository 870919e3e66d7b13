//! A cluster that was applied and boots: its machines, and kubectl on its control plane.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::Command,
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
pub(crate) const PATIENCE: Duration = Duration::from_secs(900);

pub(crate) struct Cluster {
    pub(crate) applied: Arc<Applied>,
    follower: Arc<Follower>,
    /// When the last change began.
    since: Instant,
    /// How long it may take from then until all is well.
    pub(crate) patience: Duration,
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
        let cluster = Cluster { applied, follower, since: Instant::now(), patience: PATIENCE };
        cluster.follower.catch_up();
        if prepare::controller().is_none() {
            controller::start(&cluster);
        }
        cluster
    }

    /// Applies a changed tree over the state, while the cluster lives. `options` are those of `terraform plan`.
    pub(crate) fn apply_again(&mut self, tree: &Path, options: &[&str]) {
        self.since_now();
        let workspace = self.workspace();
        workspace.update(tree);
        let steps = || {
            workspace.plan_with(options)?;
            workspace.apply()?;
            workspace.plan_is_empty()
        };
        steps().unwrap_or_else(|failure| panic!("{failure}\n{}", self.last_lines()));
        self.follower.catch_up();
    }

    /// Puts a changed tree in the place of the one that was applied; returns where Terraform runs, and a script that runs it there.
    pub(crate) fn prepare_tree(&self, tree: &Path) -> (PathBuf, String) {
        let workspace = self.workspace();
        workspace.update(tree);
        (workspace.tree(), workspace.wrapper())
    }

    /// Fails unless Terraform has nothing to do.
    pub(crate) fn has_nothing_to_apply(&self) {
        self.workspace().plan_is_empty().unwrap_or_else(|failure| panic!("{failure}"));
    }

    /// Takes a resource out of Terraform's state, so that it stays when it is no longer in the tree.
    pub(crate) fn forget(&self, address: &str) {
        self.workspace().forget(address).unwrap_or_else(|failure| panic!("{failure}"));
    }

    /// Destroys everything as the README says, and waits until the machines are off: nothing is left but the disks
    /// and the backups that are kept.
    pub(crate) fn destroy(&self) {
        self.workspace().destroy().unwrap_or_else(|failure| panic!("{failure}"));
        self.follower.catch_up();
        assert!(self.machines().is_empty(), "still on after destroy: {:?}", self.machines());
        let kept = |path: &String| path.contains("/disks/") || path.starts_with("storage/") || path.contains("-pki");
        let left: Vec<String> = self.google().left().into_iter().filter(|path| !kept(path)).collect();
        assert!(left.is_empty(), "left after destroy: {left:?}");
    }

    /// Takes a machine's power away, as when its host dies.
    pub(crate) fn cut(&mut self, machine: &str) {
        self.since_now();
        self.machine(machine, vm::Vm::cut);
    }

    /// The same, at the moment when its console shows that text.
    pub(crate) fn cut_when(&mut self, machine: &str, text: &str) {
        self.since_now();
        self.wait_for_console(machine, text);
        // In the middle of what was announced.
        thread::sleep(Duration::from_secs(1));
        self.machine(machine, vm::Vm::cut);
    }

    /// Waits until a machine has printed something on its serial console.
    pub(crate) fn wait_for_console(&self, machine: &str, text: &str) {
        let seen = self.wait_for(|| {
            let consoles = self.consoles();
            let console = consoles.iter().find(|(name, _)| name == machine);
            if console.is_some_and(|(_, console)| console.contains(text)) {
                Ok(())
            } else {
                Err(format!("{text:?} is not there"))
            }
        });
        seen.unwrap_or_else(|error| panic!("console of {machine}: {error}\n{}", self.last_lines()));
    }

    /// Gives the power back: the machine boots from its disk.
    pub(crate) fn restore(&mut self, machine: &str) {
        self.since_now();
        self.machine(machine, vm::Vm::restore);
    }

    /// Restarts its operating system.
    pub(crate) fn reboot(&mut self, machine: &str) {
        self.since_now();
        let before = self.boot_id(machine);
        // The answer may not come through any more.
        let _ = self.on(machine, &["systemctl", "reboot"]);
        let rebooted = self.wait_for(|| {
            let now = self.boot_id(machine)?;
            if before.as_ref() == Ok(&now) { Err("it has not gone down".to_owned()) } else { Ok(()) }
        });
        rebooted.unwrap_or_else(|error| panic!("{machine} does not reboot: {error}\n{}", self.last_lines()));
    }

    fn boot_id(&self, machine: &str) -> Result<String, String> {
        self.on(machine, &["cat", "/proc/sys/kernel/random/boot_id"])
    }

    /// Does something to an instance through Google's API: `stop`, `start`, `setMetadata`.
    pub(crate) fn act(&mut self, instance: &str, action: &str, body: &Value) {
        self.since_now();
        let path = self.state().instance(instance).expect("an instance of that name").path.clone();
        let (status, answer) = self.google().send("POST", &format!("/compute/v1/{path}/{action}"), body);
        assert_eq!(status, 200, "{action} of {instance}: {answer}");
        self.follower.catch_up();
    }

    /// The fingerprint of an instance's metadata or tags, which a change must name.
    pub(crate) fn fingerprint(&self, instance: &str, of: &str) -> Value {
        let path = self.state().instance(instance).expect("an instance of that name").path.clone();
        self.google().send("GET", &format!("/compute/v1/{path}"), &Value::Null).1[of]["fingerprint"].clone()
    }

    /// Deletes something through Google's API, as somebody does by hand.
    pub(crate) fn delete(&mut self, path: &str) {
        self.since_now();
        let (status, answer) = self.google().send("DELETE", &format!("/compute/v1/{path}"), &Value::Null);
        assert_eq!(status, 200, "{path}: {answer}");
        self.follower.catch_up();
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

    /// The paths of the instances that answer the probes of the load balancer at that address.
    pub(crate) fn healthy_at(&self, address: Ipv4Addr) -> Vec<String> {
        self.follower.healthy_at(address)
    }

    /// Runs a command on a machine.
    pub(crate) fn on(&self, machine: &str, argv: &[&str]) -> Result<String, String> {
        on(&self.follower, machine, argv)
    }

    /// Copies a file or folder of the host to a place on a machine.
    pub(crate) fn copy_to(&self, machine: &str, from: &Path, to: &str) {
        let init = self.follower.with(machine, vm::Vm::init).flatten().expect("the machine is on");
        let to = format!("/proc/{init}/root{to}");
        crate::tools::run(Command::new("cp").arg("-r").arg(from).arg(to)).unwrap_or_else(|error| panic!("{error}"));
    }

    fn machine(&self, name: &str, work: impl FnOnce(&vm::Vm)) {
        self.follower.with(name, work).unwrap_or_else(|| panic!("no machine {name}"));
    }

    /// Runs kubectl on the control plane.
    pub(crate) fn kubectl(&self, argv: &[&str]) -> Result<String, String> {
        self.api().kubectl(argv)
    }

    /// Stores something in the cluster.
    pub(crate) fn store(&self) {
        let stored = self.kubectl(&["create", "configmap", "kept", "--from-literal", "a=b"]);
        stored.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Fails unless what was stored is still there.
    pub(crate) fn has_kept_its_data(&self) {
        let kept = self.kubectl(&["get", "configmap", "kept"]);
        kept.unwrap_or_else(|error| panic!("the cluster has lost its data: {error}"));
    }

    /// A list of objects.
    pub(crate) fn get(&self, argv: &[&str]) -> Result<Vec<Value>, String> {
        self.api().get(argv)
    }

    /// The cluster's API, for a thread beside the scenario.
    pub(crate) fn api(&self) -> Api {
        Api { follower: Arc::clone(&self.follower), applied: Arc::clone(&self.applied) }
    }

    /// Waits for something; an error is what it said last.
    pub(crate) fn wait_for(&self, mut what: impl FnMut() -> Result<(), String>) -> Result<(), String> {
        let end = self.since + self.patience;
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
            // cloud-init's last argv are the keys of the SSH server.
            let noise = ["ssh-", "ecdsa-", "-----", "<14>"];
            let says = |line: &&str| !line.trim().is_empty() && !noise.iter().any(|start| line.starts_with(start));
            let lines: Vec<&str> = text.lines().filter(says).collect();
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
    pub(crate) fn kubectl(&self, argv: &[&str]) -> Result<String, String> {
        self.on_a_control_plane(&[&["kubectl", "--request-timeout=20s"], argv].concat())
    }

    pub(crate) fn get(&self, argv: &[&str]) -> Result<Vec<Value>, String> {
        let argv = [&["get", "-o", "json"], argv].concat();
        let list: Value = serde_json::from_str(&self.kubectl(&argv)?).map_err(|error| error.to_string())?;
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// Applies a manifest.
    pub(crate) fn apply(&self, manifest: &Value) -> Result<String, String> {
        let text = manifest.to_string();
        self.on_a_control_plane(&["sh", "-c", "printf %s \"$1\" | kubectl apply -f -", "apply", &text])
    }

    /// Runs a command on a machine.
    pub(crate) fn on(&self, machine: &str, argv: &[&str]) -> Result<String, String> {
        on(&self.follower, machine, argv)
    }

    fn on_a_control_plane(&self, argv: &[&str]) -> Result<String, String> {
        let mut last = "no machine has been a control plane yet".to_owned();
        for machine in self.follower.names() {
            if self.on(&machine, &["test", "-e", "/etc/kubernetes/admin.conf"]).is_ok() {
                match self.on(&machine, argv) {
                    Ok(said) => return Ok(said),
                    Err(error) => last = error,
                }
            }
        }
        Err(last)
    }
}

fn on(follower: &Follower, machine: &str, argv: &[&str]) -> Result<String, String> {
    let init = follower.with(machine, vm::Vm::init).flatten().ok_or_else(|| format!("{machine} is off"))?;
    vm::run(&init, argv)
}
