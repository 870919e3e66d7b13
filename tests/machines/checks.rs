//! All checks of a cluster that has booted. Every failure is reported at once.

use std::{collections::BTreeMap, process::Command};

use serde_json::{Value, json};

use crate::{
    cluster::Cluster, control_planes, google::state::Instance, guest_agent, hardening, outside, prepare, tools, world,
};

/// The checks that failed; empty if all passed.
pub(crate) type Failures = Vec<String>;

/// Waits until all checks pass, or panics with those that do not and the last lines of every console. Returns how long it took until all nodes
/// were ready, in seconds since the last change.
pub(crate) fn assert_healthy(cluster: &Cluster, what: &str) -> u64 {
    let mut failures = booting(cluster);
    let ready = cluster.seconds();
    if failures.is_empty() {
        failures = running(cluster);
    }
    assert!(failures.is_empty(), "{what}:\n{}\n{}", failures.join("\n"), cluster.last_lines());
    world::note(&format!("{what}: nodes ready after {ready} s, all checks pass after {} s", cluster.seconds()));
    ready
}

/// Waits until every machine has booted and is a node that is ready; starts nothing on them.
pub(crate) fn assert_booted(cluster: &Cluster) {
    let failures = booting(cluster);
    assert!(failures.is_empty(), "{}\n{}", failures.join("\n"), cluster.last_lines());
}

fn booting(cluster: &Cluster) -> Failures {
    [boot_files(cluster), nodes_ready(cluster)].concat()
}

/// Every check. Those of pods need nodes, so without nodes they are left out.
pub(crate) fn failures(cluster: &Cluster) -> Failures {
    let booting = booting(cluster);
    if booting.is_empty() { running(cluster) } else { booting }
}

fn running(cluster: &Cluster) -> Failures {
    [
        control_planes::failures(cluster),
        nodes(cluster),
        guest_agent::failures(cluster),
        system_pods(cluster),
        pods(cluster),
        load_balancer(cluster),
        secrets(cluster),
        hardening::failures(cluster),
    ]
    .concat()
}

/// cloud-init has ended everywhere, without an error.
fn boot_files(cluster: &Cluster) -> Failures {
    let check = |instance: Instance| {
        let mut result = Value::Null;
        let ended = cluster.wait_for(|| {
            let text = cluster.on(&instance.name, &["cat", "/run/cloud-init/result.json"])?;
            result = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            Ok(())
        });
        let errors = result["v1"]["errors"].as_array();
        match ended {
            Err(error) => Some(format!("{}: cloud-init has not ended: {error}", instance.name)),
            Ok(()) if errors.is_none_or(|errors| !errors.is_empty()) => {
                Some(format!("{}: cloud-init reports errors: {result}", instance.name))
            }
            Ok(()) => None,
        }
    };
    cluster.instances().into_iter().filter_map(check).collect()
}

/// Every instance is a node that is ready, and nothing else is a node.
fn nodes_ready(cluster: &Cluster) -> Failures {
    let waited = cluster.wait_for(|| {
        let nodes = cluster.get(&["nodes"])?;
        let ready = |node: &&Value| {
            let conditions = node["status"]["conditions"].as_array().into_iter().flatten();
            let mut ready = conditions.filter(|condition| condition["type"] == "Ready");
            ready.any(|condition| condition["status"] == "True")
        };
        let mut ready: Vec<String> = nodes.iter().filter(ready).map(name).collect();
        let mut wanted: Vec<String> = cluster.instances().into_iter().map(|instance| instance.name).collect();
        ready.sort();
        wanted.sort();
        if ready == wanted && nodes.len() == wanted.len() {
            return Ok(());
        }
        let all: Vec<String> = nodes.iter().map(name).collect();
        Err(format!("nodes ready: {ready:?} of {all:?}, instances: {wanted:?}"))
    });
    waited.err().into_iter().collect()
}

/// Each node is its instance: pod range, provider ID and zone.
fn nodes(cluster: &Cluster) -> Failures {
    let nodes = match cluster.get(&["nodes"]) {
        Ok(nodes) => nodes,
        Err(error) => return vec![error],
    };
    let mut failures = Failures::new();
    for instance in cluster.instances() {
        let Instance { name, project, zone, interfaces, .. } = &instance;
        let node = nodes.iter().find(|node| &self::name(node) == name).unwrap_or(&Value::Null);
        let alias = interfaces[0].aliases[0].to_string();
        let mut same = |what: &str, is: &Value, should: String| {
            if *is != should.as_str() {
                failures.push(format!("{name}: {what} is {is}, not {should}"));
            }
        };
        same("podCIDR", &node["spec"]["podCIDR"], alias);
        same("provider ID", &node["spec"]["providerID"], format!("gce://{project}/{zone}/{name}"));
        same("zone", &node["metadata"]["labels"]["topology.kubernetes.io/zone"], zone.clone());
    }
    failures
}

