//! The process is killed, or refused, at each of its system calls in turn: strace does it to the program as it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::folder::Run;
use crate::{Entries, Trial, entries};

/// Every call that changes a file system, on any machine that Linux runs on.
const CALLS: [&str; 12] = [
    "openat", "write", "fsync", "rename", "renameat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "flock",
    "close",
];

/// Runs vpcgen with a fault at one call; whether the fault came to pass.
fn run(trial: &Trial, call: &str, fault: &str, arguments: &[&str]) -> (Run, bool) {
    let (run, log) = traced(trial, &[&format!("-etrace=?{call}"), &format!("-einject=?{call}:{fault}")], arguments);
    let hit = log.contains("INJECTED") || log.contains("killed by SIGKILL");
    (run, hit)
}

/// Runs vpcgen under strace; what strace saw.
fn traced(trial: &Trial, options: &[&str], arguments: &[&str]) -> (Run, String) {
    let log = trial.folder.path().join("calls");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o"]).arg(&log).args(options).arg(env!("CARGO_BIN_EXE_vpcgen")).args(arguments);
    let run = trial.folder.start(&mut command);
    (run, fs::read_to_string(log).unwrap_or_default())
}

pub(crate) fn possible() -> bool {
    let possible = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status().is_ok_and(|s| s.success());
    if !possible {
        crate::tools::missing("every system call", "no strace that may trace");
    }
    possible
}

/// Whether the directory has not been in this state before: a run knows nothing else, so each state is recovered from once.
fn is_new(trial: &Trial, seen: &mut BTreeSet<Entries>) -> bool {
    let mut state = entries(trial.folder.path());
    state.retain(|(path, _)| !path.ends_with("calls"));
    seen.insert(state)
}

#[test]
fn killed_at_any_call() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    let (mut kills, mut mixtures, mut seen) = (0, 0, BTreeSet::new());
    for call in CALLS {
        for number in 1.. {
            trial.begin();
            let (_, hit) = run(&trial, call, &format!("signal=KILL:when={number}"), &["render", "--out", "tree"]);
            if is_new(&trial, &mut seen) {
                mixtures += usize::from(!trial.is_one_tree());
                trial.recovers(&format!("killed at {call} {number}"));
            }
            if !hit {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills > 100 && mixtures > 3, "only {kills} kills, {mixtures} mixtures");
}

#[test]
fn killed_again_while_the_next_run_recovers() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    // The marker, the lock and one file have been moved.
    let (_, hit) = run(&trial, "rename", "signal=KILL:when=4", &["render", "--out", "tree"]);
    assert!(hit && trial.is_marked() && !trial.is_one_tree());
    let half = trial.now();
    let (mut kills, mut seen) = (0, BTreeSet::new());
    for call in CALLS {
        for number in 1.. {
            trial.put(&half);
            let fault = format!("signal=KILL:when={number}");
            let (_, hit) = run(&trial, call, &fault, &["render", "--out", "tree"]);
            if is_new(&trial, &mut seen) {
                trial.recovers(&format!("killed again at {call} {number}"));
            }
            if !hit {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills > 100 && seen.len() > 10, "only {kills} kills, {} states", seen.len());
}

#[test]
fn refused_at_any_call() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    for (call, error, from_then_on) in [
        ("write", "ENOSPC", true),
        ("mkdir", "ENOSPC", true),
        ("mkdirat", "ENOSPC", true),
        ("fsync", "EIO", false),
        ("rename", "EACCES", false),
        ("rename", "ENOSPC", false),
        ("renameat", "ENOSPC", false),
        ("flock", "ENOLCK", true),
    ] {
        for number in 1.. {
            trial.begin();
            let fault = format!("error={error}:when={number}{}", if from_then_on { "+" } else { "" });
            let (run, hit) = run(&trial, call, &fault, &["render", "--out", "tree"]);
            let what = format!("{error} at {call} {number}");
            // Its last words may be what is refused; whether what was not synced is there, a power cut decides; a lock
            // that could not be asked for may be another run's, so it stays.
            if run.err().is_empty() || ["fsync", "flock"].contains(&call) {
                trial.recovers(&what)
            } else {
                trial.ended(&run, &what)
            }
            if !hit {
                break;
            }
        }
    }
}

/// A run that fails on top of a mixture leaves the mixture, and its marker.
#[test]
fn refused_while_the_next_run_recovers() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    run(&trial, "rename", "signal=KILL:when=4", &["render", "--out", "tree"]);
    let half = trial.now();
    for number in 1.. {
        trial.put(&half);
        let fault = format!("error=EIO:when={number}");
        let (run, hit) = run(&trial, "rename", &fault, &["render", "--out", "tree"]);
        if !hit {
            assert!(number > 2, "{}", run.err());
            break;
        }
        assert!(run.status() == Some(1) && run.err().contains("nothing has changed"), "{}", run.err());
        assert!(trial.is_marked() && !trial.is_one_tree(), "rename {number}");
        trial.recovers(&fault);
    }
}

