//! How a control plane's script decides what to do, from the state disk and the secret with the CA.
//! Tests on machines show that each decision results in a cluster; these tests cover every row of the decision table.

use std::path::Path;
use std::process::Output;

use crate::machine::Machine;
use crate::tools::namespaces;
use crate::unpack::{NODES, Node, each, write};

const SCRIPT: &str = "/usr/local/sbin/control-plane";
const WHAT: &str = "the decision of a control plane";

/// Records its arguments, and creates the files that the real kubeadm does.
const KUBEADM: &str = r#"#!/bin/bash
echo "kubeadm $*" >>/asked
case $1 in
  init)
    [[ ${FAIL:-} != init ]] || exit 1
    mkdir -p /etc/kubernetes/pki/etcd /var/lib/etcd/member && cd /etc/kubernetes/pki
    for file in ca.crt ca.key sa.key sa.pub front-proxy-ca.crt front-proxy-ca.key etcd/ca.crt etcd/ca.key; do
      [[ -e $file ]] || echo $file >$file
    done ;;
esac
"#;
const JOIN: &str = "#!/bin/bash\necho joined >>/asked\n[[ ${FAIL:-} != join ]]\n";
const KUBELET: &str = "#!/bin/sh\necho Kubernetes v1.36.3\n";
const FILES: [&str; 8] =
    ["ca.crt", "ca.key", "sa.key", "sa.pub", "front-proxy-ca.crt", "front-proxy-ca.key", "etcd/ca.crt", "etcd/ca.key"];

/// The situation in which a machine boots.
#[derive(Clone, Copy)]
struct Situation<'a> {
    /// Files on the state disk in addition to its two folders: paths and contents.
    disk: &'a [(&'a str, &'a str)],
    /// The Kubernetes version with which the member on the disk was last used; `None` if there is no member.
    member: Option<&'a str>,
    /// The HTTP status with which the secret with the CA responds.
    secret: &'a str,
    message: &'a str,
    /// The index of this control plane, starting at 0.
    number: usize,
    /// The Kubernetes version of the other control planes.
    others: &'a str,
    /// The members that the others' etcd knows; it does not answer if this is empty.
    members: &'a str,
    /// The step that fails.
    fail: &'a str,
}

const BLANK: Situation<'static> =
    Situation { disk: &[], member: None, secret: "404", message: "", number: 0, others: "", members: "", fail: "" };

/// The result of a boot.
struct Boot {
    machine: Machine,
    status: Option<i32>,
    console: String,
    asked: String,
}

fn boot(node: &Node, situation: Situation<'_>) -> Boot {
    let machine = node.boots(Path::new("/usr/bin/false"));
    let put = |path: &str, text: &str| {
        let script = format!("mkdir -p $(dirname {path}); cat >{path}; chmod 755 {path}");
        // Not bash, which prints a warning because the current directory is outside the machine's root.
        let mut command = machine.command("sh");
        let child = command.args(["-c", &script]).stdin(std::process::Stdio::piped()).spawn();
        let mut child = child.unwrap();
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    };
    put("/usr/local/bin/kubeadm", KUBEADM);
    put("/usr/local/bin/kubelet", KUBELET);
    put("/usr/local/sbin/control-plane-join", JOIN);
    for (path, text) in situation.disk {
        put(&format!("/var/lib/cluster/{path}"), text);
    }
    if let Some(version) = situation.member {
        put("/var/lib/cluster/initialized", &format!("{version}\n"));
        FILES.iter().for_each(|file| put(&format!("/var/lib/cluster/pki/{file}"), file));
        machine.run(&["mkdir", "-p", "/var/lib/etcd/member"]);
    }
    let bundle = "cd /tmp && mkdir -p b/etcd && cd b && for f in $0; do echo $f >$f; done && \
        printf '{\"payload\": {\"data\": \"%s\"}}' $(tar -cz $0 | base64 -w 0) >/ca";
    machine.run(&["bash", "-c", bundle, &FILES.join(" ")].map(|word| word));
    again(machine, node, situation)
}

fn names(node: &Node) -> Vec<&str> {
    let list = node.files["/usr/local/lib/cluster.sh"].split("control_planes=(").nth(1).unwrap();
    list.split(')').next().unwrap().split(' ').collect()
}

