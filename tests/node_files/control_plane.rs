//! The decision of a control plane, by its own script: what the state disk and the CA's secret say, and what follows.
//! The machines of the rig show that each way leads to a cluster; here every row of the table is taken.

use std::path::Path;
use std::process::Output;

use crate::machine::Machine;
use crate::tools::namespaces;
use crate::unpack::{NODES, Node, each, write};

const SCRIPT: &str = "/usr/local/sbin/control-plane";
const WHAT: &str = "the decision of a control plane";

/// Notes what it is asked, and leaves behind what the real one does.
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

/// What a machine finds.
#[derive(Clone, Copy)]
struct Found<'a> {
    /// What is on the state disk besides its two folders: paths and texts.
    disk: &'a [(&'a str, &'a str)],
    /// A whole member is on the disk, last used with this version.
    member: Option<&'a str>,
    /// How the CA's secret answers.
    secret: &'a str,
    message: &'a str,
    /// Which control plane it is, from 0.
    number: usize,
    /// The version of the others.
    others: &'a str,
    /// What fails.
    fail: &'a str,
}

const BLANK: Found<'static> =
    Found { disk: &[], member: None, secret: "404", message: "", number: 0, others: "", fail: "" };

/// What came of it.
struct Came {
    machine: Machine,
    status: Option<i32>,
    console: String,
    asked: String,
}

fn boot(node: &Node, found: Found<'_>) -> Came {
    let machine = node.boots(Path::new("/usr/bin/false"));
    let put = |path: &str, text: &str| {
        let script = format!("mkdir -p $(dirname {path}); cat >{path}; chmod 755 {path}");
        // Not bash, which complains about the directory that it was started in: that one lies outside the machine's root.
        let mut command = machine.command("sh");
        let child = command.args(["-c", &script]).stdin(std::process::Stdio::piped()).spawn();
        let mut child = child.unwrap();
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    };
    put("/usr/local/bin/kubeadm", KUBEADM);
    put("/usr/local/bin/kubelet", KUBELET);
    put("/usr/local/sbin/control-plane-join", JOIN);
    for (path, text) in found.disk {
        put(&format!("/var/lib/cluster/{path}"), text);
    }
    if let Some(version) = found.member {
        put("/var/lib/cluster/initialized", &format!("{version}\n"));
        FILES.iter().for_each(|file| put(&format!("/var/lib/cluster/pki/{file}"), file));
        machine.run(&["mkdir", "-p", "/var/lib/etcd/member"]);
    }
    let bundle = "cd /tmp && mkdir -p b/etcd && cd b && for f in $0; do echo $f >$f; done && \
        printf '{\"payload\": {\"data\": \"%s\"}}' $(tar -cz $0 | base64 -w 0) >/ca";
    machine.run(&["bash", "-c", bundle, &FILES.join(" ")].map(|word| word));
    again(machine, node, found)
}

fn names(node: &Node) -> Vec<&str> {
    let list = node.files[SCRIPT].split("control_planes=(").nth(1).unwrap();
    list.split(')').next().unwrap().split(' ').collect()
}

fn again(machine: Machine, node: &Node, found: Found<'_>) -> Came {
    let name = names(node).get(found.number).copied().unwrap_or("another");
    let Output { status, stderr, .. } = machine
        .command(SCRIPT)
        .envs([("NODE", name), ("CA_STATUS", found.secret), ("CA_MESSAGE", found.message)])
        .envs([("OTHER_VERSION", found.others), ("FAIL", found.fail), ("SECRET", "")])
        .output()
        .unwrap();
    let asked = machine.run(&["bash", "-c", "cat /asked 2>/dev/null || true"]);
    let console = String::from_utf8(stderr).unwrap();
    Came { machine, status: status.code(), console, asked }
}

fn expect(came: &Came, status: i32, sentence: &str, asked: &str) {
    let all = format!("{:?}\n{}\n{}", came.status, came.console, came.asked);
    assert_eq!(came.status, Some(status), "{all}");
    assert!(came.console.contains(sentence), "{sentence:?} was expected:\n{all}");
    if asked.is_empty() { assert_eq!(came.asked, "", "{all}") } else { assert!(came.asked.contains(asked), "{all}") }
}

fn control_plane(example: &str) -> &'static Node {
    NODES.iter().find(|node| node.example == example && node.files.contains_key(SCRIPT)).unwrap()
}

