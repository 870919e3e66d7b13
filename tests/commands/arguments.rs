//! Names of files as they may come: none, empty, like an option, not UTF-8.

use std::fs;
use std::process::Command;

use crate::support::folder::{Folder, Run};

const ONE: &str = "name: kub\nproject: some-project\nregion: europe-west1\n";

/// Commands that read the description of the current directory.
const READING: [&[&str]; 6] = [
    &["render"],
    &["render", "--out", "tf"],
    &["render", "--out", "tf", "--check"],
    &["validate"],
    &["lock"],
    &["ranges"],
];

#[test]
fn cluster_yml_is_found_too() {
    let folder = Folder::with("");
    fs::rename(folder.path().join("cluster.yaml"), folder.path().join("cluster.yml")).unwrap();
    folder.write("cluster.yml", ONE);
    for arguments in READING {
        folder.run(arguments).ends(0);
    }
    assert!(
        folder
            .read("tf/network.tf")
            .contains("from ../cluster.yml. Edit that file, then run: vpcgen render ../cluster.yml ")
    );
    assert!(folder.path().join("cluster.lock.json").exists());
    // By its other name, it is not there.
    let run = folder.run(&["render", "cluster.yaml"]).ends(1);
    assert_eq!(run.err(), "error: there is no file cluster.yaml; did you mean cluster.yml?\n");
}

#[test]
fn two_descriptions_that_would_share_a_lock() {
    let folder = Folder::with(ONE);
    folder.write("cluster.yml", ONE);
    for arguments in READING {
        for named in [&[][..], &["cluster.yaml"], &["cluster.yml"]] {
            let run = folder.run(&[arguments, named].concat()).ends(1);
            assert!(run.err().contains("cluster.yaml") && run.err().contains("cluster.yml"), "{}", run.err());
            assert!(run.err().contains("share one lock, cluster.lock.json"), "{}", run.err());
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn an_empty_name() {
    let folder = Folder::with(ONE);
    for arguments in [
        &["render", "--out", ""][..],
        &["render", ""],
        &["validate", ""],
        &["lock", ""],
        &["init", ""],
        &["ranges", ""],
    ] {
        let run = folder.run(arguments).ends(1);
        assert!(run.err().starts_with("error: an empty name was given for '"), "{arguments:?}: {}", run.err());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// The command in a header, or after `init`, works as it is printed.
#[test]
fn a_name_like_an_option() {
    let folder = Folder::with("");
    let shell = |command: &str| -> Run {
        let command = command.replacen("vpcgen", env!("CARGO_BIN_EXE_vpcgen"), 1);
        folder.start(Command::new("sh").args(["-euc", &command])).ends(0)
    };
    fs::create_dir(folder.path().join("it's here")).unwrap();
    for name in ["-x.yaml", "--out.yaml", "it's here/a b.yaml", "-", "$HOME.yaml"] {
        let argument = if name == "-" { "./-" } else { name };
        let init = folder.run(&["init", "--", argument]).ends(0);
        let printed = init.err().trim_end().rsplit_once("then run: ").unwrap().1.to_owned();
        assert!(shell(&printed).err().contains("created network.tf"), "{printed}");
        let (from, _) = name.rsplit_once('/').unwrap_or((".", ""));
        let header = folder.read(&format!("{from}/network.tf")).lines().next().unwrap().to_owned();
        let (_, again) = header.rsplit_once(": ").unwrap();
        let again = format!("cd '{}'; {again} --check", from.replace('\'', "'\\''"));
        assert!(shell(&again).err().contains("up to date"), "{again}");
        for file in [
            "network.tf",
            "versions.tf",
            "firewall.tf",
            "iam.tf",
            "control_plane.tf",
            "pools.tf",
            "backup.tf",
            "outputs.tf",
        ] {
            fs::remove_file(folder.path().join(from).join(file)).unwrap();
        }
        fs::remove_dir_all(folder.path().join(from).join("cloud-init")).unwrap();
    }
}

#[cfg(unix)]
mod bytes {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    /// Latin-1.
    const NAME: &[u8] = b"caf\xe9";

    #[test]
    fn an_argument_that_is_not_utf_8() {
        let folder = Folder::with(ONE);
        let name = OsStr::from_bytes(NAME);
        for arguments in [&["render"][..], &["render", "--out"], &["validate"], &["lock"], &["ranges"], &["init"]] {
            let run = folder.start(Command::new(env!("CARGO_BIN_EXE_vpcgen")).args(arguments).arg(name)).ends(1);
            assert!(run.err().starts_with("error: the name 'caf\u{fffd}' for '"), "{arguments:?}: {}", run.err());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn entries_of_a_directory_that_are_not_utf_8() {
        let folder = Folder::with(ONE);
        let at = |suffix: &[u8]| folder.path().join(OsStr::from_bytes(&[NAME, suffix].concat()));
        for suffix in [&b""[..], b".tf", b".yaml"] {
            fs::write(at(suffix), "# mine\n").unwrap();
        }
        fs::create_dir(at(b".d.tf")).unwrap();
        folder.run(&["render", "--out", "."]).ends(0);
        folder.run(&["render", "--out", ".", "--check"]).ends(0);
        // One of vpcgen's own has no name that could be printed and removed.
        fs::write(at(b".tf"), folder.run(&["render"]).ends(0).out()).unwrap();
        for check in [&[][..], &["--check"]] {
            let run = folder.run(&[&["render", "--out", "."], check].concat()).ends(1);
            assert!(
                run.err().contains("whose name is not valid UTF-8, caf\u{fffd}.tf: rename or delete it"),
                "{}",
                run.err()
            );
        }
    }

    #[test]
    fn below_a_directory_that_is_not_utf_8() {
        let folder = Folder::with("");
        let inside = folder.path().join(OsStr::from_bytes(NAME));
        fs::create_dir(&inside).unwrap();
        fs::write(inside.join("cluster.yaml"), ONE).unwrap();
        let run = |arguments: &[&str]| {
            Run(Command::new(env!("CARGO_BIN_EXE_vpcgen")).args(arguments).current_dir(&inside).output().unwrap())
        };
        for arguments in READING {
            run(arguments).ends(0);
        }
        // From elsewhere, the way leads through the name.
        let elsewhere = run(&["render", "--out", "../tf"]).ends(1);
        assert!(elsewhere.err().contains("is not valid UTF-8"), "{}", elsewhere.err());
        assert!(!folder.path().join("tf").exists());
    }
}