fn again(machine: Machine, node: &Node, situation: Situation<'_>) -> Boot {
    let name = names(node).get(situation.number).copied().unwrap_or("another");
    let Output { status, stderr, .. } = machine
        .command(SCRIPT)
        .envs([("NODE", name), ("CA_STATUS", situation.secret), ("CA_MESSAGE", situation.message)])
        .envs([
            ("OTHER_VERSION", situation.others),
            ("MEMBERS", situation.members),
            ("FAIL", situation.fail),
            ("SECRET", ""),
        ])
        .output()
        .unwrap();
    let asked = machine.run(&["bash", "-c", "cat /asked 2>/dev/null || true"]);
    let console = String::from_utf8(stderr).unwrap();
    Boot { machine, status: status.code(), console, asked }
}

fn expect(booted: &Boot, status: i32, sentence: &str, asked: &str) {
    let all = format!("{:?}\n{}\n{}", booted.status, booted.console, booted.asked);
    assert_eq!(booted.status, Some(status), "{all}");
    assert!(booted.console.contains(sentence), "{sentence:?} was expected:\n{all}");
    if asked.is_empty() {
        assert_eq!(booted.asked, "", "{all}")
    } else {
        assert!(booted.asked.contains(asked), "{all}")
    }
}

fn control_plane(example: &str) -> &'static Node {
    NODES.iter().find(|node| node.example == example && node.files.contains_key(SCRIPT)).unwrap()
}

/// How the API server that booted stores Secrets.
fn first_provider(booted: &Boot) -> String {
    let text = booted.machine.run(&["cat", "/etc/kubernetes/pki/encryption.yaml"]);
    let config: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    let providers = config["resources"][0]["providers"].as_array().unwrap();
    assert!(providers.len() == 2 && config["resources"][0]["resources"] == serde_json::json!(["secrets"]), "{text}");
    assert_eq!(booted.machine.run(&["stat", "-c", "%a", "/etc/kubernetes/pki/encryption.yaml"]), "600\n");
    providers[0].as_object().unwrap().keys().next().unwrap().clone()
}

/// The key that it has: 32 bytes in Base64.
fn key(booted: &Boot) -> String {
    let text = booted.machine.run(&["cat", "/etc/kubernetes/pki/encryption.yaml"]);
    let key = text.split("secret: ").nth(1).and_then(|rest| rest.split('}').next()).unwrap().to_owned();
    assert_eq!(key.len(), 44, "{text}");
    key
}

#[test]
fn the_disk_and_the_secret_determine_the_role_of_a_control_plane() {
    if !namespaces(5, WHAT) {
        return;
    }
    each(WHAT, |node| {
        if !node.files.contains_key(SCRIPT) {
            return Ok(());
        }
        let several = names(node).len() > 1;
        let founded = boot(node, BLANK);
        expect(&founded, 0, "INIT: the state disk is blank", "kubeadm init --config");
        let kept =
            founded.machine.run(&["bash", "-c", "cd /var/lib/cluster; cat initialized; ls; find pki -type f | wc -l"]);
        let encrypts = node.files["/usr/local/lib/cluster-state.sh"].contains("encrypt_secrets=true");
        let mark = if encrypts { "encrypted\n" } else { "" };
        assert_eq!(kept, format!("1.36.3\n{mark}etcd\ninitialized\npki\n8\n"));
        assert_eq!(first_provider(&founded), if encrypts { "secretbox" } else { "identity" });
        assert!(founded.machine.run(&["cat", "/calls"]).contains("-pki:addVersion"));
        // The next boot, after any of these decisions.
        expect(&again(founded.machine, node, BLANK), 0, "this machine is a control plane", "kubeadm init");

        let filled = Situation { secret: "200", ..BLANK };
        let member = Situation { member: Some("1.36.3"), ..filled };
        let resumed = boot(node, member);
        expect(&resumed, 0, "RESUME: the state disk holds a member", "--skip-phases addon");
        assert_eq!(first_provider(&resumed), "identity");
        let encrypted = boot(node, Situation { disk: &[("encrypted", "")], ..member });
        assert_eq!(first_provider(&encrypted), "secretbox", "Secrets must not be stored in clear text until a switch");
        assert_eq!(key(&resumed), key(&encrypted), "the same CA must give the same key");
        let published = boot(node, Situation { secret: "404", ..member });
        expect(&published, 0, "publishing the CA", "kubeadm init");
        let upgraded = boot(node, Situation { member: Some("1.35.4"), ..member });
        // The addons are the matter of cluster-addons.
        expect(&upgraded, 0, "last used with Kubernetes 1.35.4: resuming it with 1.36.3", "--skip-phases addon");
        for had in ["1.36.4", "1.37.0", "2.0.0"] {
            expect(&boot(node, Situation { member: Some(had), ..member }), 78, "etcd does not go back", "");
        }
        expect(&boot(node, Situation { member: Some("1.34.9"), ..member }), 78, "skips a minor version", "");

        if several {
            let joined = boot(node, filled);
            expect(&joined, 0, "JOIN: ", "joined");
            assert_eq!(first_provider(&joined), "identity", "the others may not have the key");
            expect(&boot(node, Situation { number: 2, ..filled }), 0, "JOIN: ", "joined");
            // Not the first control plane, so it waits. Waiting fails immediately in this test.
            let waits = boot(node, Situation { number: 1, ..BLANK });
            expect(&waits, 1, "waiting for the first control plane to found the cluster", "images pull");
            assert_eq!(waits.asked.lines().count(), 1, "{}", waits.asked);
            let newer = Situation { others: "1.36.4", ..member };
            expect(&boot(node, newer), 78, "another control plane already runs Kubernetes 1.36.4", "");
            let half_way = Situation { member: Some("1.35.4"), others: "1.35.4", ..member };
            expect(&boot(node, half_way), 0, "RESUME", "--skip-phases addon");
        } else {
            expect(&boot(node, filled), 78, "says that the cluster", "");
        }
        Ok(())
    });
}

