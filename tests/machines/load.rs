//! Nodes that are full, preempted and lost: what they keep for themselves, what becomes of their pods, and how Secrets are stored.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    LEVEL, checks,
    cluster::Cluster,
    control_planes,
    edit::{self, change, forget},
    tools, world,
};

#[test]
fn preempted_nodes_strand_no_pod() {
    world::enter("load::preempted_nodes_strand_no_pod", story);
}

fn story() {
    let example = edit::example("minimal", "machines-load");
    forget(&example);
    let rest = "# Everything else has a default.";
    change(
        &example,
        rest,
        &format!("pools: {{ n: {{ count: 2, spot: true }} }}\naddons: {{ metrics_server: true }}\n{rest}"),
    );
    let Some(mut cluster) = edit::boot(&example, |_| {}) else { return };
    checks::assert_healthy(&cluster, "applied and booted");
    machines_are_ready_for_load(&cluster);
    cluster.since_now();
    dns_is_on_nodes(&cluster);
    cluster.since_now();
    let measured = cluster.wait_for(|| {
        let top = cluster.kubectl(&["top", "nodes", "--no-headers"])?;
        if top.lines().count() == 3 && !top.contains("<unknown>") { Ok(()) } else { Err(top) }
    });
    measured.unwrap_or_else(|error| panic!("kubectl top: {error}\n{}", cluster.last_lines()));
    world::note(&format!("kubectl top nodes after {} s", cluster.seconds()));

    // Google stops a Spot VM: its pods end by themselves within the notice, and others take their place.
    start_pods(&cluster);
    let first = node_of(&cluster, "set-0").expect("set-0 runs");
    let other = if first == "kub-n-1" { "kub-n-2" } else { "kub-n-1" };
    cluster.since_now();
    let pressed = Instant::now();
    let _ = cluster.on(&first, &["systemctl", "poweroff"]);
    let off = cluster.wait_for(|| if cluster.machines().contains(&first) { Err("on".to_owned()) } else { Ok(()) });
    off.unwrap_or_else(|_| panic!("{first} does not power off\n{}", cluster.last_lines()));
    let notice = pressed.elapsed();
    assert!(notice < Duration::from_secs(30), "{first} needed {notice:?} to power off");
    let moved = moved(&cluster, other);
    // Pods that ended in time are gone from the API, and those that did not would wait for the machine without the taint.
    let taint = taints(&cluster, &first, true);
    world::note(&format!(
        "{first} off after {} s, its pods elsewhere after {moved} s, tainted after {taint} s",
        notice.as_secs()
    ));
    cluster.act(&first, "start", &json!({}));
    checks::assert_healthy(&cluster, "a preempted node started again");
    taints(&cluster, &first, false);

    // The other one loses its power without notice, and stays off.
    cluster.since_now();
    cluster.cut(other);
    cluster.act(other, "stop", &json!({}));
    let stranded = self::moved(&cluster, &first);
    assert!(stranded < 180, "pods of a node without power started elsewhere after {stranded} s");
    world::note(&format!("pods of a node without power elsewhere after {stranded} s"));
    cluster.act(other, "start", &json!({}));
    checks::assert_healthy(&cluster, "a node without power started again");

    // Secrets are encrypted from the next replacement on, those that are there included; and can be read afterwards.
    store_secret(&cluster, "before", "marmalade");
    let clear = control_planes::stored(&cluster, "before").expect("etcd answers");
    assert!(clear.starts_with("k8s.."), "a Secret in clear text is stored as {clear:?}");
    change(&example, rest, &format!("kubernetes: {{ encrypt_secrets: true }}\n{rest}"));
    cluster.apply_again(&example.dir, &["-replace=google_compute_instance.control_plane[\"kub-m\"]"]);
    checks::assert_healthy(&cluster, "the control plane replaced, to encrypt Secrets");
    cluster.since_now();
    assert_encrypted(&cluster, "before");
    store_secret(&cluster, "after", "gooseberry");
    assert_encrypted(&cluster, "after");
    // What a snapshot or a copy of the disk holds; the ConfigMap shows that the search finds what is there.
    cluster.kubectl(&["create", "configmap", "open", "--from-literal", "fruit=blackcurrant"]).expect("a ConfigMap");
    let found = |word: &str| {
        let search = format!("sync; grep -rlaF {word} /var/lib/etcd/member >/dev/null && echo found || echo none");
        cluster.on("kub-m", &["sh", "-c", &search]).expect("a search").trim().to_owned()
    };
    assert_eq!((found("blackcurrant").as_str(), found("gooseberry").as_str()), ("found", "none"));
    cluster.apply_again(&example.dir, &["-replace=google_compute_instance.control_plane[\"kub-m\"]"]);
    checks::assert_healthy(&cluster, "the control plane replaced again");
    assert_readable(&cluster, "before", "marmalade");
    assert_readable(&cluster, "after", "gooseberry");
    assert_encrypted(&cluster, "after");

    cluster.destroy();
    tools::ok(
        LEVEL,
        &example.name,
        &format!(
            "a Spot VM off after {} s, its pods elsewhere after {moved} s; pods of one without power after {stranded} s; Secrets encrypted; kubectl top",
            notice.as_secs()
        ),
    );
}

