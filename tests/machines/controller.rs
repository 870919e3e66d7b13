//! A stand-in for the cloud-controller-manager where the real one is not at hand: what it does to a Node, through kubectl. It makes no
//! load balancers. https://github.com/kubernetes/cloud-provider-gcp

use std::{thread, time::Duration};

use serde_json::{Value, json};

use crate::{
    cluster::{Api, Cluster},
    google::state::{Instance, State},
};

/// What the cloud-controller-manager removes when it has initialized a node.
const TAINT: &str = "node.cloudprovider.kubernetes.io/uninitialized";

/// Runs for as long as the process lives.
pub(crate) fn start(cluster: &Cluster) {
    let api = cluster.api();
    thread::spawn(move || {
        loop {
            // While there is no control plane, and while it restarts, there is nobody to ask.
            let nodes = api.get(&["nodes"]).unwrap_or_default();
            let state = api.applied.google().state();
            for node in &nodes {
                // Whatever fails is tried again in a second.
                let _ = follow(&api, node, &state);
            }
            thread::sleep(Duration::from_secs(1));
        }
    });
}

fn follow(api: &Api, node: &Value, state: &State) -> Result<(), String> {
    let name = node["metadata"]["name"].as_str().unwrap_or_default();
    let Some(instance) = state.instance(name) else {
        return api.kubectl(&["delete", "node", name, "--wait=false"]).map(drop);
    };
    let taints = node["spec"]["taints"].as_array();
    if taints.is_some_and(|taints| taints.iter().any(|taint| taint["key"] == TAINT)) {
        initialize(api, instance)?;
    }
    Ok(())
}

fn initialize(api: &Api, instance: &Instance) -> Result<(), String> {
    let Instance { name, project, zone, machine_type, .. } = instance;
    let interface = &instance.interfaces[0];
    let pods: Vec<String> = interface.aliases.iter().take(1).map(ToString::to_string).collect();
    let region = zone.rsplit_once('-').map_or(zone.as_str(), |(region, _)| region);
    let labels = json!({
        "topology.kubernetes.io/zone": zone,
        "topology.kubernetes.io/region": region,
        "node.kubernetes.io/instance-type": machine_type,
    });
    let mut addresses =
        vec![json!({"type": "InternalIP", "address": interface.address}), json!({"type": "Hostname", "address": name})];
    addresses.extend(interface.external.map(|address| json!({"type": "ExternalIP", "address": address})));
    let network = json!({"type": "NetworkUnavailable", "status": "False", "reason": "RouteCreated", "message": "alias ranges are routed"});
    let spec =
        json!({"providerID": format!("gce://{project}/{zone}/{name}"), "podCIDR": pods.first(), "podCIDRs": pods});
    let patch = |what: &[&str], body: Value| {
        let body = body.to_string();
        api.kubectl(&[&["patch", "node", name.as_str(), "--patch", &body], what].concat())
    };
    patch(&[], json!({"metadata": {"labels": labels}, "spec": spec}))?;
    patch(&["--subresource=status"], json!({"status": {"addresses": addresses, "conditions": [network]}}))?;
    api.kubectl(&["taint", "node", name, &format!("{TAINT}-")]).map(drop)
}
