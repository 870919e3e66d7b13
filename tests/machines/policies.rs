//! NetworkPolicy objects are enforced: what they forbid is refused, within a node and between nodes, to pods and to Services, and what
//! they do not forbid passes.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    LEVEL, checks,
    cluster::Cluster,
    edit::{boot, change, example, forget},
    tools, world,
};

#[test]
fn network_policies_are_enforced() {
    world::enter("policies::network_policies_are_enforced", story);
}

/// The pods of [`checks`] that ask, by node. Each serves on port 8080.
const PODS: [&str; 3] = ["kub-m", "kub-n-1", "kub-n-2"];

fn story() {
    let example = example("minimal", "machines-policies");
    forget(&example);
    let rest = "# Everything else has a default.";
    change(&example, rest, &format!("network: {{ policy: true }}\n{rest}"));
    let Some(mut cluster) = boot(&example, |_| {}) else { return };
    // Without policies, everything reaches everything.
    let ready = checks::assert_healthy(&cluster, "applied and booted");

    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "checked"},
        "spec": {"selector": {"on": "kub-n-2"}, "ports": [{"port": 80, "targetPort": 8080}]},
    });
    apply(&cluster, &service);
    assert_reached(&mut cluster, "no policy", |_, _| true);

    // From one pod only, on another node. The kubelet's probes pass, or the pod would not stay ready.
    let only_one = policy(
        "only-one",
        "kub-n-2",
        json!({"policyTypes": ["Ingress"], "ingress": [{
        "from": [{"podSelector": {"matchLabels": {"on": "kub-n-1"}}}], "ports": [{"port": 8080}]}]}),
    );
    apply(&cluster, &only_one);
    assert_reached(&mut cluster, "one source is allowed", |from, to| to != "kub-n-2" || from == "kub-n-1");

    // Nothing leaves one pod but what asks for names.
    let only_names = policy(
        "only-names",
        "kub-n-1",
        json!({"policyTypes": ["Egress"], "egress": [{
        "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}]}),
    );
    apply(&cluster, &only_names);
    assert_reached(&mut cluster, "nothing leaves one pod", |from, to| from != "kub-n-1" && to != "kub-n-2");
    let names =
        cluster.kubectl(&["exec", "check-kub-n-1", "--", "getent", "hosts", "kubernetes.default.svc.cluster.local"]);
    names.unwrap_or_else(|error| panic!("names are allowed: {error}"));
    let ready_pods = cluster.get(&["pods", "--selector", "app=check"]).expect("the API answers");
    assert!(ready_pods.iter().all(checks::ready), "a probe was refused: {ready_pods:?}");

    for name in ["only-one", "only-names"] {
        cluster.kubectl(&["delete", "networkpolicy", name]).unwrap_or_else(|error| panic!("{error}"));
    }
    assert_reached(&mut cluster, "the policies are gone", |_, _| true);
    checks::assert_healthy(&cluster, "the policies are gone");
    tools::ok(
        LEVEL,
        &example.name,
        &format!("ready after {ready} s; NetworkPolicy enforced, between nodes and to Services"),
    );
}

fn policy(name: &str, on: &str, rules: Value) -> Value {
    let mut policy = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": name},
        "spec": {"podSelector": {"matchLabels": {"on": on}}},
    });
    let spec = policy["spec"].as_object_mut().expect("a map");
    spec.extend(rules.as_object().expect("a map").clone());
    policy
}

fn apply(cluster: &Cluster, object: &Value) {
    cluster.api().apply(object).unwrap_or_else(|error| panic!("{error}"));
}

/// Each pod asks each other one, and the Service in front of the one on kub-n-2, until exactly what `may` says is answered.
fn assert_reached(cluster: &mut Cluster, when: &str, may: fn(&str, &str) -> bool) {
    cluster.since_now();
    let pods = cluster.get(&["pods", "--selector", "app=check"]).unwrap_or_else(|error| panic!("{error}"));
    let address = |node: &str| {
        let pod = pods.iter().find(|pod| pod["spec"]["nodeName"] == node).expect("a pod");
        pod["status"]["podIP"].as_str().expect("an address").to_owned()
    };
    let reached = cluster.wait_for(|| {
        let mut wrong = String::new();
        for from in PODS {
            let others =
                PODS.into_iter().filter(|to| *to != from).map(|to| (to, format!("http://{}:8080/", address(to))));
            let service = (from != "kub-n-2").then(|| ("kub-n-2", "http://checked/".to_owned()));
            for (to, url) in others.chain(service) {
                let pod = format!("check-{from}");
                let answer = cluster.kubectl(&["exec", &pod, "--", "curl", "-sS", "-m3", &url]);
                if answer.is_ok() != may(from, to) {
                    let _ = write!(wrong, "{from} → {to} ({url}): {answer:?}; ");
                }
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    });
    reached.unwrap_or_else(|error| panic!("{when}: {error}\n{}", cluster.last_lines()));
    world::note(&format!("{when}: as it should be after {} s", cluster.seconds()));
}
