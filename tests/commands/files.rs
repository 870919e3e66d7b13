//! What the commands do to files: written as a whole, checked without writing, never over another program's.

use std::fs;
use std::process::Command;

use crate::support::folder::{Folder, Run};

const TWO: &str = "name: kub\nproject: some-project\nregion: europe-west1\npools: {n: {count: 2}}\n";

#[test]
fn one_more_node_is_a_one_line_diff_that_check_shows() {
    let two = TWO.replace("}}", "}, x: {count: 1}}");
    let folder = Folder::with(&two);
    folder.run(&["render", "--out", "tree"]).ends(0);
    folder.write("cluster.yaml", &two.replace("count: 2", "count: 3"));
    let before = folder.read("tree/pools.tf");
    let run = folder.run(&["render", "--out", "tree", "--check"]).ends(2);
    let changed: Vec<String> = run.out().lines().filter(|l| l.starts_with(['+', '-'])).map(str::to_owned).collect();
    let locked = r#"+    "kub-n-3": { "pods": "10.4.4.0/24", "zone": "europe-west1-d" },"#;
    let line = r#"+    { name = "kub-n-3", zone = "europe-west1-d", pods = "10.4.4.0/24" },"#;
    let headers = ["--- a/cluster.lock.json", "+++ b/cluster.lock.json", "--- a/pools.tf", "+++ b/pools.tf"];
    assert_eq!(changed, [headers[0], headers[1], locked, headers[2], headers[3], line]);
    assert_eq!(folder.read("tree/pools.tf"), before);
    assert_eq!(
        folder.run(&["render", "--out", "tree"]).ends(0).err(),
        "changed cluster.lock.json\nchanged pools.tf\nnext: commit these files, then run:\n  terraform -chdir=tree apply\n"
    );
    folder.run(&["render", "--out", "tree", "--check"]).ends(0);
}

#[test]
fn stale_generated_files_are_removed_and_others_stay() {
    let folder = Folder::with(&TWO.replace("}}", "}, web: {count: 1}}"));
    folder.run(&["render", "--out", "."]).ends(0);
    folder.write("cluster.yaml", &TWO.replace("{n: {count: 2}}", "{}"));
    folder.write("backend.tf", "# mine\n");
    folder.write("cloud-init/mine.yaml", "#cloud-config\n");
    let run = folder.run(&["render", "--out", "."]).ends(0);
    for gone in ["pools.tf", "cloud-init/n.yaml", "cloud-init/web.yaml"] {
        assert!(run.err().contains(&format!("removed {gone}\n")), "{}", run.err());
        assert!(!folder.path().join(gone).exists());
    }
    assert_eq!(folder.read("backend.tf"), "# mine\n");
    assert_eq!(folder.read("cloud-init/mine.yaml"), "#cloud-config\n");
}

#[test]
fn foreign_files_are_never_overwritten_and_nothing_is_half_written() {
    let folder = Folder::with(TWO);
    folder.write("network.tf", "# mine\n");
    fs::create_dir_all(folder.path().join("outputs.tf")).unwrap();
    for arguments in [&["render", "--out", "."][..], &["render", "--out", ".", "--check"]] {
        let run = folder.run(arguments).ends(1);
        assert!(run.err().contains("network.tf was not written by vpcgen"), "{}", run.err());
        assert!(run.err().contains("outputs.tf was not written by vpcgen"), "{}", run.err());
    }
    assert_eq!(folder.read("network.tf"), "# mine\n");
    assert!(!folder.path().join("versions.tf").exists());
}

#[test]
fn standard_output_is_the_same_text_in_one_file() {
    let folder = Folder::with(TWO);
    folder.run(&["render", "--out", "."]).ends(0);
    let one = folder.run(&["render"]).ends(0).out();
    for file in ["network.tf", "firewall.tf", "iam.tf", "outputs.tf"] {
        let text = folder.read(file);
        let (_, body) = text.split_once("\n\n").unwrap();
        assert!(one.contains(body), "{file}");
    }
    assert!(one.contains("user-data              = <<EOT\n#cloud-config\n"));
    assert!(!one.contains("file("));
}

#[test]
fn the_readme_shows_a_real_error_and_the_real_defaults() {
    let pods = "network:\n  pods: 10.4.0.0/14\n  peers: [10.6.0.0/16]\n";
    let folder = Folder::with(&format!("name: kub\nproject: some-project\nregion: europe-west1\n{pods}"));
    let readme = include_str!("../../README.md");
    let err = folder.run(&["validate"]).ends(1).err();
    let shown = err.split("\n\n").next().unwrap();
    assert!(readme.contains(shown), "{shown}");
    // The defaults that the minimal example shows in comments: switched on, they change nothing.
    let minimal = include_str!("../../generated-examples/minimal/cluster.yaml");
    let (text, defaults) = minimal.split_once("changed most often:\n#\n").unwrap();
    let spelled_out = defaults.lines().map(|line| line.strip_prefix("# ").unwrap().to_owned() + "\n");
    let render = |description: &str| Folder::with(description).run(&["render"]).ends(0).out();
    assert_eq!(render(minimal), render(&(text.to_owned() + &spelled_out.collect::<String>())));
}

#[test]
fn warnings_do_not_fail_a_command() {
    let folder = Folder::with("name: kub\nproject: some-project\nregion: europe-west1\nnetwork: {nat: false}\n");
    let run = folder.run(&["validate"]).ends(0);
    assert!(run.err().contains("warning[no-egress]") && run.err().contains("1 warning\n"), "{}", run.err());
    assert!(run.err().contains("for details, run `vpcgen explain no-egress`\n"));
    folder.run(&["render", "--out", "tree"]).ends(0);
}

