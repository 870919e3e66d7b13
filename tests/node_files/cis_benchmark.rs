//! The CIS benchmark, held against what the real kubeadm makes of each node's configuration.

use std::path::Path;

use crate::cis;
use crate::kubeadm::{INIT, kubeadm};
use crate::machine::Machine;
use crate::tools::run;
use crate::unpack::{NODES, Node, each};

const WHAT: &str = "CIS benchmark";

/// The phases of `kubeadm init` that write files; the kubelet does not start.
const PHASES: &[&str] = &["certs all", "kubeconfig all", "etcd local", "control-plane all", "kubelet-start"];

/// A control plane with the files that kubeadm and then the node's own unit leave there.
fn control_plane(node: &Node, kubeadm: &Path) -> Machine {
    let machine = node.boots(kubeadm);
    let fill = format!(
        "source /usr/local/lib/node-boot.sh; umask 022; rmdir /var/lib/etcd; NODE=kub-m fill {INIT} >/run/init.yaml"
    );
    machine.run(&["bash", "-c", &fill]);
    for phase in PHASES {
        let command = format!("{} init phase {phase} --config /run/init.yaml", kubeadm.display());
        machine.run(&["bash", "-c", &command]);
    }
    let unit = &node.files["/etc/systemd/system/control-plane.service"];
    for command in unit.lines().filter_map(|line| line.strip_prefix("ExecStart=/usr/bin/chmod ")) {
        machine.run(&["bash", "-c", &format!("chmod {command}")]);
    }
    machine
}

fn failures(machine: &Machine) -> Vec<String> {
    cis::failures(true, &|script| run(machine.command("bash").args(["-c", script])))
}

#[test]
fn each_item_holds_or_has_its_reason() {
    let Some(kubeadm) = kubeadm(WHAT) else { return };
    each(WHAT, |node| {
        if !node.files.contains_key(INIT) {
            return Ok(());
        }
        let failures = failures(&control_plane(node, &kubeadm));
        if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
    });
}

/// Every number of the benchmark's sections is there once.
#[test]
fn no_item_is_left_out() {
    let (mut numbers, reasons) = cis::numbers();
    assert!(reasons < numbers.len() / 2, "{reasons} of {} have only a reason", numbers.len());
    let sections = [
        ("1.1", 21),
        ("1.2", 30),
        ("1.3", 7),
        ("1.4", 2),
        ("2", 7),
        ("3.1", 3),
        ("3.2", 2),
        ("4.1", 10),
        ("4.2", 14),
        ("4.3", 1),
        ("5.1", 13),
        ("5.2", 12),
        ("5.3", 2),
        ("5.4", 2),
        ("5.5", 1),
        ("5.6", 4),
    ];
    let mut wanted: Vec<String> =
        sections.iter().flat_map(|(section, last)| (1..=*last).map(move |item| format!("{section}.{item}"))).collect();
    wanted.sort();
    numbers.sort_unstable();
    assert_eq!(numbers, wanted);
}

#[test]
fn an_item_that_does_not_hold_is_seen() {
    let Some(kubeadm) = kubeadm(WHAT) else { return };
    let node = NODES.iter().find(|node| node.files.contains_key(INIT)).unwrap();
    let machine = control_plane(node, &kubeadm);
    for (item, script) in [
        ("CIS 1.1.21", "chmod 644 /etc/kubernetes/pki/etcd/ca.key"),
        ("CIS 1.2.15", "sed -i /profiling/d /etc/kubernetes/manifests/kube-apiserver.yaml"),
        ("CIS 1.2.29", "sed -i s/_GCM_SHA384/_CBC_SHA/ /etc/kubernetes/manifests/kube-apiserver.yaml"),
        ("CIS 4.1.9", "chmod 644 /var/lib/kubelet/config.yaml"),
        ("CIS 4.2.13", "sed -i /podPidsLimit/d /var/lib/kubelet/config.yaml"),
        (
            "CIS 1.2.9 holds now",
            "sed -i s/NodeRestriction/NodeRestriction,EventRateLimit/ /etc/kubernetes/manifests/kube-apiserver.yaml",
        ),
    ] {
        machine.run(&["bash", "-c", script]);
        let failures = failures(&machine);
        assert!(failures.iter().any(|failure| failure.starts_with(item)), "{item} is not among {failures:?}");
    }
}