/// Every machine keeps memory and CPU for itself and delays its shutdown for its pods; logs and updates have their limits.
fn machines_are_ready_for_load(cluster: &Cluster) {
    for node in cluster.get(&["nodes"]).expect("the API answers") {
        let name = node["metadata"]["name"].as_str().unwrap_or_default();
        let of = |list: &str, what: &str| {
            let text = node["status"][list][what].as_str().unwrap_or_default().to_owned();
            let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
            let number: u64 = number.parse().unwrap_or_else(|_| panic!("{name}: {list} {what} is {text:?}"));
            match (what, unit) {
                ("cpu", "") => number * 1000,
                ("memory", "Ki") => number >> 10,
                ("memory", "Mi") | ("cpu", "m") => number,
                _ => panic!("{name}: {list} {what} is {text:?}"),
            }
        };
        let reserved = |what| of("capacity", what) - of("allocatable", what);
        let (memory, cpu) = (of("capacity", "memory"), of("capacity", "cpu") / 1000);
        let least = if memory > 16 << 10 { 2662 } else { memory / 10 };
        // And the eviction threshold.
        assert!(reserved("memory") >= least + 100, "{name} reserves {} MiB of {memory}", reserved("memory"));
        assert!(reserved("cpu") >= 60 && reserved("cpu") < 100 * cpu, "{name} reserves {} m", reserved("cpu"));
        for (what, script, wanted) in [
            (
                "the kubelet delays the shutdown",
                "systemd-inhibit --list --no-legend | grep -c 'kubelet.*shutdown.*delay'",
                "1",
            ),
            (
                "logind waits",
                "busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager InhibitDelayMaxUSec",
                "t 30000000",
            ),
            (
                "the journal's limit",
                "journalctl -u systemd-journald -b --no-pager | grep -o 'max 1.0G' | tail -1",
                "max 1.0G",
            ),
            (
                "no reboot after updates",
                "apt-config dump Unattended-Upgrade::Automatic-Reboot",
                "Unattended-Upgrade::Automatic-Reboot \"false\";",
            ),
            ("updates' origins", "apt-config dump Unattended-Upgrade::Allowed-Origins | grep -c codename", "2"),
            (
                "updates leave Kubernetes alone",
                "unattended-upgrade --dry-run -v 2>&1 | grep -cE '^Packages that will be upgraded:.*kube'; apt-mark showhold | wc -l",
                "0\n6",
            ),
        ] {
            // grep -c ends with 1 if it counts none.
            let said = cluster.on(name, &["sh", "-c", &format!("{{ {script}; }} || true")]);
            assert_eq!(said.as_deref().map(str::trim), Ok(wanted), "{name}: {what}");
        }
    }
}

/// Both replicas of cluster DNS run on nodes.
fn dns_is_on_nodes(cluster: &Cluster) {
    let spread = cluster.wait_for(|| {
        let pods = cluster.get(&["pods", "--namespace", "kube-system", "--selector", "k8s-app=kube-dns"])?;
        let mut nodes: Vec<&str> =
            pods.iter().filter(|pod| checks::ready(pod)).filter_map(|pod| pod["spec"]["nodeName"].as_str()).collect();
        nodes.sort_unstable();
        if nodes == ["kub-n-1", "kub-n-2"] { Ok(()) } else { Err(format!("CoreDNS runs on {nodes:?}")) }
    });
    spread.unwrap_or_else(|error| panic!("{error}"));
}

