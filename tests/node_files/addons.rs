//! What a control plane does for the whole cluster when it has come to its version, and what each machine records on its Node.

use std::path::Path;

use crate::machine::Machine;
use crate::tools::{namespaces, ok};
use crate::unpack::{NODES, Node, with, write};

const ADDONS: &str = "/usr/local/sbin/cluster-addons";
const ANNOTATE: &str = "/usr/local/sbin/annotate-node";
const WHAT: &str = "addons and annotations";

/// The API server of this machine has the version 1.36.3; its pod is still its predecessor's. A worker says that it has one too.
const KUBECTL: &str = r#"#!/bin/bash
case "$*" in
  'get --raw /version') echo '{"gitVersion": "v1.36.3"}' ;;
  *'get nodes --selector node-role.kubernetes.io/control-plane'*) echo -n "kub-m kub-m-0 kub-m-1" ;;
  *component=kube-apiserver*)
    jq -n --arg others "$OTHERS" '($others | split(" ") | to_entries | map({key: "kub-m-\(.key)", value})) + [
        {key: "kub-m", value: "1.30.0"}, {key: "a-worker", value: "1.0.0"}] |
      {items: map({spec: {nodeName: .key, containers: [{image: "registry.k8s.io/kube-apiserver:v\(.value)"}]}})}' ;;
  *'daemonset kube-proxy'*) [[ -z $PROXY ]] || echo -n "registry.k8s.io/kube-proxy:v$PROXY" ;;
  *) echo "kubectl $* # $KUBECONFIG" >>/asked ;;
esac
"#;
const KUBEADM: &str = "#!/bin/bash\necho \"kubeadm $* $(grep ^kubernetesVersion \"${!#}\")\" >>/asked\n";

/// Runs a script of a node, and returns what it asked for.
fn run(node: &Node, script: &str, environment: [(&str, &str); 2]) -> String {
    let machine: Machine = node.boots(Path::new("/usr/bin/false"));
    for (name, text) in [("kubectl", KUBECTL), ("kubeadm", KUBEADM)] {
        let put =
            format!("cat >/usr/local/bin/{name} <<'END'\n{text}END\nchmod 755 /usr/local/bin/{name}; touch /asked");
        machine.run(&["sh", "-c", &put]);
    }
    machine.run(&[
        "sh",
        "-c",
        "mkdir -p /var/lib/cloud/instance; printf '#cloud-config\\n' >/var/lib/cloud/instance/user-data.txt",
    ]);
    let output = machine.command(script).env("NODE", "kub-m").envs(environment).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    machine.run(&["cat", "/asked"])
}

#[test]
fn the_control_plane_that_is_upgraded_last_upgrades_the_addons() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = with(ADDONS);
    let upgrades = "kubeadm init phase addon all --config /run/kubeadm-addons.yaml kubernetesVersion: v1.36.3\n";
    let manifests = "kubectl apply --filename=/etc/kubernetes/cloud-controller-manager.yaml";
    for (others, proxy, upgraded, applied) in [
        // The only one, and the last of three; then again, and where somebody has removed kube-proxy.
        ("", "1.35.4", true, true),
        ("1.36.3 1.36.3", "1.35.4", true, true),
        ("1.36.3 1.36.3", "1.36.3", false, true),
        ("", "", false, true),
        // Another one is older, or, after a lost disk, newer.
        ("1.36.3 1.35.4", "1.35.4", false, false),
        ("1.36.2", "1.35.4", false, false),
        ("1.37.0", "1.37.0", false, false),
    ] {
        let asked = run(node, ADDONS, [("OTHERS", others), ("PROXY", proxy)]);
        let found = (asked.contains(upgrades), asked.contains(manifests));
        assert_eq!(found, (upgraded, applied), "others {others:?}, kube-proxy {proxy:?}: {asked}");
    }
    // The patch of cluster DNS comes after kubeadm, which takes it back.
    let spread = NODES.iter().find(|node| node.example == "ha" && node.files.contains_key(ADDONS)).unwrap();
    let asked = run(spread, ADDONS, [("OTHERS", ""), ("PROXY", "1.35.4")]);
    assert!(asked.find(upgrades) < asked.find("patch deployment coredns"), "{asked}");

    // Without the comparison, it would upgrade them too early.
    let text = node.files[ADDONS].replace("exit 0", "true");
    let broken = node.with_file(ADDONS, &text);
    write(&broken.here(ADDONS), &text, 0o755);
    assert!(run(&broken, ADDONS, [("OTHERS", "1.35.4"), ("PROXY", "1.35.4")]).contains(upgrades));
    ok(5, &node.example, WHAT);
}

#[test]
fn machines_record_what_they_booted_from() {
    if !namespaces(5, WHAT) {
        return;
    }
    // sha256sum of "#cloud-config\n"
    let digest = "88c95955b024402aa9572b663f7eeb134f01343bb92af27b50e97e72b22c565f";
    for node in NODES.iter().filter(|node| node.example == "ha") {
        let asked = run(node, ANNOTATE, [("OTHERS", ""), ("PROXY", "")]);
        let control_plane = node.files.contains_key(ADDONS);
        let kubeconfig = if control_plane { "/etc/kubernetes/admin.conf" } else { "/etc/kubernetes/kubelet.conf" };
        let annotate = format!(
            "kubectl annotate node kub-m --overwrite instance-id=4711 user-data-sha256={digest} # {kubeconfig}\n"
        );
        let uncordon = format!("kubectl uncordon kub-m # {kubeconfig}\n");
        assert_eq!(asked, if control_plane { annotate + &uncordon } else { annotate });
    }
}
