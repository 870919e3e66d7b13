//! docs/operations.md: each of its commands is run by a test. This file says which, and that the test still does.

/// The commands of docs/operations.md, the file of the test that runs each, and its words there. Those of gcloud need Google.
const RUN: &[(&str, &str, &str)] = &[
    ("eval \"$(terraform output -raw status_command)\"", "tests/machines/backup.rs", "cluster-status"),
    (
        "kubectl drain ",
        "tests/machines/disks.rs",
        "\"drain\", &first, \"--ignore-daemonsets\", \"--delete-emptydir-data\"",
    ),
    ("kubectl delete node ", "tests/machines/growth.rs", "\"delete\", \"node\", name"),
    (
        "terraform apply -replace='google_compute_instance.n[",
        "tests/machines/story.rs",
        "-replace=google_compute_instance.n[",
    ),
    (
        "terraform apply -replace='google_compute_instance.control_plane[",
        "tests/machines/story.rs",
        "-replace=google_compute_instance.control_plane[",
    ),
    ("terraform apply", "tests/machines/growth.rs", "cluster.apply_again(&example.dir, &[])"),
    ("terraform destroy", "tests/machines/growth.rs", "cluster.destroy()"),
    (
        "terraform state rm 'google_compute_disk.state[",
        "tests/machines/growth.rs",
        "google_compute_disk.state[\\\"{name}\\\"]",
    ),
    (
        "terraform state rm google_compute_disk.state google_storage_bucket.backup google_secret_manager_secret.pki",
        "tests/proof/terraform.rs",
        "google_secret_manager_secret.pki",
    ),
    ("vpcgen render --out .", "tests/machines/edit.rs", "\"render\""),
    ("kubectl get --raw /readyz", "tests/machines/control_planes.rs", "readyz"),
    (
        "kubectl --namespace kube-system exec etcd-kub-m -- etcdctl member list",
        "tests/machines/control_planes.rs",
        "etcdctl(&[\"member\", \"list\"])",
    ),
    (
        "kubectl --namespace kube-system exec etcd-kub-m -- etcdctl member remove ID",
        "tests/machines/control_planes.rs",
        "etcdctl(&[\"member\", \"remove\", &id])",
    ),
    ("sudo etcd-backup", "tests/machines/backup.rs", "etcd-backup"),
    ("sudo etcd-restore", "tests/machines/backup.rs", "etcd-restore"),
    (
        "sudo systemctl start renew-certificates.service",
        "tests/machines/backup.rs",
        "systemctl start renew-certificates.service",
    ),
];

#[test]
fn every_command_is_run_by_a_test() {
    let page = include_str!("../docs/operations.md");
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut used = vec![false; RUN.len()];
    for command in blocks.flat_map(str::lines).filter(|line| !line.starts_with("gcloud ")) {
        // The longest is the most exact.
        let found = RUN.iter().enumerate().filter(|(_, (known, ..))| command.starts_with(known));
        let (at, _) =
            found.max_by_key(|(_, (known, ..))| known.len()).unwrap_or_else(|| panic!("no test runs `{command}`"));
        used[at] = true;
    }
    for ((command, file, words), used) in RUN.iter().zip(used) {
        assert!(used, "docs/operations.md has no `{command}`");
        let test = std::fs::read_to_string(file).unwrap();
        assert!(test.contains(words), "{file} does not run `{command}`: it lacks `{words}`");
    }
}
