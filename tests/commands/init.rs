//! What `init` says is what it did, and the command that it prints works.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use crate::support::folder::Folder;

#[test]
fn the_printed_command_names_the_file() {
    let folder = Folder::with("");
    fs::create_dir_all(folder.path().join("infra/dev")).unwrap();
    for (arguments, command) in [
        (&["init", "x.yaml"][..], "vpcgen render x.yaml --out ."),
        (&["init", "infra/dev/x.yaml"], "vpcgen render infra/dev/x.yaml --out infra/dev"),
    ] {
        let run = folder.run(arguments).ends(0);
        assert!(run.err().ends_with(&format!("then run: {command}\n")), "{}", run.err());
        let command = command.replacen("vpcgen", env!("CARGO_BIN_EXE_vpcgen"), 1);
        let rendered = folder.start(Command::new("sh").args(["-c", &command])).ends(0);
        assert!(rendered.err().contains("created network.tf\n"), "{}", rendered.err());
    }
}

#[test]
fn it_says_what_it_created_and_what_it_kept() {
    let folder = Folder::with("mine\n");
    let run = folder.run(&["init"]).ends(1);
    assert_eq!(run.err(), "error: cluster.yaml already exists; init does not overwrite files\n");
    assert_eq!((folder.read("cluster.yaml").as_str(), fs::read_dir(folder.path()).unwrap().count()), ("mine\n", 1));
    fs::remove_file(folder.path().join("cluster.yaml")).unwrap();
    let created = "created .gitignore, for Terraform's state and kubeconfigs\n";
    let kept = "kept .gitignore, which already exists: make sure that it lists .terraform/, *.tfstate, *.tfstate.* and \
                *.kubeconfig\n";
    let next = "set `project` and `region` in cluster.yaml, then run: vpcgen render --out .\n";
    let run = folder.run(&["init"]).ends(0);
    assert_eq!(run.err(), format!("created cluster.yaml\ncreated cluster.schema.json, for editors\n{created}{next}"));
    folder.write("cluster.schema.json", "mine\n");
    folder.write(".gitignore", "mine\n");
    fs::remove_file(folder.path().join("cluster.yaml")).unwrap();
    let run = folder.run(&["init"]).ends(0);
    assert_eq!(
        run.err(),
        format!("created cluster.yaml\nkept cluster.schema.json, which already exists\n{kept}{next}")
    );
    assert_eq!((folder.read("cluster.schema.json"), folder.read(".gitignore")), ("mine\n".into(), "mine\n".into()));
}

/// `git add .` takes what vpcgen and Terraform write to be committed, and leaves out state, downloads and kubeconfigs.
#[test]
fn git_ignores_what_must_not_be_committed() {
    let folder = Folder::with("");
    if Command::new("git").arg("--version").output().is_err() {
        let _ = writeln!(std::io::stderr(), "skipped, git is not here: what git add takes after init");
        return;
    }
    fs::remove_file(folder.path().join("cluster.yaml")).unwrap();
    folder.run(&["init"]).ends(0);
    folder.run(&["render", "--out", "."]).ends(0);
    fs::create_dir_all(folder.path().join(".terraform/providers")).unwrap();
    let secret = [
        ".terraform/providers/google",
        "terraform.tfstate",
        "terraform.tfstate.backup",
        ".terraform.tfstate.lock.info",
        "kub.kubeconfig",
    ];
    for file in secret.into_iter().chain([".terraform.lock.hcl"]) {
        folder.write(file, "");
    }
    let git = |arguments: &[&str]| {
        let run = folder.start(Command::new("git").args(arguments).current_dir(folder.path())).ends(0);
        run.out()
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    let added = git(&["ls-files"]);
    let added: Vec<&str> = added.lines().collect();
    assert!(secret.iter().all(|file| !added.contains(file)), "{added:?}");
    let committed = [".gitignore", ".terraform.lock.hcl", "cluster.lock.json", "cluster.yaml", "network.tf"];
    assert!(committed.iter().all(|file| added.contains(file)), "{added:?}");
}

#[test]
fn no_second_description_under_the_other_spelling() {
    let folder = Folder::with("");
    fs::rename(folder.path().join("cluster.yaml"), folder.path().join("cluster.yml")).unwrap();
    let run = folder.run(&["init"]).ends(1);
    assert!(run.err().contains("cluster.yml already exists"), "{}", run.err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// `-` is standard output, and what is printed there is a description.
#[test]
fn to_standard_output() {
    let folder = Folder::with("");
    for preset in ["minimal", "vpc-native", "three-zones"] {
        let run = folder.run(&["init", "--preset", preset, "-"]).ends(0);
        assert_eq!(run.err(), "");
        folder.write("cluster.yaml", &run.out());
        folder.run(&["validate"]).ends(0);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
