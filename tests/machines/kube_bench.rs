//! The CIS benchmark by kube-bench, where the module proxy has its source: what it finds has its reason in the table.

use serde_json::Value;

use crate::{cis, cluster::Cluster, prepare};

const REVIEW: &str = "cd /root && ./kube-bench run --config-dir /root/cfg --benchmark cis-1.11 --json --targets";

/// Runs it on a control plane and on a node; how many items it passed and found to fail, or why it did not run.
pub(crate) fn review(cluster: &Cluster, control_plane: &str, node: &str) -> String {
    let program = prepare::folder().join("programs/kube-bench");
    if !program.join("kube-bench").exists() {
        return "kube-bench could not be built".to_owned();
    }
    let (mut passed, mut failed) = (0, Vec::new());
    for (machine, targets) in [(control_plane, "master,etcd,controlplane,node,policies"), (node, "node")] {
        for part in ["kube-bench", "cfg"] {
            cluster.copy_to(machine, &program.join(part), "/root/");
        }
        let said = cluster.on(machine, &["bash", "-c", &format!("{REVIEW} {targets}")]);
        let said = said.unwrap_or_else(|error| panic!("kube-bench on {machine}: {error}"));
        let found: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
        let items = |list: &Value, key: &str| list[key].as_array().cloned().unwrap_or_default();
        for section in items(&found, "Controls") {
            let results = items(&section, "tests").into_iter().flat_map(|test| items(&test, "results"));
            for result in results {
                let number = result["test_number"].as_str().unwrap_or_default().to_owned();
                match result["status"].as_str() {
                    Some("PASS") => passed += 1,
                    // What it only warns of, a person has to judge.
                    Some("FAIL") if !failed.contains(&number) => {
                        assert!(cis::has_reason(&number), "{machine}: {number} has no reason: {result}");
                        failed.push(number);
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(passed > 60, "kube-bench looked at {passed} items only");
    format!("kube-bench: {passed} pass; {} fail for the reasons in the table", failed.join(", "))
}
