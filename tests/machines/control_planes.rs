//! The checks of control planes: etcd's members are these machines, each has its state on the state disk, and each serves the API.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{checks::Failures, cluster::Cluster, google::state::Instance};

/// The files of the CA that a state disk keeps beside etcd's data.
const CA_FILES: usize = 8;

/// The instances that have a state disk, in the order of their names.
pub(crate) fn of(cluster: &Cluster) -> Vec<Instance> {
    let has_state = |instance: &Instance| instance.disks.iter().any(|disk| disk.device_name == "state");
    let mut instances: Vec<Instance> = cluster.instances().into_iter().filter(has_state).collect();
    instances.sort_by(|one, other| one.name.cmp(&other.name));
    instances
}

/// Every check of control planes.
pub(crate) fn failures(cluster: &Cluster) -> Failures {
    let wanted: Vec<String> = of(cluster).into_iter().map(|instance| instance.name).collect();
    let same = |found: &BTreeMap<String, String>| found.keys().eq(&wanted);
    let mut found = Ok(BTreeMap::new());
    let waited = cluster.wait_for(|| {
        found = members(cluster);
        match &found {
            Ok(found) if same(found) => Ok(()),
            Ok(found) => Err(format!("etcd's members are {:?}, not {wanted:?}", found.keys().collect::<Vec<_>>())),
            Err(error) => Err(format!("etcd: {error}")),
        }
    });
    let each = of(cluster);
    let each = each.iter().flat_map(|instance| one(cluster, instance));
    waited.err().into_iter().chain(each).chain(load_balancer(cluster)).collect()
}

/// All of them answer the probes of the load balancer of the API, if it has one.
fn load_balancer(cluster: &Cluster) -> Option<String> {
    let mut wanted: Vec<String> = of(cluster).into_iter().map(|instance| instance.path).collect();
    wanted.sort();
    let waited = cluster.wait_for(|| match healthy(cluster) {
        Some(healthy) if healthy != wanted => {
            Err(format!("load balancer of the API: healthy are {healthy:?}, not {wanted:?}"))
        }
        _ => Ok(()),
    });
    waited.err()
}

/// The paths of the control planes that answer the probes of the load balancer of the API, if it has one.
pub(crate) fn healthy(cluster: &Cluster) -> Option<Vec<String>> {
    let all: Vec<String> = of(cluster).into_iter().map(|instance| instance.path).collect();
    let state = cluster.state();
    let balancer =
        state.load_balancers.iter().find(|balancer| balancer.backends.iter().any(|path| all.contains(path)))?;
    let mut healthy = cluster.healthy_at(balancer.address);
    healthy.sort();
    Some(healthy)
}

fn one(cluster: &Cluster, instance: &Instance) -> Failures {
    let (name, address) = (&instance.name, instance.interfaces[0].address);
    let mut failures = Failures::new();
    let mut ask = |what: &str, argv: &[&str], right: &dyn Fn(&str) -> bool| {
        let said = cluster.wait_for(|| match cluster.on(name, argv)?.trim() {
            said if right(said) => Ok(()),
            said => Err(format!("{said:?}")),
        });
        failures.extend(said.err().map(|error| format!("{name}: {what}: {error}")));
    };
    ask(
        "API server not ready",
        &["curl", "-sk", "--max-time", "5", &format!("https://{address}:6443/readyz")],
        &|said| said == "ok",
    );
    for mount in ["/var/lib/cluster", "/var/lib/etcd"] {
        // The disk itself, or for a bind mount the folder on it.
        ask(&format!("{mount} is not on the state disk"), &["findmnt", "-no", "SOURCE", mount], &|said| {
            said.starts_with("/dev/sdb")
        });
    }
    ask("the CA on the state disk", &["sh", "-c", "find /var/lib/cluster/pki -type f | wc -l"], &|said| {
        said == CA_FILES.to_string()
    });
    failures
}

/// etcd's members that vote, by name, with their ids: one that was resumed has the id that it had before.
pub(crate) fn members(cluster: &Cluster) -> Result<BTreeMap<String, String>, String> {
    let mut last = "no control plane is on".to_owned();
    for instance in of(cluster) {
        let list = match list_members(cluster, &instance.name) {
            Ok(list) => list,
            Err(error) => {
                last = error;
                continue;
            }
        };
        let members = list["members"].as_array().into_iter().flatten();
        let votes = |member: &&Value| member["isLearner"] != true;
        let text = |member: &Value, key: &str| member[key].as_str().unwrap_or_default().to_owned();
        return Ok(members.filter(votes).map(|member| (text(member, "name"), text(member, "ID"))).collect());
    }
    Err(last)
}

/// Removes a member of etcd, by the command of docs/operations.md on another one.
pub(crate) fn remove_member(cluster: &Cluster, name: &str, on: &str) {
    let id: u64 = members(cluster).unwrap_or_else(|error| panic!("{error}"))[name].parse().expect("a number");
    let (pod, id) = (format!("etcd-{on}"), format!("{id:x}"));
    let etcdctl = |words: &[&str]| {
        let words = [&["--namespace", "kube-system", "exec", &pod, "--", "etcdctl"], words].concat();
        cluster.kubectl(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"))
    };
    assert!(etcdctl(&["member", "list"]).contains(&id), "{id} is not in the list");
    etcdctl(&["member", "remove", &id]);
}

/// How etcd has a Secret of the namespace default: the first bytes of its value.
pub(crate) fn stored(cluster: &Cluster, secret: &str) -> Result<String, String> {
    let key = format!("/registry/secrets/default/{secret}");
    let first = of(cluster).first().ok_or("no control plane")?.name.clone();
    let ask = format!(
        "cd /etc/kubernetes/pki/etcd && curl -sS --max-time 5 --cacert ca.crt --cert peer.crt --key peer.key \
           -d \"{{\\\"key\\\": \\\"$(printf %s {key} | base64 -w0)\\\"}}\" https://127.0.0.1:2379/v3/kv/range |
           jq -r '.kvs[0].value' | base64 -d | head -c 200 | tr -c '[:print:]' ."
    );
    cluster.on(&first, &["sh", "-c", &ask])
}

/// Asks etcd's API on a control plane for the members of the cluster.
fn list_members(cluster: &Cluster, on: &str) -> Result<Value, String> {
    let ask = "cd /etc/kubernetes/pki/etcd && curl -sS --max-time 5 --cacert ca.crt --cert peer.crt --key peer.key -d '{}' \
               https://127.0.0.1:2379/v3/cluster/member/list";
    let said = cluster.on(on, &["sh", "-c", ask]).map_err(|error| format!("{on}: {error}"))?;
    match serde_json::from_str::<Value>(&said) {
        Ok(answer) if answer["members"].is_array() => Ok(answer),
        _ => Err(format!("{on}: {said}")),
    }
}
