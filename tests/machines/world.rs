//! Where a scenario runs: in namespaces of its own, which this process enters by starting itself again. What it sees there as its
//! own network is everything outside the VPC: Google's APIs, the metadata server, the internet. All else goes when it goes.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::{LEVEL, prepare, tools, vpc};

/// Tells the process that it is inside, and the name of its control groups.
const INSIDE: &str = "VPCGEN_MACHINES_CGROUP";

/// One scenario at a time: each wants all processors.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs a test's scenario in a world of its own, or says in one line why not. `test` is the test's full name.
pub(crate) fn enter(test: &str, scenario: fn()) {
    if env::var_os(INSIDE).is_some() {
        vpc::command("ip link set lo up");
        return scenario();
    }
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if !prepare::ready() {
        return;
    }
    raise_limits();
    let cgroup = format!("vpcgen-machines-{}", std::process::id());
    let mut command = Command::new("bash");
    command
        .args(["-c", include_str!("world.sh"), "world", &cgroup])
        .arg(folder_of(&cgroup))
        .arg(env::current_exe().expect("this program"));
    command.args(["--exact", test, "--nocapture"]).env(INSIDE, &cgroup).env("RUST_BACKTRACE", "0");
    let mut world =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("bash starts");
    // Kept open for as long as the scenario runs: when it closes, the world ends.
    let _life = world.stdin.take();
    let errors = BufReader::new(world.stderr.take().expect("a pipe"));
    let errors = std::thread::spawn(move || errors.lines().map_while(Result::ok).collect::<Vec<_>>());
    // Not the test harness's own lines.
    for line in BufReader::new(world.stdout.take().expect("a pipe")).lines().map_while(Result::ok) {
        if line.starts_with(&format!("level {LEVEL}")) {
            tools::say(&line);
        }
    }
    let status = world.wait().expect("the scenario ends");
    let errors = errors.join().unwrap_or_default().join("\n");
    assert!(status.success(), "{test}: {status}\n{errors}");
}

/// systemd, containerd and the kubelet of every machine watch files, and the kernel counts that for the host as a whole: with its
/// usual 128 the fourth control plane has a kubelet that cannot start.
fn raise_limits() {
    for (name, wanted) in [("max_user_instances", 8_192), ("max_user_watches", 524_288)] {
        let file = Path::new("/proc/sys/fs/inotify").join(name);
        let now: u64 =
            std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or_default();
        if now < wanted {
            // Where this is not allowed, a small cluster may still come up.
            let _ = std::fs::write(&file, wanted.to_string());
        }
    }
}

/// The control group below which those of the machines are.
pub(crate) fn cgroup() -> String {
    env::var(INSIDE).expect("a scenario runs inside")
}

/// Where the machines' consoles and disks are. It goes with the world.
pub(crate) fn folder() -> PathBuf {
    folder_of(&cgroup())
}

/// Writes a line into the file `progress` beside the machines' consoles, to watch a running scenario.
pub(crate) fn note(line: &str) {
    use std::io::Write as _;
    let file = std::fs::File::options().create(true).append(true).open(folder().join("progress"));
    let _ = file.and_then(|mut file| writeln!(file, "{line}"));
}

fn folder_of(cgroup: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(cgroup)
}
