//! What control planes do when machines come and go.

use crate::{
    machine::Machine,
    tools::{self, namespaces},
    unpack::{NODES, Node, write},
};

const SCRIPT: &str = "/usr/local/sbin/housekeeping";
const STATE: &str = "/usr/local/lib/cluster-state.sh";
const WHAT: &str = "housekeeping";

/// The API: files say which Nodes there are, their provider IDs and the API servers. `/asked` records what is changed.
const KUBECTL: &str = r#"#!/bin/bash
case "$*" in
  "get nodes --no-headers --ignore-not-found --selector !vpcgen/stopped") cat /nodes/others ;;
  "get nodes --no-headers --ignore-not-found --selector vpcgen/stopped") cat /nodes/stopped ;;
  "get nodes --no-headers --ignore-not-found --selector !node-role.kubernetes.io/control-plane") cat /nodes/workers ;;
  *"get nodes --selector node-role.kubernetes.io/control-plane "*) echo -n "a b" ;;
  "get node "*) echo -n "gce://p/z/$3" ;;
  *component=kube-apiserver*) cat /servers ;;
  "get --raw /metrics")
    echo 'apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds{status="failure"} 4e+09'
    echo "apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds{apiserver_id_hash=\"a\",status=\"success\"} $(cat /reload)" ;;
  "get secrets "*) echo '{"items": []}' ;;
  "replace -f -") cat >/dev/null; [[ ! -e /conflict ]] || exit 1; echo "$*" >>/asked ;;
  *) echo "$*" >>/asked ;;
esac
"#;

/// Compute Engine: the status of each instance is in a file.
const CURL: &str = r#"#!/bin/bash
for word; do [[ $word != http* ]] || url=$word; done
case $url in
  */default/token) echo '{"access_token": "t"}' ;;
  */zones/z/instances/*) [[ -e /instances/${url##*/} ]] && echo "{\"status\": \"$(cat "/instances/${url##*/}")\"}" || exit 22 ;;
  *) exit 22 ;;
esac
"#;

/// One round; waiting fails.
const SLEEP: &str = "#!/bin/sh\nexit 1\n";

const HAS_KEY: &str = r#"{"spec": {"nodeName": "a", "containers": [{"command": ["kube-apiserver", "--encryption-provider-config=/x"]}]}}"#;
const HAS_NONE: &str = r#"{"spec": {"nodeName": "b", "containers": [{"command": ["kube-apiserver"]}]}}"#;
/// A worker's kubelet says that its pod is an API server.
const A_WORKERS: &str = r#"{"spec": {"nodeName": "c", "containers": [{"command": ["kube-apiserver"]}]}}"#;

fn boot(node: &Node) -> Machine {
    let machine = node.boots(std::path::Path::new("/bin/true"));
    for (name, text) in [("kubectl", KUBECTL), ("curl", CURL), ("sleep", SLEEP)] {
        let file = node.root.with_extension("housekeeping").join(name);
        write(&file, text, 0o755);
        machine.run(&["cp", &file.to_string_lossy(), "/usr/local/bin/"]);
    }
    put(
        &machine,
        "mkdir -p /nodes /instances /etc/kubernetes/pki; touch /nodes/{others,stopped,workers} /asked; echo 4e+09 >/reload",
    );
    put(&machine, "echo key >/etc/kubernetes/pki/ca.key");
    machine
}

fn put(machine: &Machine, script: &str) {
    machine.run(&["bash", "-euc", script]);
}

/// Runs one round, and returns what it changed.
fn round(machine: &Machine) -> String {
    put(machine, ": >/asked");
    tools::run(&mut machine.command(SCRIPT)).expect_err("it never ends by itself");
    machine.run(&["cat", "/asked"])
}

fn control_plane(encrypts: bool) -> &'static Node {
    let wanted = format!("\nencrypt_secrets={encrypts}\n");
    let found = NODES.iter().find(|node| node.files.get(STATE).is_some_and(|script| script.contains(&wanted)));
    found.expect("an example")
}

