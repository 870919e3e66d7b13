//! A control plane looks after itself: certificates are renewed in time, and `cluster-status` names what is wrong.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::{
    machine::Machine,
    tools::namespaces,
    unpack::{Node, each, write},
};

const RENEW: &str = "/usr/local/sbin/renew-certificates";
const STATUS: &str = "/usr/local/sbin/cluster-status";
const WHAT: &str = "care for a control plane";

/// The first certificate is valid for `$DAYS`.
const KUBEADM: &str = r#"#!/bin/bash
echo "kubeadm $*" >>/asked
case "$*" in
  "certs check"*) echo "{\"certificates\": [{\"name\": \"apiserver\", \"residualTime\": $((DAYS * 86400 + 5))}, {\"name\": \"gone\", \"missing\": true}]}" ;;
  "certs renew all") [[ $FAIL != renew ]] ;;
esac
"#;
/// A component that is stopped starts again as another container.
const CRICTL: &str = r#"#!/bin/bash
name=${6#^} name=${name%\$}
case $1 in
  ps) cat "/containers/$name" 2>/dev/null || echo "$name-1" ;;
  stop)
    echo "$4" >>/asked
    [[ $FAIL != "${4%-*}" ]] || exit 1
    mkdir -p /containers && echo "${4%-*}-2" >"/containers/${4%-*}" ;;
esac
"#;
const RECORDED: &str = "#!/bin/bash\necho \"${0##*/} $*\" >>/asked\n";
/// The API: what it lists lies in `/api`. Without it, it does not answer.
const KUBECTL: &str = r#"#!/bin/bash
[[ -d /api ]] || exit 1
case "$*" in
  *"get nodes --selector node-role.kubernetes.io/control-plane"*) jq -j '[.items[].metadata | select(.labels).name] | join(" ")' /api/nodes ;;
  *component=kube-apiserver*) cat /api/servers ;;
  *k8s-app=kube-dns*) cat /api/dns ;;
  *certificatesigningrequests*) cat /api/requests ;;
  *"get nodes"*) cat /api/nodes ;;
esac
"#;
const ETCDCTL: &str = r#"#!/bin/bash
case "$*" in
  *"member list"*) cat /etcd/members ;;
  *"endpoint status"*) cat /etcd/status ;;
  *alarm*) cat /etcd/alarms ;;
esac
"#;
/// The metadata server: the user-data of all control planes, and since the cluster has grown or shrunk, their list.
const CURL: &str = r#"#!/bin/bash
[[ ${*: -1} == */attributes/user-data ]] || exit 22
if [[ -e /list ]]; then cat /list; else printf data; fi
"#;
/// The digest of the first user-data.
const DIGEST: &str = "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7";
const SYSTEMCTL: &str = "#!/bin/bash\n[[ \" $FAILED \" == *\" ${*: -1} \"* ]]\n";
const JOURNALCTL: &str = "#!/bin/sh\necho its last words\n";

fn control_plane(node: &Node) -> Machine {
    let machine = node.boots(Path::new("/usr/bin/false"));
    for (path, text) in [
        ("/usr/local/bin/kubeadm", KUBEADM),
        ("/usr/local/bin/crictl", CRICTL),
        ("/usr/local/bin/kubectl", KUBECTL),
        ("/usr/local/bin/curl", CURL),
        ("/usr/local/bin/systemctl", SYSTEMCTL),
        ("/usr/local/bin/journalctl", JOURNALCTL),
        ("/usr/local/sbin/etcd-backup", RECORDED),
        ("/usr/local/lib/etcd/1/etcdctl", ETCDCTL),
        ("/usr/local/lib/etcd/1/etcdutl", RECORDED),
        ("/etc/kubernetes/manifests/etcd.yaml", "    image: registry.k8s.io/etcd:1\n"),
        ("/var/lib/node-boot/done", ""),
    ] {
        put(&machine, node, path, text);
    }
    machine
}

fn put(machine: &Machine, node: &Node, path: &str, text: &str) {
    let file = node.root.with_extension("care").join(path.trim_start_matches('/'));
    write(&file, text, 0o755);
    machine.run(&["bash", "-c", &format!("mkdir -p $(dirname {path}) && cp {} {path}", file.display())]);
}