#[test]
fn refuses_or_waits_if_the_situation_is_unclear() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = control_plane("minimal");
    let member = Situation { member: Some("1.36.3"), secret: "200", ..BLANK };
    // Marked as initialized, but incomplete.
    for missing in ["/var/lib/cluster/pki/ca.key", "/var/lib/cluster/pki/etcd/ca.key", "/var/lib/etcd/member"] {
        let booted = boot(node, Situation { fail: "init", ..member });
        booted.machine.run(&["rm", "-r", missing]);
        booted.machine.run(&["rm", "-f", "/asked"]);
        expect(&again(booted.machine, node, member), 78, "etcd's data or the CA is missing", "");
    }
    // Data without a mark.
    for path in ["pki/ca.key", "etcd/member/snap/db"] {
        let strange = Situation { disk: &[(path, "x")], ..BLANK };
        let booted = boot(node, strange);
        expect(&booted, 78, "no mark says what they are", "");
        assert_eq!(booted.machine.run(&["cat", &format!("/var/lib/cluster/{path}")]), "x");
    }
    // Between the former data and the restored ones.
    let interrupted = Situation { disk: &[("restoring", "hourly/x")], ..member };
    expect(&boot(node, interrupted), 78, "Run it again: sudo etcd-restore hourly/x", "");
    // A secret that cannot be read must not lead to a new cluster.
    for (secret, message) in [("403", "denied"), ("500", "later"), ("400", "it is in DISABLED state")] {
        expect(&boot(node, Situation { secret, message, ..BLANK }), 1, message, "");
    }
    // All versions were destroyed deliberately.
    let destroyed = Situation { secret: "400", message: "it is in DESTROYED state", ..BLANK };
    expect(&boot(node, destroyed), 0, "INIT", "kubeadm init");
}

#[test]
fn retries_an_interrupted_attempt() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = control_plane("ha");
    // During kubeadm init: no other machine knows of that cluster.
    let cut = boot(node, Situation { fail: "init", ..BLANK });
    expect(&cut, 1, "INIT", "kubeadm init");
    expect(
        &again(cut.machine, node, BLANK),
        0,
        "cleaning up after an unfinished kubeadm init",
        "kubeadm reset --force",
    );
    // The same disk on another machine.
    let moved = Situation { disk: &[("founding", ""), ("etcd/member/x", "x")], ..BLANK };
    expect(&boot(node, moved), 0, "INIT", "kubeadm reset --force");
    // After marking the disk, but before publishing the CA.
    let resumed = boot(node, Situation { member: Some("1.36.3"), ..BLANK });
    expect(&resumed, 0, "publishing the CA", "kubeadm init");
    assert!(!resumed.asked.contains("reset"), "an initialized disk must never be reset: {}", resumed.asked);
    // During a resume.
    let member = Situation { member: Some("1.36.3"), secret: "200", ..BLANK };
    let cut = boot(node, Situation { fail: "init", ..member });
    expect(&cut, 1, "RESUME", "kubeadm init");
    let resumed = again(cut.machine, node, member);
    expect(&resumed, 0, "RESUME", "kubeadm init");
    assert!(!resumed.asked.contains("reset"), "{}", resumed.asked);
    // During a join. Even with an empty secret, the first control plane must not found a second cluster then.
    let filled = Situation { secret: "200", number: 1, ..BLANK };
    let cut = boot(node, Situation { fail: "join", ..filled });
    expect(&cut, 1, "JOIN", "joined");
    expect(
        &again(cut.machine, node, filled),
        0,
        "cleaning up after an unfinished kubeadm join",
        "kubeadm reset --force",
    );
    let lost = Situation { disk: &[("joining", "")], ..BLANK };
    // Nothing is removed before it is certain that this is no member.
    expect(&boot(node, lost), 1, "waiting for the first control plane", "");
}

