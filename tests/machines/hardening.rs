//! What an attacker finds on a cluster that has booted: the CIS benchmark on each machine, what the API server answers without
//! credentials, which pods it admits, what it records, from which addresses pods can send, and which ports are closed to them.

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
    [benchmark(cluster), anonymous(cluster), admission(cluster), sources(cluster), ports(cluster)].concat()
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

/// On a node: tries a connection, from the network namespace of the pod with the first argument's address, or from the node itself if
/// that is empty, to the address and the port that follow. Prints `open`, `refused` or `closed`.
const CONNECT: &str = r#"
enter=
for ns in /run/netns/*; do
  [ -z "$1" ] || ! nsenter --net="$ns" ip -4 -o address | grep -q " $1/" || enter="nsenter --net=$ns"
done
[ -z "$1" ] || [ -n "$enter" ] || exit 1
said=$($enter timeout 2 bash -c "</dev/tcp/$2/$3" 2>&1) && echo open && exit
case $said in *refused*) echo refused ;; *) echo closed ;; esac"#;

/// Pods reach the API server, but neither sshd of other machines nor etcd. (Those of their own machine refuse them.) Nodes reach sshd of
/// other nodes, but not etcd.
fn ports(cluster: &Cluster) -> Failures {
    let Some((node, pod)) = pods(cluster).ok().into_iter().flatten().next() else {
        return vec!["there is no pod to try ports from".to_owned()];
    };
    let control_planes: Vec<String> = control_planes::of(cluster).into_iter().map(|instance| instance.name).collect();
    let on_control_plane = control_planes.contains(&node);
    let mut failures = Failures::new();
    for other in cluster.instances().into_iter().filter(|instance| instance.name != node) {
        let address = other.interfaces[0].address.to_string();
        let is_control_plane = control_planes.contains(&other.name);
        let mut wanted = vec![(pod.as_str(), "22", "closed"), ("", "22", "open")];
        if is_control_plane {
            wanted.extend([(pod.as_str(), "6443", "open"), (&pod, "2379", "closed")]);
            // Without pools, the node is a control plane.
            wanted.push(("", "2379", if on_control_plane { "open" } else { "closed" }));
        }
        for (from, port, wanted) in wanted {
            match cluster.on(&node, &["bash", "-c", CONNECT, "connect", from, &address, port]) {
                Ok(said) if said.trim() == wanted => {}
                said => failures.push(format!(
                    "port {port} of {} is {said:?} to {}, not {wanted}",
                    other.name,
                    if from.is_empty() { &node } else { from }
                )),
            }
        }
    }
    failures
}

/// The pods of the checks: node and address.
fn pods(cluster: &Cluster) -> Result<Vec<(String, String)>, String> {
    let text = |pod: &Value, pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let pods = cluster.get(&["pods", "--selector", "app=check"])?;
    Ok(pods.iter().map(|pod| (text(pod, "/spec/nodeName"), text(pod, "/status/podIP"))).collect())
}

/// A pod of the checks cannot send from another address.
fn sources(cluster: &Cluster) -> Failures {
    let pods = match pods(cluster) {
        Ok(pods) => pods,
        Err(error) => return vec![error],
    };
    let others = pods.iter().cycle().skip(1);
    let forge = |((node, own), (_, other)): (&(String, String), &(String, String))| match cluster
        .on(node, &["sh", "-c", FORGE, "forge", own, other])
    {
        Ok(dropped) if dropped.trim().parse().is_ok_and(|dropped: u64| dropped > 0) => None,
        said => Some(format!("{node}: a pod's packet from a forged address is not dropped: {said:?}")),
    };
    pods.iter().zip(others).filter_map(forge).collect()
}