fn run(machine: &Machine, script: &str, set: [(&str, &str); 3]) -> (Option<i32>, String) {
    machine.run(&["rm", "-f", "/asked"]);
    let Output { status, stdout, stderr } = machine.command(script).envs(set).output().unwrap();
    (status.code(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

#[test]
fn certificates_are_renewed_in_time_and_each_component_restarts() {
    if !namespaces(5, WHAT) {
        return;
    }
    each("renewal of certificates", |node| {
        if !node.files.contains_key(RENEW) {
            return Ok(());
        }
        let machine = control_plane(node);
        // Ready as soon as the container is another.
        machine.run(&["mkdir", "/api"]);
        let asked = || machine.run(&["bash", "-c", "grep -v check-expiration /asked || true"]);
        let renew = |days, fail| run(&machine, RENEW, [("DAYS", days), ("FAIL", fail), ("FAILED", "")]);

        let (status, said) = renew("60", "");
        assert_eq!((status, asked()), (Some(0), String::new()), "{said}");
        assert!(said.contains("expires in 60 days"), "{said}");

        assert_eq!(renew("59", "renew").0, Some(1));
        assert_eq!(asked(), "etcd-backup \nkubeadm certs renew all\n");
        // Half way, after which all certificates are new. The next run goes on all the same.
        assert_eq!(renew("365", "kube-controller-manager").0, Some(1));
        assert_eq!(asked(), "kubeadm certs renew all\nkube-scheduler-1\nkube-controller-manager-1\n");
        machine.run(&["rm", "-r", "/containers"]);
        let (status, said) = renew("365", "");
        assert_eq!(status, Some(0), "{said}");
        let all = "kubeadm certs renew all\nkube-scheduler-1\nkube-controller-manager-1\nkube-apiserver-1\netcd-1\n";
        assert_eq!(asked(), all, "{said}");
        assert_eq!((renew("365", "").0, asked()), (Some(0), String::new()));
        Ok(())
    });
}

const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";

/// What the API and etcd answer, by the file of the fake.
type Files = Vec<(&'static str, Value)>;

/// A cluster in which everything is as it should be.
fn well(names: &[&str], version: &str) -> Files {
    let node = |name: &&str| {
        json!({
            "metadata": {"name": name, "annotations": {"etcd-backup": "NOW", "user-data-sha256": DIGEST}, "labels": {CONTROL_PLANE: ""}},
            "spec": {},
            "status": {"nodeInfo": {"kubeletVersion": format!("v{version}")}, "conditions": [{"type": "Ready", "status": "True"}]},
        })
    };
    let mut worker = node(&"kub-n-1");
    worker["metadata"].as_object_mut().expect("an object").remove("labels");
    let server = |name: &str, version: &str| json!({"spec": {"nodeName": name, "containers": [{"image": format!("x/kube-apiserver:v{version}")}]}});
    // The last one is what a worker's kubelet says of its own pod.
    let servers = names.iter().map(|name| server(name, version)).chain([server("kub-n-1", "1.0.0")]);
    let dns = |name: &str| json!({"metadata": {"ownerReferences": [{"kind": "ReplicaSet"}]}, "spec": {"nodeName": name}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    let status = json!({"Status": {"dbSize": 3 << 20, "dbSizeQuota": 8_u64 << 30}});
    vec![
        ("/api/nodes", json!({"items": names.iter().map(node).chain([worker]).collect::<Vec<_>>()})),
        ("/api/servers", json!({"items": servers.collect::<Vec<_>>()})),
        ("/api/dns", json!({"items": [dns(names[0]), dns("kub-n-1")]})),
        ("/api/requests", json!({"items": []})),
        ("/etcd/members", json!({"members": names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>()})),
        ("/etcd/status", vec![status; names.len()].into()),
        ("/etcd/alarms", Value::Null),
    ]
}

#[test]
fn the_status_names_what_is_wrong() {
    if !namespaces(5, WHAT) {
        return;
    }
    each("cluster-status", |node| {
        let Some(text) = node.files.get("/usr/local/lib/cluster.sh") else { return Ok(()) };
        let value = |key: &str| text.split(&format!("\n{key}=")).nth(1).unwrap().lines().next().unwrap();
        let names: Vec<&str> = value("control_planes").trim_matches(['(', ')']).split(' ').collect();
        let machine = control_plane(node);
        let now = machine.run(&["date", "--utc", "+%FT%TZ"]);
        let status = |change: &dyn Fn(&mut Files), days: &str, failed: &str| {
            let mut files = well(&names, value("own_version"));
            change(&mut files);
            machine.run(&["rm", "-rf", "/api", "/etcd"]);
            for (path, value) in files {
                let text = if value.is_null() { String::new() } else { value.to_string() };
                put(&machine, node, path, &text.replace("NOW", now.trim()));
            }
            run(&machine, STATUS, [("DAYS", days), ("FAILED", failed), ("FAIL", "")])
        };
        let with = |path: &'static str, value: Value| {
            move |files: &mut Files| {
                files.iter_mut().filter(|file| file.0 == path).for_each(|file| file.1 = value.clone())
            }
        };
        let nodes = |change: &dyn Fn(&mut Value)| {
            let mut nodes = well(&names, value("own_version")).remove(0).1;
            change(&mut nodes["items"][0]);
            with("/api/nodes", nodes)
        };
        let (code, said) = status(&|_| {}, "365", "");
        assert!(code == Some(0) && !said.contains("WRONG") && !said.contains("note"), "{code:?}\n{said}");
        assert_eq!(said.matches(" ok ").count(), 9, "{said}");

        let condition =
            |kind: &str, status: &str| json!([{"type": "Ready", "status": "True"}, {"type": kind, "status": status}]);
        for (change, days, failed, line) in [
            (nodes(&|node| node["status"]["conditions"] = json!([])), "365", "", "nodes          WRONG  not ready: "),
            (
                nodes(&|node| node["metadata"]["name"] = json!("other")),
                "365",
                "",
                "WRONG  control planes without a Node: ",
            ),
            (nodes(&|node| node["metadata"]["annotations"] = Value::Null), "365", "", ""),
            (
                nodes(&|node| node["status"]["nodeInfo"]["kubeletVersion"] = json!("v1.99.0")),
                "365",
                "",
                "has 1.99.0, which is newer",
            ),
            (
                nodes(&|node| node["status"]["conditions"] = condition("EtcdBackupFailed", "True")),
                "365",
                "",
                "WRONG  failed on ",
            ),
            (with("/api/dns", json!({"items": []})), "365", "", "cluster DNS    WRONG"),
            (
                with(
                    "/api/requests",
                    json!({"items": [{"metadata": {"name": "csr-1", "creationTimestamp": "2026-01-01T00:00:00Z"},
                    "spec": {"username": "gce-instance:x"}, "status": {}}]}),
                ),
                "365",
                "",
                "WRONG  pending for more than 10 min: csr-1 of gce-instance:x",
            ),
            (with("/etcd/members", Value::Null), "365", "", "etcd           WRONG  does not answer"),
            (
                with("/etcd/alarms", json!("memberID:1 alarm:NOSPACE")),
                "365",
                "",
                "alarms: \"memberID:1 alarm:NOSPACE\"",
            ),
            (with("/etcd/status", json!([{"Status": {"dbSize": 7_u64 << 30}}])), "365", "", "etcd           WRONG"),
            (with("", Value::Null), "49", "", "certificates   WRONG  apiserver expires in 49 days"),
            (with("", Value::Null), "365", "etcd-backup.service", "etcd-backup    WRONG  its last words"),
        ] {
            let (code, said) = status(&change, days, failed);
            // One of several may lack the annotation.
            let right = line.is_empty()
                || code == Some(1) && said.lines().any(|found| found.contains("WRONG") && found.contains(line));
            assert!(right, "{line}: {code:?}\n{said}");
        }
        let remade = nodes(&|node| node["metadata"]["annotations"]["user-data-sha256"] = json!("0"));
        let (code, said) = status(&remade, "365", "");
        let note = format!("boot file      note   out of date on {}: vpcgen upgrade replaces them", names[0]);
        assert!(code == Some(0) && said.contains(&note), "{said}");
        // Grown or shrunk since this machine was made: what is there must be all that is described.
        for (listed, right) in
            [(vec![names[0], "kub-x-2", "kub-x-3"], true), (vec![names[0]], true), (vec!["kub-x-9"], false)]
        {
            put(&machine, node, "/list", &format!("      control_planes=({})\n", listed.join(" ")));
            let there = if right { &listed[..] } else { &names };
            let grown = |files: &mut Files| *files = well(there, value("own_version"));
            let (code, said) = status(&grown, "365", "");
            let missing = said.contains("control planes without a Node: kub-x-9");
            assert_eq!((code, missing), if right { (Some(0), false) } else { (Some(1), true) }, "{said}");
        }
        machine.run(&["rm", "/list"]);
        let old = nodes(&|_| {});
        let stale = |files: &mut Files| {
            old(files);
            let text = files[0].1.to_string().replace("NOW", "2026-01-01T00:00:00Z");
            files[0].1 = serde_json::from_str(&text).unwrap();
        };
        let (code, said) = status(&stale, "365", "");
        assert!(code == Some(1) && said.contains("backup         WRONG  the last one is"), "{said}");
        // What a worker says of itself.
        let lying = |files: &mut Files| {
            stale(files);
            let worker = files[0].1["items"].as_array_mut().and_then(|nodes| nodes.last_mut()).unwrap();
            worker["metadata"]["annotations"]["etcd-backup"] = json!("2099-01-01T00:00:00Z");
            worker["status"]["nodeInfo"]["kubeletVersion"] = json!("v0.9\u{1b}]0;owned\u{7}");
            files[2].1 = json!({"items": [{"spec": {"nodeName": "kub-n-1"}, "metadata": {"ownerReferences": [{"kind": "Node"}]},
                "status": {"conditions": [{"type": "Ready", "status": "True"}]}}]});
        };
        let (code, said) = status(&lying, "365", "");
        assert!(
            code == Some(1) && said.contains("backup         WRONG  the last one is") && !said.contains("future"),
            "{said}"
        );
        assert!(said.contains("cluster DNS    WRONG  no replica is ready"), "{said}");
        assert!(said.contains("kub-n-1 has 0.9]0;owned") && !said.contains('\u{1b}'), "{said}");
        let early = nodes(&|node| node["metadata"]["annotations"]["etcd-backup"] = json!("2099-01-01T00:00:00Z"));
        let (code, said) = status(&early, "365", "");
        assert!(code == Some(1) && said.contains("backup         WRONG  the last one is from the future"), "{said}");
        // Without the API server, the rest is shown all the same.
        let silent = |files: &mut Files| files.retain(|(path, _)| path.starts_with("/etcd"));
        let (code, said) = status(&silent, "365", "");
        assert!(
            code == Some(1) && said.contains("API server     WRONG") && said.contains("etcd           ok"),
            "{said}"
        );
        Ok(())
    });
}
