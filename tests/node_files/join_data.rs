//! What machines learn from the join secret decides what they install as root: nothing that a worker says may get in, and no text that is
//! not a version may get through.

use std::path::Path;

use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};
use serde_json::{Value, json};

use crate::{
    machine::Machine,
    tools::namespaces,
    unpack::{NODES, Node, with, write},
};

const PUBLISH: &str = "/usr/local/sbin/publish-join-data";
const CLUSTER: &str = "/usr/local/lib/cluster.sh";
const JOIN: &str = "/usr/local/sbin/kubeadm-join";
const INSTALL: &str = "/usr/local/sbin/node-install";
const WHAT: &str = "versions in join data";

/// What must never reach a list of packages, an expression, or a shell.
const HOSTILE: [&str; 6] = [
    "1.0.0/deb/ /\ndeb [trusted=yes] http://10.24.3.7/ ./\n#.0",
    "1.36.3\n.*",
    "1.36.3-*|.*",
    "$(touch /owned).0.0",
    "1.36",
    "1.36.3\u{1b}]0;owned\u{7}",
];

/// Publishes, and returns the exit status, what was said, and the published data if there are any.
fn publish(node: &Node, worker: &str) -> (Option<i32>, String, Value) {
    let machine = node.boots(Path::new("/usr/bin/false"));
    let files = "mkdir -p /etc/kubernetes/pki; echo 1.36.3 >/var/lib/cluster/initialized; echo the CA >/etc/kubernetes/pki/ca.crt";
    machine.run(&["bash", "-c", files]);
    let output = machine.command(PUBLISH).envs([("NODE", "the-node"), ("WORKER", worker)]).output().unwrap();
    let secret = machine.run(&["bash", "-c", "cat /secret 2>/dev/null || echo null"]);
    let payload: Value = serde_json::from_str(&secret).unwrap_or_else(|error| panic!("{error}: {secret}"));
    let data = match payload["payload"]["data"].as_str() {
        Some(data) => serde_json::from_slice(&BASE64.decode(data).unwrap()).unwrap(),
        None => Value::Null,
    };
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned(), data)
}

#[test]
fn only_control_planes_have_a_say_in_the_version() {
    if !namespaces(5, WHAT) {
        return;
    }
    for node in NODES.iter().filter(|node| node.files.contains_key(PUBLISH)) {
        for worker in ["1.0.0", HOSTILE[0]] {
            let (status, said, data) = publish(node, worker);
            let right = status == Some(0) && data["kubernetesVersion"] == "1.36.2";
            assert!(right, "{worker:?}: {status:?} {data}\n{said}");
            assert_eq!(data["certificateAuthorityData"], BASE64.encode("the CA\n"));
        }
        crate::tools::ok(5, &node.example, WHAT);
    }
    // Without the comparison of Nodes, a worker decides.
    let node = with(PUBLISH);
    let text = node.files[CLUSTER].replace("select(.spec.nodeName | IN(", "select(true or (.spec.nodeName | IN(");
    let text = text.replace("split(\" \")[]))]'", "split(\" \")[])))]'");
    let broken = node.with_file(CLUSTER, &text);
    write(&broken.here(PUBLISH), &broken.files[PUBLISH], 0o755);
    assert_eq!(publish(&broken, "1.0.0").2["kubernetesVersion"], "1.0.0");
    // And what is no version is not published even then.
    let (status, said, data) = publish(&broken, HOSTILE[0]);
    let refused = status == Some(1) && data.is_null() && said.contains("that is no version of Kubernetes");
    assert!(refused, "{status:?} {data}\n{said}");
}

/// Runs the script of a node that finds this version in the secret.
fn join(machine: &Machine, version: &str) -> (Option<i32>, String) {
    let data = json!({"kubernetesVersion": version, "server": "https://api:6443", "certificateAuthorityData": ""});
    let secret = json!({"payload": {"data": BASE64.encode(data.to_string())}});
    let output = machine.command(JOIN).envs([("NODE", "the-node"), ("SECRET", &secret.to_string())]).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_is_no_version_is_refused_by_all_who_read_it() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = with(JOIN);
    let machine = node.boots(Path::new("/usr/bin/false"));
    for version in HOSTILE {
        let (status, said) = join(&machine, version);
        let refused = status == Some(1) && said.contains("names no version of Kubernetes, but ");
        assert!(refused && !said.contains("installing") && !said.contains('\u{1b}'), "{version:?}: {status:?} {said}");
        let output = machine.command(INSTALL).arg(version).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let refused = output.status.code() == Some(78) && said.contains("is no version of Kubernetes");
        assert!(refused && !said.contains('\u{1b}'), "{version:?}: {:?} {said}", output.status.code());
    }
}