/// A StatefulSet and a Deployment of one pod each, which take five seconds to end.
fn start_pods(cluster: &Cluster) {
    let template = json!({
        "metadata": {"labels": {"app": "load"}},
        "spec": {
            "terminationGracePeriodSeconds": 20,
            // They tolerate an unreachable node for 300 seconds, the default.
            "containers": [{
                "name": "shell", "image": "registry.k8s.io/checks/shell:1",
                "command": ["sh", "-c", "trap 'sleep 5; exit 0' TERM; while :; do sleep 1; done"],
            }],
        },
    });
    let selector = json!({"matchLabels": {"app": "load"}});
    let metadata = |name: &str| json!({"name": name});
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata("set"),
            "spec": {"replicas": 1, "serviceName": "set", "selector": selector, "template": template}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata("deployment"),
            "spec": {"replicas": 1, "selector": selector, "template": template}},
    ]});
    cluster.api().apply(&list).unwrap_or_else(|error| panic!("{error}"));
    let runs = cluster.wait_for(|| node_of(cluster, "set-0").and(node_of(cluster, "deployment")).map(drop));
    runs.unwrap_or_else(|error| panic!("{error}"));
}

/// Where a pod whose name begins like this runs.
fn node_of(cluster: &Cluster, pod: &str) -> Result<String, String> {
    let pods = cluster.get(&["pods", "--selector", "app=load"])?;
    let runs = |found: &&Value| {
        found["metadata"]["name"].as_str().is_some_and(|name| name.starts_with(pod))
            && checks::ready(found)
            && found["metadata"]["deletionTimestamp"].is_null()
    };
    let found = pods.iter().find(runs).ok_or_else(|| format!("{pod} does not run"))?;
    Ok(found["spec"]["nodeName"].as_str().unwrap_or_default().to_owned())
}

/// Waits until both pods run there; how long that took since the last change, in seconds.
fn moved(cluster: &Cluster, node: &str) -> u64 {
    let moved = cluster.wait_for(|| {
        let nodes = [node_of(cluster, "set-0")?, node_of(cluster, "deployment")?];
        if nodes.iter().all(|found| found == node) { Ok(()) } else { Err(format!("pods run on {nodes:?}, not {node}")) }
    });
    moved.unwrap_or_else(|error| panic!("{error}\n{}", cluster.last_lines()));
    cluster.seconds()
}

/// Waits until a stopped machine's Node has the taint that releases its pods, or has it no more.
fn taints(cluster: &Cluster, node: &str, wanted: bool) -> u64 {
    let waited = cluster.wait_for(|| {
        let taints = cluster.kubectl(&["get", "node", node, "-o", "jsonpath={.spec.taints[*].key}"])?;
        if taints.contains("out-of-service") == wanted { Ok(()) } else { Err(taints) }
    });
    waited.unwrap_or_else(|error| panic!("taints of {node}: {error:?}"));
    cluster.seconds()
}

pub(crate) fn store_secret(cluster: &Cluster, name: &str, value: &str) {
    let literal = format!("value={value}");
    let stored = cluster.kubectl(&["create", "secret", "generic", name, "--from-literal", &literal]);
    stored.unwrap_or_else(|error| panic!("{error}"));
}

/// Waits until etcd has a Secret only encrypted.
pub(crate) fn assert_encrypted(cluster: &Cluster, secret: &str) {
    let encrypted = cluster.wait_for(|| {
        let stored = control_planes::stored(cluster, secret)?;
        if stored.starts_with("k8s:enc:secretbox:v1:ca:") { Ok(()) } else { Err(stored) }
    });
    encrypted.unwrap_or_else(|stored| panic!("the Secret {secret} is stored as {stored:?}"));
}

/// Every API server reads a Secret as it was written.
pub(crate) fn assert_readable(cluster: &Cluster, secret: &str, value: &str) {
    for plane in control_planes::of(cluster) {
        let template = "-o=go-template={{.data.value | base64decode}}";
        let said = cluster.on(&plane.name, &["kubectl", "get", "secret", secret, template]);
        assert_eq!(said.as_deref(), Ok(value), "{}: the Secret {secret}", plane.name);
    }
}
