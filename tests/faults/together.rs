//! Several runs at once, and runs that are killed while others wait.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{ONE, Trial};

fn start(trial: &Trial, file: &str) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcgen"));
    command.args(["render", "--out", "tree", file]).current_dir(trial.folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Two descriptions whose trees differ in every file, because the header names the description.
fn two() -> Trial {
    let mut trial = Trial::new();
    trial.trees = ["a.yaml", "b.yaml"].map(|file| {
        trial.folder.write(file, &if file == "a.yaml" { ONE.to_owned() } else { ONE.replace("{n:", "{web:") });
        trial.folder.run(&["render", "--out", "tree", file]).ends(0);
        trial.now()
    });
    trial
}

#[test]
fn one_after_the_other() {
    let trial = two();
    for round in 0..25 {
        let mut runs = ["a.yaml", "b.yaml", "a.yaml", "b.yaml"].map(|file| start(&trial, file));
        assert!(runs.iter_mut().all(|run| run.wait().unwrap().success()), "round {round}");
        assert!(trial.trees.contains(&trial.now()), "round {round}: {:?}", trial.now().keys());
    }
}

#[test]
fn killed_at_any_time() {
    let trial = two();
    for round in 0_u64..60 {
        let mut runs = ["a.yaml", "b.yaml"].map(|file| start(&trial, file));
        std::thread::sleep(Duration::from_micros(5_000 + round * 7919 % 60_000));
        for run in &mut runs {
            run.kill().unwrap();
            run.wait().unwrap();
        }
        trial.recovers(&format!("round {round}"));
    }
}

#[test]
fn whoever_waits_too_long_says_so() {
    let trial = Trial::new();
    std::fs::create_dir(trial.folder.path().join("tree/.vpcgen")).unwrap();
    let lock = std::fs::File::create(trial.folder.path().join("tree/.vpcgen/lock")).unwrap();
    lock.lock().unwrap();
    let run = trial.folder.run(&["render", "--out", "tree"]).ends(1);
    assert_eq!(run.err(), "error: another vpcgen is writing into tree; nothing has changed\n");
    drop(lock);
    trial.recovers("free again");
}
