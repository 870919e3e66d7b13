//! A machine: an instance that is switched on. Its wire stays while it reboots; when it powers off, its control groups and wire go.

pub(crate) mod disks;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{machine::Machine, tools, world};

/// What a machine is made of beside its instance.
pub(crate) struct Parts {
    /// The base image.
    pub(crate) base: PathBuf,
    /// The guest agent, laid over it.
    pub(crate) agent: PathBuf,
    /// The folder of its console and its process id.
    pub(crate) folder: PathBuf,
    /// The folder of its boot disk.
    pub(crate) disk: PathBuf,
    /// `search` and `nameserver` lines, with `|` between them.
    pub(crate) resolv: String,
    /// The devices of its other disks, a line `NODE MINOR LINK` for each.
    pub(crate) devices: String,
}

/// A machine that is on, or was until it powered itself off.
pub(crate) struct Vm {
    /// Its network, for as long as it lives.
    _wire: Arc<Machine>,
    folder: PathBuf,
    /// Whether it may boot again when it goes off.
    wanted: Arc<AtomicBool>,
    power: Arc<Mutex<Power>>,
    life: Option<JoinHandle<()>>,
}

/// A machine without power stays off until it is given back.
#[derive(Clone, Copy, PartialEq)]
enum Power {
    On,
    Cut,
}

/// The exit status of a machine that asked for a reboot: its first process ends with SIGHUP.
const REBOOTS: i32 = 128 + 1;

impl Vm {
    /// Boots, and boots again whenever it reboots.
    pub(crate) fn boot(name: &str, wire: Machine, parts: Parts) -> Vm {
        let wire = Arc::new(wire);
        fs::create_dir_all(&parts.folder).expect("a folder");
        let mut vm = Vm {
            _wire: Arc::clone(&wire),
            folder: parts.folder.clone(),
            wanted: Arc::new(AtomicBool::new(true)),
            power: Arc::new(Mutex::new(Power::On)),
            life: None,
        };
        let (wanted, power, name) = (Arc::clone(&vm.wanted), Arc::clone(&vm.power), name.to_owned());
        let life = thread::spawn(move || {
            while wanted.load(Ordering::Relaxed) {
                if *power.lock().unwrap_or_else(PoisonError::into_inner) == Power::Cut {
                    thread::sleep(Duration::from_millis(100));
                    continue;
                }
                let status = console(&name, &wire, &parts).wait().expect("the machine ends");
                // Before the file is removed: a caller that waits for that may restore power immediately.
                let cut = *power.lock().unwrap_or_else(PoisonError::into_inner) == Power::Cut;
                let _ = fs::remove_file(parts.folder.join("pid"));
                if status.code() != Some(REBOOTS) && !cut {
                    return;
                }
            }
        });
        vm.life = Some(life);
        vm
    }

    /// Whether it is on, or about to be.
    pub(crate) fn is_on(&self) -> bool {
        self.life.as_ref().is_some_and(|life| !life.is_finished())
    }

    /// Its first process, as seen from here.
    pub(crate) fn init(&self) -> Option<String> {
        init(&self.folder)
    }

    /// Presses the power button: logind powers off, when all who may delay that are done. Before logind runs, systemd itself.
    pub(crate) fn press(&self) {
        self.wanted.store(false, Ordering::Relaxed);
        let logind = "org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager PowerOff b false";
        let words: Vec<&str> = ["busctl", "--timeout=5", "call"].into_iter().chain(logind.split(' ')).collect();
        if self.init().is_none_or(|init| run(&init, &words).is_err()) {
            self.signal("RTMIN+4");
        }
    }

    /// Attaches disks to the machine while it runs, and detaches others. Each is a line as in `Parts::devices`.
    pub(crate) fn plug(&self, had: &str, has: &str) -> bool {
        let of = |one: &str, other: &str| -> String {
            one.lines()
                .filter(|line| !other.lines().any(|found| found == *line))
                .map(|line| format!("{line}\n"))
                .collect()
        };
        let script = r#"printf %s "$1" | while read -r node minor link; do rm -f "/dev/$node" "/dev/disk/by-id/$link"; done
            printf %s "$2" | while read -r node minor link; do
              mknod -m 660 "/dev/$node" b 7 "$minor" && ln -sfn "../../$node" "/dev/disk/by-id/$link"
            done"#;
        let words = ["sh", "-c", script, "plug", &of(had, has), &of(has, had)];
        // In the middle of a boot there is nothing to attach them to yet.
        self.init().is_some_and(|init| run(&init, &words).is_ok())
    }

    /// Pulls the plug, for good.
    pub(crate) fn pull(&self) {
        self.wanted.store(false, Ordering::Relaxed);
        self.signal("KILL");
    }

    /// Takes its power away, as when its host dies.
    pub(crate) fn cut(&self) {
        *self.power.lock().unwrap_or_else(PoisonError::into_inner) = Power::Cut;
        self.signal("KILL");
        let end = Instant::now() + Duration::from_secs(30);
        while self.folder.join("pid").exists() {
            assert!(Instant::now() < end, "a machine without power goes on");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Gives it back: the machine boots from its disk.
    pub(crate) fn restore(&self) {
        *self.power.lock().unwrap_or_else(PoisonError::into_inner) = Power::On;
    }

    fn signal(&self, signal: &str) {
        if let Some(init) = self.init() {
            // It may have ended a moment ago.
            let _ = tools::run(Command::new("kill").args(["-s", signal, &init]));
        }
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.pull();
        let end = Instant::now() + Duration::from_secs(10);
        while self.is_on() && Instant::now() < end {
            thread::sleep(Duration::from_millis(50));
            self.pull();
        }
        if let Some(life) = self.life.take().filter(JoinHandle::is_finished) {
            let _ = life.join();
        }
    }
}

/// The process that holds the machine's console: `script` gives it a terminal and writes down what it prints.
fn console(name: &str, wire: &Machine, parts: &Parts) -> Child {
    fs::write(parts.folder.join("devices"), &parts.devices).expect("a file");
    let argv = [
        "bash".to_owned(),
        tools::project("tests/machines/vm/power.sh").display().to_string(),
        wire.pid(),
        format!("{}/{name}", world::cgroup()),
        parts.folder.join("pid").display().to_string(),
        "bash".to_owned(),
        tools::project("tests/machines/vm/inside.sh").display().to_string(),
        parts.base.display().to_string(),
        tools::project("tests/machines/image").display().to_string(),
        parts.agent.display().to_string(),
        parts.disk.display().to_string(),
        parts.folder.join("devices").display().to_string(),
        parts.resolv.clone(),
    ];
    let quoted: Vec<String> = argv.iter().map(|word| format!("'{word}'")).collect();
    let mut script = Command::new("script");
    script
        .args(["--quiet", "--flush", "--return", "--append", "--command", &quoted.join(" ")])
        .arg(parts.folder.join("console"));
    script.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("script starts")
}

/// Runs a command, as root, on the machine with that first process.
pub(crate) fn run(init: &str, argv: &[&str]) -> Result<String, String> {
    let mut command = Command::new("nsenter");
    command.args(["--target", init, "--all", "env", "-i", "HOME=/root", "KUBECONFIG=/etc/kubernetes/admin.conf"]);
    command.arg("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").args(argv);
    tools::run(command.stdin(Stdio::null()))
}

/// The only child of the process that entered the namespaces.
fn init(folder: &Path) -> Option<String> {
    let parent = fs::read_to_string(folder.join("pid")).ok()?;
    let parent = parent.trim();
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).ok()?;
    children.split_whitespace().next().map(str::to_owned)
}
