//! The process is killed, or refused, at each of its system calls in turn: strace does it to the program as it is.

use std::fs;
use std::process::Command;

use crate::Trial;
use crate::support::folder::Run;

/// Every call that changes a file system, on any machine that Linux runs on.
const CALLS: [&str; 12] = [
    "openat", "write", "fsync", "rename", "renameat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "flock",
    "close",
];

/// Runs vpcgen with a fault at one call; whether the fault came to pass.
fn run(trial: &Trial, call: &str, fault: &str, arguments: &[&str]) -> (Run, bool) {
    let log = trial.folder.path().join("calls");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-o"])
        .arg(&log)
        .arg(format!("-etrace=?{call}"))
        .arg(format!("-einject=?{call}:{fault}"));
    let run = trial.folder.start(command.arg(env!("CARGO_BIN_EXE_vpcgen")).args(arguments));
    let log = fs::read_to_string(log).unwrap_or_default();
    let hit = log.contains("INJECTED") || log.contains("killed by SIGKILL");
    (run, hit)
}

fn possible() -> bool {
    let possible = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status().is_ok_and(|s| s.success());
    if !possible {
        crate::tools::missing("every system call", "no strace that may trace");
    }
    possible
}

#[test]
fn killed_at_any_call() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    let mut kills = 0;
    for call in CALLS {
        for number in 1.. {
            trial.folder.put("tree", &trial.trees[0]);
            let (_, hit) = run(&trial, call, &format!("signal=KILL:when={number}"), &["render", "--out", "tree"]);
            trial.recovers(&format!("killed at {call} {number}"));
            if !hit {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills > 50, "only {kills} kills");
}

#[test]
fn killed_again_while_the_next_run_mends_it() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    // Half of the files have been moved.
    let (_, hit) = run(&trial, "rename", "signal=KILL:when=3", &["render", "--out", "tree"]);
    assert!(hit && trial.is_marked() && !trial.is_one_tree());
    let half = trial.now();
    // And one whose way forward is barred, so that it goes back.
    for barred in [false, true] {
        for call in CALLS {
            for number in 1.. {
                trial.folder.put("tree", &half);
                if barred {
                    fs::create_dir_all(trial.folder.path().join("tree/.vpcgen")).unwrap();
                    fs::rename(
                        trial.folder.path().join("tree/.vpcgen/new"),
                        trial.folder.path().join("tree/.vpcgen/dropped"),
                    )
                    .unwrap();
                }
                let fault = format!("signal=KILL:when={number}");
                let (_, hit) = run(&trial, call, &fault, &["render", "--out", "tree", "--check"]);
                trial.recovers(&format!("killed again at {call} {number}"));
                if !hit {
                    break;
                }
            }
        }
    }
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
            trial.folder.put("tree", &trial.trees[0]);
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

#[test]
fn refused_on_the_way_forward_and_on_the_way_back() {
    if !possible() {
        return;
    }
    let trial = Trial::new();
    // Nothing can be moved any more after the record and one file.
    let (run, _) = run(&trial, "rename", "error=EIO:when=3+", &["render", "--out", "tree"]);
    assert_eq!(run.status(), Some(1));
    assert!(run.err().contains("some files are already the new ones"), "{}", run.err());
    assert!(trial.is_marked());
    trial.recovers("neither forward nor back");
}
