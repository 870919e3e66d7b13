//! What an attacker finds on a cluster that has booted: the CIS benchmark on each machine, what the API server answers without
//! credentials, which pods it admits, what it records, and from which addresses pods can send.

use serde_json::{Value, json};

use crate::{checks::Failures, cis, cluster::Cluster, control_planes};

/// Paths, and the status that the API server answers to a client without credentials.
const ANONYMOUS: &[(&str, &str)] = &[
    ("/livez", "200"),
    ("/readyz", "200"),
    ("/version", "200"),
    ("/api", "401"),
    ("/apis", "401"),
    ("/metrics", "401"),
    ("/api/v1/namespaces/kube-system/secrets", "401"),
];

/// Every check.
pub(crate) fn failures(cluster: &Cluster) -> Failures {
    [benchmark(cluster), anonymous(cluster), admission(cluster), sources(cluster)].concat()
}

fn benchmark(cluster: &Cluster) -> Failures {
    let control_planes: Vec<String> = control_planes::of(cluster).into_iter().map(|instance| instance.name).collect();
    let each = cluster.instances().into_iter().flat_map(|instance| {
        let shell = |script: &str| cluster.on(&instance.name, &["sh", "-c", script]);
        let failures = cis::failures(control_planes.contains(&instance.name), &shell);
        failures.into_iter().map(|failure| format!("{}: {failure}", instance.name)).collect::<Vec<_>>()
    });
    each.collect()
}

fn anonymous(cluster: &Cluster) -> Failures {
    let mut failures = Failures::new();
    for instance in control_planes::of(cluster) {
        for (path, wanted) in ANONYMOUS {
            let url = format!("https://{}:6443{path}", instance.interfaces[0].address);
            let words = ["curl", "-sk", "--max-time", "5", "-o", "/dev/null", "-w", "%{http_code}", &url];
            match cluster.on(&instance.name, &words) {
                Ok(status) if status.trim() == *wanted => {}
                said => failures.push(format!("{}: {path} without credentials: {said:?}, not {wanted}", instance.name)),
            }
        }
    }
    failures
}

/// A pod on the host's network is refused in an ordinary namespace, and the refusal is in the audit log, which only root can read.
fn admission(cluster: &Cluster) -> Failures {
    let pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "escapes"},
        "spec": {"hostNetwork": true, "containers": [{"name": "shell", "image": "registry.k8s.io/checks/shell:1"}]},
    });
    let mut failures = Failures::new();
    match cluster.api().apply(&pod) {
        Err(error) if error.contains("violates PodSecurity \"baseline:latest\": host namespaces") => {}
        said => failures.push(format!("a pod on the host's network is not refused: {said:?}")),
    }
    const RECORDED: &str = r#"grep '"code":403' /var/log/kubernetes/audit.log | grep -q '"name":"escapes"' && stat -c %a%U /var/log/kubernetes/audit.log"#;
    let recorded =
        control_planes::of(cluster).into_iter().map(|instance| cluster.on(&instance.name, &["sh", "-c", RECORDED]));
    let recorded: Vec<_> = recorded.collect();
    if !recorded.iter().any(|said| said.as_ref().is_ok_and(|said| said.trim() == "600root")) {
        failures.push(format!("the refused pod is in no audit log: {recorded:?}"));
    }
    failures
}

/// On a node: sends a packet from an address that is not the pod's, from its network namespace; prints how many were dropped. Arguments:
/// the pod's address, another pod's.
const FORGE: &str = r#"
count() { nft -j list chain inet pod_egress prerouting | jq '[.. | .packets? // empty] | add // 0'; }
for ns in /run/netns/*; do
  nsenter --net="$ns" ip -4 -o address | grep -q " $1/" && pod=$ns
done
before=$(count)
nsenter --net="$pod" ip address add 192.0.2.66/32 dev eth0
echo | nsenter --net="$pod" socat - "UDP-SENDTO:$2:8080,bind=192.0.2.66"
nsenter --net="$pod" ip address del 192.0.2.66/32 dev eth0
echo $(($(count) - before))"#;

/// A pod of the checks cannot send from another address.
fn sources(cluster: &Cluster) -> Failures {
    let pods = match cluster.get(&["pods", "--selector", "app=check"]) {
        Ok(pods) => pods,
        Err(error) => return vec![error],
    };
    let text = |pod: &Value, pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let pods: Vec<(String, String)> =
        pods.iter().map(|pod| (text(pod, "/spec/nodeName"), text(pod, "/status/podIP"))).collect();
    let others = pods.iter().cycle().skip(1);
    let forge = |((node, own), (_, other)): (&(String, String), &(String, String))| match cluster
        .on(node, &["sh", "-c", FORGE, "forge", own, other])
    {
        Ok(dropped) if dropped.trim().parse().is_ok_and(|dropped: u64| dropped > 0) => None,
        said => Some(format!("{node}: a pod's packet from a forged address is not dropped: {said:?}")),
    };
    pods.iter().zip(others).filter_map(forge).collect()
}