#[test]
fn refused_on_the_way_forward_and_on_the_way_back() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    // Nothing can be moved any more after the marker and two files.
    let (run, _) = run(&trial, "rename", "error=EIO:when=4+", &["render", "--out", "tree"]);
    assert_eq!(run.status(), Some(1));
    assert!(run.err().contains("some files have already been replaced"), "{}", run.err());
    assert!(trial.is_marked());
    trial.recovers("neither forward nor back");
}

/// The calls of a trace that could change a file system.
fn changes(log: &str) -> Vec<&str> {
    let is_change = |line: &&str| {
        let opened = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| line.contains(flag));
        let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
        let calls = ["rename", "unlink", "mkdir", "rmdir", "link", "symlink", "chmod", "truncate", "utime", "flock"];
        opened || calls.iter().any(|change| call.starts_with(change))
    };
    log.lines().filter(|line| !line.contains("/dev/")).filter(is_change).collect()
}

/// Whatever there is to find, `--check` opens nothing for writing, and creates, moves and removes nothing.
#[test]
fn a_look_only_reads() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    let (_, hit) = run(&trial, "rename", "signal=KILL:when=4", &["render", "--out", "tree"]);
    assert!(hit && trial.is_marked());
    for arguments in
        [&["render", "--out", "tree", "--check"][..], &["render", "--out", "new", "--check"], &["lock", "--check"]]
    {
        let (run, log) = traced(&trial, &["-etrace=%file,%desc"], arguments);
        assert!(matches!(run.status(), Some(0 | 2)), "{}", run.err());
        assert!(log.contains("cluster.yaml"), "strace sees files: {log}");
        assert_eq!(changes(&log), Vec::<&str>::new(), "{arguments:?}");
    }
}

/// A run changes nothing but its directory, its lock file, and `.vpcgen` beside each, also after an interrupted one.
#[test]
fn a_run_changes_only_what_is_its_own() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    run(&trial, "rename", "signal=KILL:when=4", &["render", "--out", "tree"]);
    let top = trial.folder.path().canonicalize().unwrap();
    for (arguments, most) in [(&["render", "--out", "tree"][..], usize::MAX), (&["lock"], 20)] {
        trial
            .folder
            .write("cluster.lock.json", &String::from_utf8_lossy(&trial.trees[0][Path::new("../cluster.lock.json")]));
        let (run, log) = traced(&trial, &["-y", "-etrace=%file,flock"], arguments);
        assert_eq!(run.status(), Some(0), "{}", run.err());
        let changes = changes(&log);
        assert!(changes.len() > 5 && changes.len() < most, "{changes:#?}");
        for line in changes {
            assert!(is_own(line, &top), "{arguments:?}: {line}");
        }
    }
}

/// Whether a call is about the tree, the lock file, or the directory `.vpcgen` beside either. Its paths are relative to a
/// directory that it names first: `unlinkat(5</the/directory>, "file", 0)`.
fn is_own(line: &str, top: &Path) -> bool {
    let directory = line.split(['<', '>']).nth(1).unwrap_or_default();
    let base = if line.contains('<') { Path::new(directory) } else { top };
    let mut paths = line.split('"').skip(1).step_by(2).map(|path| base.join(path));
    let own = ["tree", "./.vpcgen", ".vpcgen", "cluster.lock.json"].map(|own| top.join(own));
    paths.all(|path| own.iter().any(|own| path.starts_with(own)))
}
