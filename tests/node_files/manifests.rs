//! Validates every manifest against the Kubernetes schemas.

use std::path::Path;
use std::process::Command;

use crate::tools::{find, run};
use crate::unpack::{Node, each, with};

const WHAT: &str = "Kubernetes' schemas";

/// The files that contain Kubernetes objects. Configuration files look similar, but use other API groups.
fn manifests(node: &Node) -> Vec<&str> {
    let configures =
        |line: &str| ["kubeadm.k8s.io/", ".config.k8s.io/", "audit.k8s.io/"].iter().any(|group| line.contains(group));
    let objects = |path: &&str| {
        let mut versions = node.files[*path].lines().filter(|line| line.starts_with("apiVersion:")).peekable();
        versions.peek().is_some() && !versions.any(configures)
    };
    node.below("/etc/kubernetes/", ".yaml").into_iter().filter(objects).collect()
}

/// Strict validation, which rejects unknown fields.
fn check(validate: &Path, manifest: &Path, minor: &str) -> Result<(), String> {
    run(Command::new(validate).args(["--strict", "--quiet", "--kubernetes-version", minor]).arg(manifest)).map(drop)
}

/// The minor version that the node installs.
fn minor(node: &Node) -> &str {
    let versions = node.files["/etc/kubernetes/kubeadm-init.yaml"]
        .lines()
        .find_map(|line| line.strip_prefix("kubernetesVersion: v"));
    versions.and_then(|version| version.rsplit_once('.')).expect("a full version").0
}

#[test]
fn manifests_validate_against_the_schemas() {
    let Some(validate) = find(5, WHAT, "kubernetes-validate", "run .ci/install") else { return };
    each(WHAT, |node| {
        manifests(node).iter().try_for_each(|manifest| check(&validate, &node.here(manifest), minor(node)))
    });

    let manifest = "/etc/kubernetes/cloud-controller-manager.yaml";
    let node = with(manifest);
    assert!(manifests(node).contains(&manifest));
    for (from, to) in
        [("hostNetwork: true", "hostNetwork: 1"), ("livenessProbe:", "livenessProb:"), ("containers:", "container:")]
    {
        let broken = node.mutated(manifest, from, to);
        assert!(check(&validate, &broken, minor(node)).is_err(), "{from} → {to} passes");
    }
}