#[test]
fn a_join_that_got_as_far_as_etcd_is_resumed() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = control_plane("ha");
    let filled = Situation { secret: "200", number: 1, ..BLANK };
    let other = r#"{"ID": "1", "name": "prod-m", "peerURLs": ["https://10.99.0.1:2380"]}"#;
    let this = |rest: &str| format!(r#"{other}, {{"ID": "2", "peerURLs": ["https://10.99.0.2:2380"]{rest}}}"#);
    let interrupted = |members: &str| {
        let cut = boot(node, Situation { fail: "join", ..filled });
        cut.machine.run(&["mkdir", "-p", "/var/lib/etcd/member/snap"]);
        cut.machine.run(&["touch", "/etc/kubernetes/kubelet.conf", "/etc/kubernetes/bootstrap-kubelet.conf"]);
        cut.machine.run(&["rm", "/asked"]);
        again(cut.machine, node, Situation { members, ..filled })
    };
    let kept = |booted: &Boot| {
        booted.machine.run(&["bash", "-c", "cd /var/lib/cluster; ls; ls /var/lib/etcd"]).replace('\n', " ")
    };

    // Its data may be needed for a majority.
    let resumed = interrupted(&this(""));
    expect(&resumed, 0, "made this machine a member of etcd", "--skip-phases addon");
    assert!(!resumed.asked.contains("reset") && resumed.console.contains("RESUME"), "{}", resumed.asked);
    assert_eq!(kept(&resumed), "etcd initialized pki member ");
    // The credentials of the join are valid for an hour.
    let there = resumed.machine.run(&["sh", "-c", "ls /etc/kubernetes; cat /var/lib/cluster/initialized"]);
    assert!(!there.contains("kubelet.conf") && there.ends_with("1.36.3\n"), "{there}");
    // The version that etcd ran with counts, not the boot file's.
    let cut = boot(node, Situation { fail: "join", ..filled });
    cut.machine.run(&[
        "sh",
        "-c",
        "mkdir -p /var/lib/etcd/member; echo 1.34.1 >/var/lib/cluster/joining; rm -r /var/lib/cluster/pki",
    ]);
    cut.machine.run(&["mkdir", "/var/lib/cluster/pki"]);
    let skips = again(cut.machine, node, Situation { members: &this(""), ..filled });
    expect(&skips, 78, "last used with Kubernetes 1.34.1, and 1.36.3 skips a minor version", "images pull");
    assert!(!skips.asked.contains("reset"), "{}", skips.asked);

    // A learner, or not even that: nobody needs it.
    for members in [&this(r#", "isLearner": true"#), other] {
        let again = interrupted(members);
        expect(&again, 0, "cleaning up after an unfinished kubeadm join", "kubeadm reset --force");
        assert!(again.asked.contains("joined"), "{}", again.asked);
    }

    // Nobody knows.
    let waits = interrupted("");
    expect(
        &waits,
        1,
        "waiting for a control plane that says whether this machine is a member",
        "etcd-healthcheck-client",
    );
    assert!(!waits.asked.contains("reset"), "{}", waits.asked);
    assert_eq!(kept(&waits), "etcd joining pki member ");
}

#[test]
fn a_member_resumes_without_the_secret_and_a_living_cluster_is_not_founded_again() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = control_plane("ha");
    let hurried = node.with_file(SCRIPT, &node.files[SCRIPT].replace("wait_for 600", "wait_for 0"));
    write(&hurried.here(SCRIPT), &hurried.files[SCRIPT], 0o755);
    for secret in ["403", "500"] {
        let resumed = boot(&hurried, Situation { member: Some("1.36.3"), secret, message: "not now", ..BLANK });
        expect(&resumed, 0, "-pki has the CA is unknown", "--skip-phases addon");
        expect(&again(resumed.machine, &hurried, BLANK), 0, "this machine is a control plane", "kubeadm init");
    }
    expect(&boot(node, Situation { others: "1.36.3", ..BLANK }), 78, "other control planes answer", "");
}

/// Proves that the tests can fail: without this guard, the script founds a second cluster.
#[test]
fn detects_a_script_without_its_guard() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = control_plane("minimal");
    let text = node.files[SCRIPT].replace("elif [[ $secret == empty && ", "elif [[ ");
    let broken = node.with_file(SCRIPT, &text);
    write(&broken.here(SCRIPT), &text, 0o755);
    expect(&boot(&broken, Situation { secret: "200", ..BLANK }), 0, "INIT", "kubeadm init");
}
