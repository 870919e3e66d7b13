//! Volumes: the disk driver creates one for a StatefulSet, it follows the pod to another node, grows, and Terraform leaves it alone.

use serde_json::json;

use crate::{LEVEL, checks, cluster::Cluster, edit, tools, world};

#[test]
fn a_volume_follows_its_pod() {
    world::enter("disks::a_volume_follows_its_pod", story);
}

fn story() {
    // Machines in one zone, because a disk has one. The control plane has the custom role.
    let example = edit::example("minimal", "machines-disks");
    edit::forget(&example);
    let rest = "# Everything else has a default.";
    edit::change(&example, rest, &format!("zones: [asia-southeast1-b]\n{rest}"));
    let Some(mut cluster) = edit::boot(&example, |_| {}) else { return };
    checks::assert_healthy(&cluster, "applied and booted");
    cluster.since_now();
    let template = json!({
        "metadata": {"labels": {"app": "disk"}},
        "spec": {
            "terminationGracePeriodSeconds": 1,
            "containers": [{
                "name": "shell", "image": "registry.k8s.io/checks/shell:1",
                "volumeMounts": [{"name": "data", "mountPath": "/data"}],
            }],
        },
    });
    let claim = json!({
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
    });
    let set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "disk"},
        "spec": {
            "replicas": 1, "serviceName": "disk", "selector": {"matchLabels": {"app": "disk"}}, "template": template,
            "volumeClaimTemplates": [claim],
        },
    });
    cluster.api().apply(&set).unwrap_or_else(|error| panic!("{error}"));
    let first = runs(&cluster, None);
    let created = cluster.seconds();
    let disk = volume(&cluster).expect("a disk for the volume");
    assert_eq!(disk.1, 10, "{disk:?}");
    cluster.kubectl(&["exec", "disk-0", "--", "sh", "-c", "echo kept >/data/file"]).expect("a file");

    // Terraform has nothing to do with it.
    cluster.apply_again(&example.dir, &[]);
    assert!(attached(&cluster, &first), "Terraform detached the volume");
    cluster.since_now();
    let growth = if may_resize() { grow(&cluster) } else { "not grown: this host lacks CAP_SYS_RESOURCE" };

    // Its node is drained: pod and volume go to the other one.
    cluster.since_now();
    cluster
        .kubectl(&["drain", &first, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=60s"])
        .expect("a drain");
    let second = runs(&cluster, Some(&first));
    let followed = cluster.seconds();
    let kept = cluster.kubectl(&["exec", "disk-0", "--", "/usr/bin/cat", "/data/file"]);
    assert_eq!(kept.as_deref().map(str::trim), Ok("kept"), "on {second}");
    assert!(attached(&cluster, &second) && !attached(&cluster, &first));
    cluster.kubectl(&["uncordon", &first]).expect("an uncordoned node");

    // The node loses its power and stays off: the volume comes back to the first one.
    cluster.since_now();
    cluster.cut(&second);
    cluster.act(&second, "stop", &json!({}));
    runs(&cluster, Some(&second));
    let released = cluster.seconds();
    let kept = cluster.kubectl(&["exec", "disk-0", "--", "/usr/bin/cat", "/data/file"]);
    assert_eq!(kept.as_deref().map(str::trim), Ok("kept"), "on {first}");
    cluster.act(&second, "start", &json!({}));
    checks::assert_healthy(&cluster, "a node without power started again");

    // Without the claim, the disk is deleted.
    cluster.since_now();
    cluster.kubectl(&["delete", "statefulset/disk", "pvc/data-disk-0", "--timeout=120s"]).expect("a deletion");
    let deleted = cluster.wait_for(|| volume(&cluster).map_or(Ok(()), |disk| Err(format!("{disk:?}"))));
    deleted.unwrap_or_else(|disk| panic!("left: {disk}\n{}", events(&cluster)));
    cluster.destroy();
    tools::ok(
        LEVEL,
        &example.name,
        &format!(
            "a volume mounted after {created} s; {growth}; on another node after {followed} s, and after {released} s without power; deleted"
        ),
    );
}

/// It grows while it is mounted.
fn grow(cluster: &Cluster) -> &'static str {
    let larger = r#"{"spec": {"resources": {"requests": {"storage": "12Gi"}}}}"#;
    cluster.kubectl(&["patch", "pvc", "data-disk-0", "--patch", larger]).expect("a larger claim");
    let grown = cluster.wait_for(|| {
        let size = cluster.kubectl(&["get", "pvc", "data-disk-0", "-o", "jsonpath={.status.capacity.storage}"])?;
        if size == "12Gi" { Ok(()) } else { Err(size) }
    });
    grown.unwrap_or_else(|size| panic!("the volume has {size}, not 12Gi: {}", events(cluster)));
    assert_eq!(volume(cluster).map(|disk| disk.1), Some(12));
    "grown while mounted"
}

/// ext4 lets only processes with CAP_SYS_RESOURCE resize a mounted file system.
fn may_resize() -> bool {
    const CAP_SYS_RESOURCE: u32 = 24;
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:")).expect("capabilities");
    u64::from_str_radix(effective.trim(), 16).expect("a number") >> CAP_SYS_RESOURCE & 1 == 1
}

/// Waits until the pod runs on a node, on another than that one; the node.
fn runs(cluster: &Cluster, not: Option<&str>) -> String {
    let mut node = String::new();
    let waited = cluster.wait_for(|| {
        let pods = cluster.get(&["pods", "--selector", "app=disk"])?;
        let pod = pods.first().filter(|pod| checks::ready(pod) && pod["metadata"]["deletionTimestamp"].is_null());
        node = pod.and_then(|pod| pod["spec"]["nodeName"].as_str()).ok_or("disk-0 does not run")?.to_owned();
        if not == Some(&node) { Err(format!("disk-0 still runs on {node}")) } else { Ok(()) }
    });
    waited.unwrap_or_else(|error| panic!("{error}\n{}\n{}", events(cluster), cluster.last_lines()));
    node
}

/// The disk that the driver created: its path, and its size in GB.
fn volume(cluster: &Cluster) -> Option<(String, u64)> {
    let disks = cluster.state().disks.into_iter();
    disks.filter(|disk| disk.path.contains("/disks/pvc-")).map(|disk| (disk.path, disk.size_gb)).next()
}

fn attached(cluster: &Cluster, node: &str) -> bool {
    let state = cluster.state();
    let disks = &state.instance(node).expect("an instance").disks;
    disks.iter().any(|disk| disk.device_name.starts_with("pvc-"))
}

/// What the cluster says about volumes.
fn events(cluster: &Cluster) -> String {
    cluster.kubectl(&["get", "events", "-A", "--field-selector", "type=Warning"]).unwrap_or_else(|error| error)
}