#[test]
fn each_control_plane_decides_by_its_disk_and_the_secret() {
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
        assert_eq!(kept, "1.36.3\netcd\ninitialized\npki\n8\n");
        assert!(founded.machine.run(&["cat", "/calls"]).contains("-pki:addVersion"));
        // Every way ends in this.
        expect(&again(founded.machine, node, BLANK), 0, "this machine is a control plane", "kubeadm init");

        let filled = Found { secret: "200", ..BLANK };
        let member = Found { member: Some("1.36.3"), ..filled };
        expect(&boot(node, member), 0, "RESUME: the state disk holds a member", "--skip-phases addon");
        let published = boot(node, Found { secret: "404", ..member });
        expect(&published, 0, "publishing the CA", "kubeadm init");
        let upgraded = boot(node, Found { member: Some("1.35.4"), ..member });
        expect(&upgraded, 0, "last used with Kubernetes 1.35.4: resuming it with 1.36.3", "kubeadm init");
        assert!(!upgraded.asked.contains("--skip-phases"), "an upgrade brings its addons: {}", upgraded.asked);
        for had in ["1.36.4", "1.37.0", "2.0.0"] {
            expect(&boot(node, Found { member: Some(had), ..member }), 78, "etcd does not go back", "");
        }
        expect(&boot(node, Found { member: Some("1.34.9"), ..member }), 78, "skips a minor version", "");

        if several {
            expect(&boot(node, filled), 0, "JOIN: ", "joined");
            expect(&boot(node, Found { number: 2, ..filled }), 0, "JOIN: ", "joined");
            // Not the first: it waits, and here no time passes.
            let waits = boot(node, Found { number: 1, ..BLANK });
            expect(&waits, 1, "waiting for the first control plane to found the cluster", "");
            let newer = Found { others: "1.36.4", ..member };
            expect(&boot(node, newer), 78, "another control plane already runs Kubernetes 1.36.4", "");
            let half_way = Found { member: Some("1.35.4"), others: "1.35.4", ..member };
            expect(&boot(node, half_way), 0, "RESUME", "--skip-phases addon");
        } else {
            expect(&boot(node, filled), 78, "says that the cluster", "");
        }
        Ok(())
    });
}

#[test]
fn what_is_not_certain_is_refused_or_waited_for() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = control_plane("minimal");
    let member = Found { member: Some("1.36.3"), secret: "200", ..BLANK };
    // Marked, and not whole.
    for missing in ["/var/lib/cluster/pki/ca.key", "/var/lib/cluster/pki/etcd/ca.key", "/var/lib/etcd/member"] {
        let came = boot(node, Found { fail: "init", ..member });
        came.machine.run(&["rm", "-r", missing]);
        came.machine.run(&["rm", "-f", "/asked"]);
        expect(&again(came.machine, node, member), 78, "etcd's data or the CA is missing", "");
    }
    // Whole, and not marked.
    for path in ["pki/ca.key", "etcd/member/snap/db"] {
        let strange = Found { disk: &[(path, "x")], ..BLANK };
        let came = boot(node, strange);
        expect(&came, 78, "no mark says what they are", "");
        assert_eq!(came.machine.run(&["cat", &format!("/var/lib/cluster/{path}")]), "x");
    }
    // Nothing is founded on a secret that cannot be read.
    for (secret, message) in [("403", "denied"), ("500", "later"), ("400", "it is in DISABLED state")] {
        expect(&boot(node, Found { secret, message, ..BLANK }), 1, message, "");
    }
    // Its versions were destroyed on purpose.
    let destroyed = Found { secret: "400", message: "it is in DESTROYED state", ..BLANK };
    expect(&boot(node, destroyed), 0, "INIT", "kubeadm init");
}

#[test]
fn an_attempt_that_was_cut_short_is_made_again() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = control_plane("ha");
    // In the middle of kubeadm init: nobody has heard of that cluster.
    let cut = boot(node, Found { fail: "init", ..BLANK });
    expect(&cut, 1, "INIT", "kubeadm init");
    expect(
        &again(cut.machine, node, BLANK),
        0,
        "cleaning up after an unfinished kubeadm init",
        "kubeadm reset --force",
    );
    // The same disk on another machine.
    let moved = Found { disk: &[("founding", ""), ("etcd/member/x", "x")], ..BLANK };
    expect(&boot(node, moved), 0, "INIT", "kubeadm reset --force");
    // After the mark, before the CA was published.
    let resumed = boot(node, Found { member: Some("1.36.3"), ..BLANK });
    expect(&resumed, 0, "publishing the CA", "kubeadm init");
    assert!(!resumed.asked.contains("reset"), "nothing that was initialized is ever reset: {}", resumed.asked);
    // In the middle of resuming.
    let member = Found { member: Some("1.36.3"), secret: "200", ..BLANK };
    let cut = boot(node, Found { fail: "init", ..member });
    expect(&cut, 1, "RESUME", "kubeadm init");
    let resumed = again(cut.machine, node, member);
    expect(&resumed, 0, "RESUME", "kubeadm init");
    assert!(!resumed.asked.contains("reset"), "{}", resumed.asked);
    // In the middle of joining; the first name does not found a second cluster either, even with an empty secret.
    let filled = Found { secret: "200", number: 1, ..BLANK };
    let cut = boot(node, Found { fail: "join", ..filled });
    expect(&cut, 1, "JOIN", "joined");
    expect(
        &again(cut.machine, node, filled),
        0,
        "cleaning up after an unfinished kubeadm join",
        "kubeadm reset --force",
    );
    let lost = Found { disk: &[("joining", "")], ..BLANK };
    expect(&boot(node, lost), 1, "waiting for the first control plane", "kubeadm reset");
}

/// A check that cannot fail proves nothing: with the guard taken out, a second cluster would be founded.
#[test]
fn a_script_without_its_guard_is_seen() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = control_plane("minimal");
    let text = node.files[SCRIPT].replace("elif [[ $secret == empty && ", "elif [[ ");
    let broken = node.with_file(SCRIPT, &text);
    write(&broken.here(SCRIPT), &text, 0o755);
    expect(&boot(&broken, Found { secret: "200", ..BLANK }), 0, "INIT", "kubeadm init");
}