/// Everything that kubeadm and the boot files start is ready.
fn system_pods(cluster: &Cluster) -> Failures {
    let waited = cluster.wait_for(|| {
        let pods = cluster.get(&["pods", "--namespace", "kube-system"])?;
        // Its image is in no registry.
        let absent = |pod: &Value| prepare::controller().is_none() && name(pod).starts_with("cloud-controller-manager");
        // Pods that ended with their machine stay as a record until there are a thousand.
        let conditions = |pod: &Value| pod["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let ended = |pod: &Value| conditions(pod).iter().any(|condition| condition["reason"] == "TerminationByKubelet");
        let bad: Vec<String> = pods.iter().filter(|pod| !ready(pod) && !absent(pod) && !ended(pod)).map(name).collect();
        if bad.is_empty() && !pods.is_empty() { Ok(()) } else { Err(format!("not ready in kube-system: {bad:?}")) }
    });
    waited.err().into_iter().collect()
}

fn name(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn ready(pod: &Value) -> bool {
    let statuses = pod["status"]["containerStatuses"].as_array();
    statuses.is_some_and(|statuses| !statuses.is_empty() && statuses.iter().all(|status| status["ready"] == true))
}

/// In a pod: answers each connection to port 8080 with the client's address and its own node.
const SERVE: &str = r#"cat >/tmp/answer <<'END'
while read -r line; do [ ${#line} -gt 1 ] || break; done
printf 'HTTP/1.0 200 OK\r\n\r\n%s %s\n' "$SOCAT_PEERADDR" "$NODE"
END
exec socat TCP-LISTEN:8080,fork,reuseaddr EXEC:"sh /tmp/answer""#;

/// In a pod: a line `WHAT|ANSWER` for each question. The addresses of all pods are its arguments.
const ASK: &str = r#"
set -f
ask() { what=$1; shift; answer=$("$@" 2>&1); echo "$what|"$answer; }
for pod in "$@"; do ask "$pod" curl -sS -m5 "http://$pod:8080/"; done
ask names getent hosts kubernetes.default.svc.cluster.local
ask service curl -sSk -m5 https://kubernetes.default.svc.cluster.local/version
ask internet curl -sS -m5 https://internet.example/
ask metadata curl -sS -m5 -H 'Metadata-Flavor: Google' http://169.254.169.254/computeMetadata/v1/instance/name
"#;

/// A pod on every node has an address of its alias range and is seen with it by all others; it resolves names, reaches Services and
/// the internet, and the metadata server gives it nothing.
fn pods(cluster: &Cluster) -> Failures {
    let addresses = match start_pods(cluster) {
        Ok(addresses) => addresses,
        Err(error) => return vec![error],
    };
    let mut failures = Failures::new();
    // After a failure, names and Services take a moment longer than the pods say.
    let _ = cluster.wait_for(|| {
        failures = cluster.instances().iter().flat_map(|instance| answers(cluster, instance, &addresses)).collect();
        if failures.is_empty() { Ok(()) } else { Err(String::new()) }
    });
    failures
}

/// What is wrong with the answers that the pod on this instance gets. `addresses` are those of all pods, by node.
fn answers(cluster: &Cluster, instance: &Instance, addresses: &BTreeMap<String, String>) -> Failures {
    let mut failures = Failures::new();
    let (name, alias) = (&instance.name, instance.interfaces[0].aliases[0]);
    let own = &addresses[name];
    if !own.parse().is_ok_and(|own: std::net::Ipv4Addr| alias.contains(&own)) {
        failures.push(format!("{name}: its pod's address {own} is not inside its alias range {alias}"));
    }
    let pod = format!("check-{name}");
    let words = [
        &["exec", pod.as_str(), "--", "sh", "-c", ASK, "ask"],
        addresses.values().map(String::as_str).collect::<Vec<_>>().as_slice(),
    ]
    .concat();
    let said = match cluster.kubectl(&words) {
        Ok(said) => said,
        Err(error) => {
            failures.push(format!("{pod} cannot be asked: {error}"));
            return failures;
        }
    };
    let answers: BTreeMap<&str, &str> = said.lines().filter_map(|line| line.split_once('|')).collect();
    for (other, address) in addresses {
        let answer = answers.get(address.as_str()).copied().unwrap_or_default();
        if answer.split_whitespace().collect::<Vec<_>>() != [own, other] {
            failures.push(format!("pod on {name} → pod on {other}: {answer:?}, not {own}"));
        }
    }
    for (what, contains) in [
        ("names", "kubernetes.default"),
        ("service", "gitVersion"),
        ("internet", outside::GREETING.trim()),
        ("metadata", "refused"),
    ] {
        let answer = answers.get(what).copied().unwrap_or_default();
        let refused = what == "metadata" && (answer.contains("reset by peer") || answer.contains("Couldn't connect"));
        if !answer.contains(contains) && !refused {
            failures.push(format!("pod on {name} → {what}: {answer:?}"));
        }
    }
    failures
}

/// Starts a pod on every node; answers the address of each node's. Those of an earlier check go: what is known of a pod whose node was
/// replaced or lost its power is out of date.
fn start_pods(cluster: &Cluster) -> Result<BTreeMap<String, String>, String> {
    let pod = |instance: &Instance| {
        let node = &instance.name;
        let container = json!({
            "name": "shell",
            "image": "registry.k8s.io/checks/shell:1",
            "command": ["sh", "-c", SERVE],
            "env": [{"name": "NODE", "value": node}],
            "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1},
        });
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": format!("check-{node}"), "labels": {"app": "check", "on": node}},
            "spec": {"nodeName": node, "terminationGracePeriodSeconds": 0, "tolerations": [{"operator": "Exists"}], "containers": [container]},
        })
    };
    let pods: Vec<Value> = cluster.instances().iter().map(pod).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": pods});
    let mut addresses = BTreeMap::new();
    cluster.kubectl(&["delete", "pods", "--selector", "app=check", "--force", "--timeout=60s"])?;
    cluster.wait_for(|| {
        // Again and again: a pod may be gone with its node.
        cluster.api().apply(&list)?;
        let pods = cluster.get(&["pods", "--selector", "app=check"])?;
        let wanted = cluster.instances();
        addresses = wanted
            .iter()
            .filter_map(|instance| {
                let pod = pods.iter().find(|pod| pod["spec"]["nodeName"] == instance.name.as_str())?;
                let address = pod["status"]["podIP"].as_str()?;
                (ready(pod) && pod["metadata"]["deletionTimestamp"].is_null())
                    .then(|| (instance.name.clone(), address.to_owned()))
            })
            .collect();
        let missing: Vec<&Instance> =
            wanted.iter().filter(|instance| !addresses.contains_key(&instance.name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<&String> = missing.iter().map(|instance| &instance.name).collect();
        Err(format!("no pod runs on {names:?}"))
    })?;
    Ok(addresses)
}

/// A Service of type LoadBalancer answers a client on the internet, and the pod sees the client's own address. The stand-in for the
/// cloud-controller-manager makes none.
fn load_balancer(cluster: &Cluster) -> Failures {
    if prepare::controller().is_none() {
        return Failures::new();
    }
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "check"},
        "spec": {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "selector": {"app": "check"}, "ports": [{"port": 80, "targetPort": 8080}]},
    });
    let client = outside::CLIENT.to_string();
    let answered = cluster.api().apply(&service).and_then(|_| {
        cluster.wait_for(|| {
            let address =
                cluster.kubectl(&["get", "service", "check", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}"])?;
            let url = format!("http://{address}/");
            let answer =
                tools::run(Command::new("curl").args(["-sS", "--max-time", "5", "--interface", &client, &url]))?;
            let seen = answer.split_whitespace().next().unwrap_or_default();
            if seen == client { Ok(()) } else { Err(format!("the pod sees {seen:?}, not {client}")) }
        })
    });
    // The resources that it created would block the deletion of the network.
    let deleted = cluster.kubectl(&["delete", "service", "check", "--timeout=120s"]).map(drop);
    let failure = |error: String| format!("internet → load balancer: {error}");
    answered.err().into_iter().chain(deleted.err()).map(failure).collect()
}

/// Nothing secret is on a serial console, which more people may read than may join a machine.
fn secrets(cluster: &Cluster) -> Failures {
    let secret = |line: &str| {
        let mut words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
        // cloud-init prints the host's public keys, whose random letters can be any.
        let public = ["ssh-", "ecdsa-"].iter().any(|start| line.starts_with(start));
        let known = ["PRIVATE KEY", "ya29.", "eyJ"].iter().any(|part| line.contains(part));
        !public && (known || words.any(is_bootstrap_token))
    };
    let check = |(name, text): (String, String)| {
        let line = text.lines().find(|line| secret(line))?.to_owned();
        Some(format!("{name}: a secret on the console: {line}"))
    };
    cluster.consoles().into_iter().filter_map(check).collect()
}

/// `[a-z0-9]{6}.[a-z0-9]{16}`
fn is_bootstrap_token(word: &str) -> bool {
    let part = |text: &str, length: usize| {
        text.len() == length
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            && text.chars().any(|c| c.is_ascii_digit())
    };
    word.split_once('.').is_some_and(|(id, secret)| part(id, 6) && part(secret, 16))
}
