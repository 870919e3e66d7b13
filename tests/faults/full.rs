//! A full disk, a read-only directory, one on another file system. The kernel provides them, where it lets a user have a
//! mount table of their own.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Trial;

/// Runs a shell script in the trial's folder, where it may mount; `$V` is vpcgen.
fn script(trial: &Trial, script: &str) -> Option<crate::Run> {
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-euc"]);
        command
    };
    let mut may = unshare();
    may.arg("mount -t tmpfs none /mnt");
    if !may.output().is_ok_and(|output| output.status.success()) {
        crate::tools::missing("full disks and read-only folders", "no mount table of one's own");
        return None;
    }
    let mut command = unshare();
    Some(trial.folder.start(command.arg(script).env("V", env!("CARGO_BIN_EXE_vpcgen"))))
}

#[test]
fn a_full_disk_of_any_size() {
    let trial = Trial::new();
    let (mut old, mut new) = (0, 0);
    for pages in (14..140).step_by(4) {
        trial.begin();
        let size = pages * 4;
        let Some(run) = script(
            &trial,
            &format!(
                "mkdir -p small; mount -t tmpfs -o size={size}k none small; cp -a tree cluster.* small || exit 3\n\
                 set +e; $V render small/cluster.yaml --out small/tree; status=$?; set -e\n\
                 rm -r tree; cp -a small/tree small/cluster.lock.json .; exit $status"
            ),
        ) else {
            return;
        };
        match run.status() {
            Some(3) => continue,
            Some(0) => new += 1,
            _ => old += 1,
        }
        trial.ended(&run, &format!("{size} KiB"));
    }
    assert!(old > 2 && new > 2, "{old} too small, {new} large enough");
}

#[test]
fn no_file_may_grow() {
    let trial = Trial::new();
    for size in [0, 1, 2, 4, 8] {
        trial.begin();
        let limited = format!("trap '' XFSZ; ulimit -f {size}; exec \"$0\" render --out tree");
        let run = trial.folder.start(Command::new("bash").args(["-c", &limited, env!("CARGO_BIN_EXE_vpcgen")]));
        trial.ended(&run, &format!("files of at most {size} KiB"));
    }
}

#[test]
fn read_only() {
    let trial = Trial::new();
    for folder in ["tree", "tree/cloud-init"] {
        trial.begin();
        let bind = format!("mount --bind {folder} {folder}; mount -o remount,bind,ro {folder}; $V render --out tree");
        let Some(run) = script(&trial, &bind) else { return };
        trial.ended(&run.ends(1), folder);
    }
    // Reading is enough for a look.
    let look = "mount --bind tree tree; mount -o remount,bind,ro tree; $V render --out tree --check";
    script(&trial, look).unwrap().ends(2);
}

/// Linux says of /proc that a folder cannot be made because it is not there, which is also what a folder says that another
/// run removes at that moment: waited for a little, not for as long as for another run.
#[test]
fn a_directory_that_cannot_be_created() {
    let trial = Trial::new();
    let run = trial.folder.run(&["render", "--out", "/proc/vpcgen"]).ends(1);
    assert!(run.err().contains("/proc/vpcgen") && run.err().contains("nothing has changed"), "{}", run.err());
}

#[test]
fn a_folder_on_another_file_system() {
    let trial = Trial::new();
    let bind = "mount --bind tree/cloud-init tree/cloud-init; $V render --out tree";
    let Some(run) = script(&trial, bind) else { return };
    trial.ended(&run.ends(0), "cloud-init from elsewhere");
}

/// A lock may be a symbolic link to another file system: it stays a link, and the file behind it is replaced as a whole.
#[cfg(unix)]
#[test]
fn a_lock_on_another_file_system() {
    let (Ok(elsewhere), trial) = (tempfile::tempdir_in("/dev/shm"), Trial::new()) else {
        return crate::tools::missing("two file systems", "no /dev/shm");
    };
    let (lock, link) = (elsewhere.path().join("kub.json"), trial.folder.path().join("cluster.lock.json"));
    fs::rename(&link, &lock).or_else(|_| fs::copy(&link, &lock).and_then(|_| fs::remove_file(&link))).unwrap();
    std::os::unix::fs::symlink(&lock, &link).unwrap();
    trial.ended(&trial.folder.run(&["render", "--out", "tree"]).ends(0), "a lock elsewhere");
    assert!(link.is_symlink());
    assert_eq!(fs::read(&lock).unwrap(), trial.trees[1][Path::new("../cluster.lock.json")]);
    assert_eq!(elsewhere.path().read_dir().unwrap().count(), 1);
}

/// A checkout that cannot be written is enough to render from, as long as its lock does not have to change.
#[test]
fn a_description_in_a_read_only_directory() {
    let trial = Trial::new();
    let read_only = |command: &str| {
        script(
            &trial,
            &format!("mkdir -p in out; cp cluster.* in; mount --bind in in; mount -o remount,bind,ro in; {command}"),
        )
    };
    trial.folder.run(&["lock"]).ends(0);
    let Some(run) = read_only("$V render in/cluster.yaml --out out") else { return };
    assert!(run.ends(0).err().contains("created pools.tf"));
    fs::write(trial.folder.path().join("cluster.yaml"), crate::ONE.replace("count: 2", "count: 5")).unwrap();
    let run = read_only("$V render in/cluster.yaml --out out").unwrap().ends(1);
    assert!(run.err().contains("read-only; nothing has changed"), "{}", run.err());
}
