//! A full disk, a read-only folder, a folder on another file system. The kernel provides them, where it lets a user have a
//! mount table of their own.

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
fn a_disk_of_any_size_that_is_too_small() {
    let trial = Trial::new();
    let (mut old, mut new) = (0, 0);
    for pages in (12..72).step_by(3) {
        trial.folder.put("tree", &trial.trees[0]);
        let size = pages * 4;
        let Some(run) = script(
            &trial,
            &format!(
                "mkdir -p small; mount -t tmpfs -o size={size}k none small; cp -a tree small || exit 3\n\
                 set +e; $V render --out small/tree; status=$?; set -e\n\
                 rm -r tree; cp -a small/tree tree; exit $status"
            ),
        ) else {
            return;
        };
        match run.status() {
            Some(3) => continue,
            Some(0) => new += 1,
            _ => old += 1,
        }
        // The header's way to the description is one folder longer.
        let mut now = trial.now();
        for bytes in now.values_mut() {
            *bytes = String::from_utf8_lossy(bytes).replace("../../cluster.yaml", "../cluster.yaml").into_bytes();
        }
        trial.folder.put("tree", &now);
        trial.ended(&run, &format!("{size} KiB"));
    }
    assert!(old > 2 && new > 2, "{old} too small, {new} large enough");
}

#[test]
fn no_file_may_grow() {
    let trial = Trial::new();
    for size in [0, 1, 2, 4, 8] {
        trial.folder.put("tree", &trial.trees[0]);
        let limited = format!("trap '' XFSZ; ulimit -f {size}; exec \"$0\" render --out tree");
        let run = trial.folder.start(Command::new("bash").args(["-c", &limited, env!("CARGO_BIN_EXE_vpcgen")]));
        trial.ended(&run, &format!("files of at most {size} KiB"));
    }
}

#[test]
fn read_only() {
    let trial = Trial::new();
    for folder in ["tree", "tree/cloud-init"] {
        trial.folder.put("tree", &trial.trees[0]);
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
fn a_folder_that_can_never_be_made() {
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

#[test]
fn a_lock_beside_its_description_elsewhere() {
    use vpcgen::tree::{Change, apply, hold};
    let (Ok(elsewhere), trial) = (tempfile::tempdir_in("/dev/shm"), Trial::new()) else {
        return crate::tools::missing("two file systems", "no /dev/shm");
    };
    let dir = camino::Utf8PathBuf::from_path_buf(trial.folder.path().join("tree")).unwrap();
    let lock = elsewhere.path().join("cluster.lock.json");
    let change = |before: Option<&str>, after: Option<&str>| Change {
        path: lock.to_str().unwrap().to_owned(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    for (before, after) in [(None, Some("1\n")), (Some("1\n"), Some("2\n"))] {
        apply(&[change(before, after)], &hold(&dir).unwrap()).unwrap();
        assert_eq!(std::fs::read_to_string(&lock).unwrap(), after.unwrap());
    }
    assert_eq!(elsewhere.path().read_dir().unwrap().count(), 1);
    assert_eq!(trial.now(), trial.trees[0]);
}