#[test]
fn presets_need_no_file_and_pipes_may_close() {
    let folder = Folder::with("");
    let out = folder.run(&["render", "--preset", "vpc-native"]).ends(0).out();
    assert!(out.starts_with(
        "# Generated by vpcgen from the preset vpc-native. Regenerate with: vpcgen render --preset vpc-native > main.tf\n"
    ));
    for preset in ["minimal", "vpc-native", "three-zones"] {
        let file = format!("{preset}.yaml");
        folder.run(&["init", "--preset", preset, &file]).ends(0);
        folder.run(&["validate", &file]).ends(0);
        folder.run(&["init", "--preset", preset, &file]).ends(1);
    }
    // The reader is gone before the first byte.
    let sh = format!("(sleep 0.3; exec '{}' render --preset minimal) | true", env!("CARGO_BIN_EXE_vpcgen"));
    let piped = Command::new("bash").args(["-o", "pipefail", "-c", &sh]).output().unwrap();
    assert!(piped.status.success() && piped.stderr.is_empty());
}

/// A description with so many peers: each stands in the boot files of every machine.
fn with_peers(count: usize) -> Folder {
    let peers: Vec<String> =
        (0..count).map(|n| format!("100.{}.{}.{}/30", 64 + n / 16_384, n / 64 % 256, n % 64 * 4)).collect();
    let peers = peers.join(",\n    ");
    Folder::with(&format!(
        "name: kub\nproject: some-project\nregion: europe-west1\nnetwork:\n  peers: [\n    {peers}]\n"
    ))
}

#[test]
fn oversized_boot_files_are_refused() {
    let brief = |run: &Run| {
        let json: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
        let all = json["diagnostics"].as_array().unwrap().clone();
        all.iter().map(|d| format!("{} {} {}", d["severity"], d["code"], d["line"])).collect::<Vec<_>>()
    };
    // First nothing, then a warning, then an error.
    let mut seen: Vec<Vec<String>> = (2_000..=12_000)
        .step_by(250)
        .map(|count| brief(&with_peers(count).run(&["validate", "--format", "json"])))
        .collect();
    seen.dedup();
    let only = |severity: &str| vec![format!("\"{severity}\" \"boot-data-size\" 6")];
    assert_eq!(seen, [vec![], only("warning"), only("error")]);
    let folder = with_peers(12_000);
    folder.run(&["validate"]).ends(1);
    folder.run(&["render"]).ends(1);
}

#[test]
fn validate_lists_the_quotas_that_a_cluster_uses() {
    let folder =
        Folder::with("name: kub\nproject: some-project\nregion: europe-west1\ncontrol_plane: {external_ip: true}\n");
    let run = folder.run(&["validate"]).ends(0);
    let told = "kub uses these quotas in europe-west1: 3 machines, 6 vCPUs of e2, 300 GB of pd-balanced, 20 GB of pd-ssd, 1 external address\n";
    assert_eq!((run.out().as_str(), run.err().as_str()), ("", told));
}

/// Short, and only what comes next; nothing where nothing changed.
#[test]
fn the_next_steps_follow_from_the_changes() {
    let folder = Folder::with(TWO);
    let next = |folder: &Folder, arguments: &[&str]| {
        let said = folder.run(arguments).ends(0).err();
        said.split_once("next: ").map(|(_, steps)| steps.to_owned()).unwrap_or_default()
    };
    assert_eq!(
        next(&folder, &["render", "--out", "."]),
        "commit these files, then run:\n  vpcgen preflight > preflight.sh && bash preflight.sh\n  terraform init && terraform apply\n  \
         eval \"$(terraform output -raw kubeconfig_command)\"\n"
    );
    assert_eq!(next(&folder, &["render", "--out", "."]), "");
    folder.write("cluster.yaml", &format!("{TWO}kubernetes: {{pod_security: restricted}}\n"));
    folder.run(&["render", "--out", ".", "--check"]).ends(2);
    assert_eq!(
        next(&folder, &["render", "--out", "."]),
        "commit these files, then run:\n  terraform apply\n  vpcgen upgrade > upgrade.sh && bash upgrade.sh --list\n"
    );
    folder.write(
        "cluster.yaml",
        &format!(
            "{TWO}kubernetes: {{pod_security: restricted}}\nterraform: {{backend: {{gcs: {{bucket: some-state}}}}}}\n"
        ),
    );
    assert_eq!(
        next(&folder, &["render", "--out", "."]),
        "commit these files, then run:\n  terraform init -upgrade\n  terraform apply\n"
    );
    assert_eq!(
        next(&folder, &["render", "--preset", "minimal", "--out", "a b"]),
        "commit these files, then run:\n  terraform -chdir='a b' init && terraform -chdir='a b' apply\n  \
         eval \"$(terraform -chdir='a b' output -raw kubeconfig_command)\"\n"
    );
    let module =
        "name: kub\nproject: some-project\nregion: europe-west1\naccess: {ssh: []}\nterraform: {module: true}\n";
    folder.write("module.yaml", module);
    assert_eq!(
        next(&folder, &["render", "module.yaml", "--out", "module"]),
        "commit these files, then run in the root module that calls this one:\n  terraform init && terraform apply\n"
    );
    folder.write("closed.yaml", &module.replace("terraform: {module: true}\n", ""));
    let closed = next(&folder, &["render", "closed.yaml", "--out", "closed"]);
    assert!(closed.contains("vpcgen preflight closed.yaml > ") && !closed.contains("kubeconfig"), "{closed}");
}
