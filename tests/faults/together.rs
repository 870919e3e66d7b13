//! Several runs at once, and runs that are killed while others wait.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{ONE, Trial, system_calls};

fn start(trial: &Trial, arguments: &[&str]) -> Child {
    quiet(Command::new(env!("CARGO_BIN_EXE_vpcgen")).args(arguments), trial)
}

fn quiet(command: &mut Command, trial: &Trial) -> Child {
    command.current_dir(trial.folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Renders into the same tree, from whichever description it was before.
fn adopting(file: &str) -> [&str; 5] {
    ["render", "--out", "tree", "--adopt", file]
}

/// Two descriptions whose trees differ in every file, because the header names the description.
fn two() -> Trial {
    let mut trial = Trial::new();
    trial.trees = ["a.yaml", "b.yaml"].map(|file| {
        trial.folder.write(file, &if file == "a.yaml" { ONE.to_owned() } else { ONE.replace("{n:", "{web:") });
        trial.folder.run(&adopting(file)).ends(0);
        trial.now()
    });
    trial.again = adopting("b.yaml").to_vec();
    trial
}

#[test]
fn one_after_the_other() {
    let trial = two();
    for round in 0..25 {
        let mut runs = ["a.yaml", "b.yaml", "a.yaml", "b.yaml"].map(|file| start(&trial, &adopting(file)));
        assert!(runs.iter_mut().all(|run| run.wait().unwrap().success()), "round {round}");
        assert!(trial.trees.contains(&trial.now()), "round {round}: {:?}", trial.now().keys());
    }
    trial.nothing_is_left("after all");
}

#[test]
fn killed_at_any_time() {
    let trial = two();
    for round in 0_u64..60 {
        let mut runs = ["a.yaml", "b.yaml"].map(|file| start(&trial, &adopting(file)));
        sleep(Duration::from_micros(5_000 + round * 7919 % 60_000));
        for run in &mut runs {
            run.kill().unwrap();
            run.wait().unwrap();
        }
        trial.recovers(&format!("round {round}"));
    }
}

#[test]
fn a_run_that_waits_too_long_says_so() {
    let trial = Trial::new();
    for (held, named) in [("tree", "tree"), (".", ".")] {
        let work = trial.folder.path().join(held).join(".vpcgen");
        std::fs::create_dir(&work).unwrap();
        let lock = std::fs::File::create(work.join("lock")).unwrap();
        lock.lock().unwrap();
        let run = trial.folder.run(&["render", "--out", "tree"]).ends(1);
        assert_eq!(run.err(), format!("error: another vpcgen is writing into {named}; nothing has changed\n"));
        drop(lock);
        trial.recovers("free again");
        trial.begin();
    }
}

/// Whatever writes the lock file waits for the run that has it, whichever tree that run writes.
#[test]
fn runs_that_share_a_lock_file_take_turns() {
    if !system_calls::possible() {
        return;
    }
    let trial = Trial::new();
    let other_trees = [&["lock"][..], &["render", "--out", "second"], &["render", "--out", "."]];
    for arguments in other_trees {
        trial.begin();
        let mut slow = Command::new("strace");
        slow.args(["-f", "-qq", "-o", "/dev/null", "-etrace=rename", "-einject=rename:delay_enter=1500000:when=2"]);
        let mut first = quiet(slow.arg(env!("CARGO_BIN_EXE_vpcgen")).args(["render", "--out", "tree"]), &trial);
        let until = Instant::now() + Duration::from_secs(20);
        while !trial.is_marked() {
            assert!(Instant::now() < until, "the first run has not begun to move files");
            sleep(Duration::from_millis(2));
        }
        let second = trial.folder.run(arguments).ends(0);
        assert!(!trial.is_marked(), "{arguments:?} did not wait: {}", second.err());
        assert!(
            !second.err().contains("cluster.lock.json\n") || second.err().contains("up to date"),
            "{}",
            second.err()
        );
        assert!(first.wait().unwrap().success());
        assert_eq!(trial.folder.tree("tree"), {
            let mut tree = trial.trees[1].clone();
            tree.retain(|path, _| !path.starts_with(".."));
            tree
        });
        trial.nothing_is_left("both have ended");
    }
}

/// The lock of the one is beside the tree of the other, and the other way round: nobody waits for ever.
#[test]
fn crosswise() {
    let trial = Trial::new();
    for directory in ["x", "y"] {
        std::fs::create_dir(trial.folder.path().join(directory)).unwrap();
        trial.folder.write(&format!("{directory}/cluster.yaml"), ONE);
    }
    for _ in 0..15 {
        let mut runs = [("x/cluster.yaml", "y"), ("y/cluster.yaml", "x")]
            .map(|(file, dir)| start(&trial, &["render", file, "--out", dir]));
        assert!(runs.iter_mut().all(|run| run.wait().unwrap().success()));
        for directory in ["x", "y"] {
            trial.folder.write(&format!("{directory}/pools.tf"), "");
            std::fs::remove_file(trial.folder.path().join(directory).join("pools.tf")).unwrap();
        }
    }
}