#[test]
fn pods_of_stopped_machines_are_released() {
    if !namespaces(5, WHAT) {
        return;
    }
    let machine = boot(control_plane(false));
    put(
        &machine,
        "for name in stopping suspended running; do echo ${name^^} >/instances/$name; done; echo TERMINATED >/instances/stopped",
    );
    put(&machine, "echo TERMINATED >/instances/ready; echo TERMINATED >/instances/drained");
    put(
        &machine,
        "for name in stopping suspended running stopped deleted; do echo $name NotReady '<none>' 1d v1.36.3; done >/nodes/others;
        echo 'ready Ready <none> 1d v1.36.3' >>/nodes/others; echo 'drained NotReady,SchedulingDisabled <none> 1d v1.36.3' >>/nodes/others",
    );
    let asked = round(&machine);
    let taint = |node: &str| {
        format!(
            "taint node {node} --overwrite node.kubernetes.io/out-of-service=stopped:NoExecute\n\
             label node {node} --overwrite vpcgen/stopped=true\n"
        )
    };
    assert_eq!(asked, taint("stopped") + &taint("drained"));

    // One runs again, the other does not.
    put(
        &machine,
        ": >/nodes/others; printf '%s <none> 1d v1.36.3\\n' 'stopped Ready' 'drained NotReady' >/nodes/stopped",
    );
    let released =
        "taint node stopped node.kubernetes.io/out-of-service:NoExecute-\nlabel node stopped vpcgen/stopped-\n";
    assert_eq!(round(&machine), released);
    tools::ok(5, "minimal", "pods of stopped machines");
}

#[test]
fn cluster_dns_moves_once_there_are_nodes() {
    if !namespaces(5, WHAT) {
        return;
    }
    let machine = boot(control_plane(false));
    put(&machine, "printf '%s <none> 1d v1.36.3\\n' 'a Ready' 'b NotReady' >/nodes/workers");
    assert_eq!(round(&machine), "");
    put(&machine, "printf '%s <none> 1d v1.36.3\\n' 'a Ready' 'b Ready' >/nodes/workers");
    let asked = round(&machine);
    let patch = asked.split("--patch ").nth(1).unwrap_or_default();
    let patch: serde_json::Value = serde_json::from_str(patch).unwrap_or_else(|error| panic!("{error}: {asked}"));
    let preferred = "/spec/template/spec/affinity/nodeAffinity/preferredDuringSchedulingIgnoredDuringExecution/0";
    let expression = &patch.pointer(preferred).expect("a preference")["preference"]["matchExpressions"][0];
    assert_eq!(expression["operator"], "DoesNotExist");
    tools::ok(5, "minimal", "cluster DNS moves");
}

#[test]
fn secrets_are_stored_again_when_the_description_changes() {
    if !namespaces(5, WHAT) {
        return;
    }
    let first = |machine: &Machine| {
        let find = "grep -m1 -oE 'identity|secretbox' /etc/kubernetes/pki/encryption.yaml";
        machine.run(&["bash", "-c", find]).trim().to_owned()
    };
    let machine = boot(control_plane(true));
    put(&machine, "source /usr/local/lib/cluster-state.sh; encryption_config identity secretbox");
    // Another control plane could not read what this one encrypts.
    put(&machine, &format!("echo '{{\"items\": [{HAS_KEY}, {HAS_NONE}]}}' >/servers"));
    assert_eq!((round(&machine).as_str(), first(&machine).as_str()), ("", "identity"));
    put(&machine, &format!("echo '{{\"items\": [{HAS_KEY}, {HAS_KEY}, {A_WORKERS}]}}' >/servers"));
    // Secrets are not stored again before the API server encrypts, and again if that fails half way.
    put(&machine, "echo 1.5e+09 >/reload");
    assert_eq!((round(&machine).as_str(), first(&machine).as_str()), ("", "secretbox"));
    put(&machine, "echo 4e+09 >/reload; touch /conflict");
    assert_eq!(round(&machine), "");
    put(&machine, "rm /conflict; test ! -e /var/lib/cluster/encrypted");
    assert_eq!(round(&machine), "replace -f -\n");
    put(&machine, "test -e /var/lib/cluster/encrypted");
    assert_eq!(round(&machine), "");

    let machine = boot(control_plane(false));
    put(
        &machine,
        "source /usr/local/lib/cluster-state.sh; encryption_config secretbox identity; touch /var/lib/cluster/encrypted",
    );
    assert_eq!((round(&machine).as_str(), first(&machine).as_str()), ("replace -f -\n", "identity"));
    put(&machine, "test ! -e /var/lib/cluster/encrypted");
    tools::ok(5, "ha", "Secrets are stored again");
}
