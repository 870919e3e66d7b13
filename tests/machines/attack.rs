//! Somebody has root on a node, or a pod there has its network. What machines join with gets them nothing that the node does not have.

use serde_json::Value;

use crate::{LEVEL, applied::Applied, checks, cluster::Cluster, edit, kube_bench, tools, world};

/// `request NAME SIGNER SUBJECT [SAN]`: requests a certificate with all that this node has, and prints the status of the answer.
const REQUEST: &str = r#"
source /usr/local/lib/node-boot.sh
read_join_data
server=$(jq -r .server <<<"$join_data")
token=$(join_kubeconfig | jq -r '.users[0].user.token')
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj "$3" ${4:+-addext "$4"} 2>/dev/null >/run/attack.csr
jq -n --arg name "$1" --arg signer "$2" --arg request "$(base64 -w 0 /run/attack.csr)" \
  '{apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata: {name: $name},
    spec: {signerName: $signer, request: $request, usages: ["digital signature", "client auth"]}}' |
  curl -sk -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" -H 'Content-Type: application/json' --data-binary @- \
    "$server/apis/certificates.k8s.io/v1/certificatesigningrequests"
"#;

/// `ask PATH TOKEN`: prints the status with which the API answers.
const ASK: &str = r#"
source /usr/local/lib/node-boot.sh
read_join_data
curl -sk -o /dev/null -w '%{http_code}' ${2:+-H "Authorization: Bearer $2"} "$(jq -r .server <<<"$join_data")$1"
"#;

/// An identity token for that audience.
const IDENTITY: &str = r#"
curl -sf -H 'Metadata-Flavor: Google' \
  "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/identity?audience=$1&format=full"
"#;

/// With its kubelet's credential, the node claims that one of its pods is an API server of an old version. Its kubelet would delete the pod.
const MIRROR: &str = r#"
export KUBECONFIG=/etc/kubernetes/kubelet.conf
systemctl stop kubelet
uid=$(kubectl get node "$1" --output 'jsonpath={.metadata.uid}')
jq -n --arg node "$1" --arg uid "$uid" '{apiVersion: "v1", kind: "Pod", metadata: {name: "kube-apiserver-\($node)", namespace: "kube-system",
    labels: {component: "kube-apiserver"}, annotations: {"kubernetes.io/config.mirror": "x"},
    ownerReferences: [{apiVersion: "v1", kind: "Node", name: $node, uid: $uid, controller: true}]},
  spec: {nodeName: $node, enableServiceLinks: false, automountServiceAccountToken: false, containers: [{name: "c", image: "x:v1.0.0"}]}}' |
  kubectl create --validate=false -f -
"#;

/// The version that machines that join install.
const VERSION: &str = r#"
source /usr/local/lib/node-boot.sh
read_join_data
echo "$cluster_version"
"#;

const KUBELET: &str = "kubernetes.io/kube-apiserver-client-kubelet";
const CLIENT: &str = "kubernetes.io/kube-apiserver-client";
const AUDIENCE: &str = "https://api.kub.internal:6443";
const THIEF: &str = "kub-n-1";

/// What the thief requests, and why it does not get it.
const REQUESTS: [(&str, &str, &str, &str, &str); 6] = [
    ("a-control-plane", KUBELET, "/O=system:nodes/CN=system:node:kub-m", "", "for CN=system:node:kub-m"),
    ("another-node", KUBELET, "/O=system:nodes/CN=system:node:kub-n-2", "", "for CN=system:node:kub-n-2"),
    ("no-instance", KUBELET, "/O=system:nodes/CN=system:node:kub-n-9", "", "for CN=system:node:kub-n-9"),
    ("itself-again", KUBELET, "/O=system:nodes/CN=system:node:kub-n-1", "", "the Node kub-n-1 is ready"),
    (
        "more-names",
        KUBELET,
        "/O=system:nodes/CN=system:node:kub-n-1",
        "subjectAltName=DNS:api.kub.internal",
        "extensions",
    ),
    ("an-administrator", CLIENT, "/O=kubeadm:cluster-admins/CN=admin", "", ""),
];

#[test]
fn a_node_cannot_become_another_machine() {
    world::enter("attack::a_node_cannot_become_another_machine", story);
}

fn story() {
    let example = edit::example("minimal", "attack");
    let mut cluster = Cluster::boot(Applied::read(&example.dir));
    checks::assert_healthy(&cluster, "before the attack");
    let review = kube_bench::review(&cluster, "kub-m", THIEF);

    claims_an_api_server(&mut cluster);

    // For a moment, a control plane that resumes brings back the rule by which Kubernetes approves what is requested with kubeadm's tokens.
    let (rule, role) =
        ("kubeadm:node-autoapprove-bootstrap", "system:certificates.k8s.io:certificatesigningrequests:nodeclient");
    let group = "--group=system:bootstrappers:kubeadm:default-node-token";
    let made = cluster.kubectl(&["create", "clusterrolebinding", rule, &format!("--clusterrole={role}"), group]);
    made.unwrap_or_else(|error| panic!("{error}"));
    for (name, signer, subject, san, _) in REQUESTS {
        request(&cluster, name, signer, subject, san);
    }
    let master = script(&cluster, REQUEST, &["a-master", CLIENT, "/O=system:masters/CN=admin", ""]);
    assert_eq!(master, "403", "the API takes a request for system:masters");
    for (name, .., reason) in REQUESTS {
        refused(&mut cluster, name, reason);
        recorded(&cluster, name, 201);
    }
    recorded(&cluster, "a-master", 403);
    let removed = cluster.kubectl(&["delete", "clusterrolebinding", rule]);
    removed.unwrap_or_else(|error| panic!("the rule was not there all the time: {error}"));

    // A node whose machine is gone has no name to give away either.
    cluster.cut("kub-n-2");
    let gone = cluster.wait_for(|| {
        let node = cluster.kubectl(&["get", "node", "kub-n-2", "-o", "jsonpath={.status.conditions[-1].status}"])?;
        if node == "True" { Err("kub-n-2 is still ready".to_owned()) } else { Ok(()) }
    });
    gone.unwrap_or_else(|error| panic!("{error}"));
    request(&cluster, "a-dead-node", KUBELET, "/O=system:nodes/CN=system:node:kub-n-2", "");
    refused(&mut cluster, "a-dead-node", "for CN=system:node:kub-n-2");
    cluster.restore("kub-n-2");

    // What the API does not accept: no token, one for somebody else, one that was changed. What it allows: little.
    let token = |audience: &str| script(&cluster, IDENTITY, &[audience]);
    let own = token(AUDIENCE);
    let forged = {
        let parts: Vec<&str> = own.split('.').collect();
        let other = token("https://another.example");
        format!("{}.{}.{}", parts[0], parts[1], other.split('.').nth(2).expect("a signature"))
    };
    let cluster_info = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
    for (path, token, status) in [
        ("/readyz", "", "200"),
        (cluster_info, "", "401"),
        ("/api/v1/nodes", "", "401"),
        ("/api/v1/nodes/kub-m", own.as_str(), "200"),
        ("/api/v1/nodes/kub-m", &token("https://another.example"), "401"),
        ("/api/v1/nodes/kub-m", &forged, "401"),
        ("/api/v1/nodes", &own, "403"),
        ("/api/v1/namespaces/kube-system/secrets", &own, "403"),
        (cluster_info, &own, "403"),
    ] {
        assert_eq!(script(&cluster, ASK, &[path, token]), status, "{path}");
    }
    let tokens =
        cluster.get(&["secrets", "-n", "kube-system", "--field-selector", "type=bootstrap.kubernetes.io/token"]);
    assert_eq!(tokens, Ok(Vec::new()), "there are bootstrap tokens");

    tools::ok(
        LEVEL,
        &example.name,
        &format!("{review}; {} certificates that a node requests, all refused", REQUESTS.len() + 1),
    );
}

/// What the thief says of its pods is not what machines install.
fn claims_an_api_server(cluster: &mut Cluster) {
    let before = script(cluster, VERSION, &[]);
    script(cluster, MIRROR, &[THIEF]);
    let published = cluster.on("kub-m", &["/usr/local/sbin/publish-join-data"]);
    published.unwrap_or_else(|error| panic!("{error}"));
    let pods =
        ["pods", "-n", "kube-system", "-l", "component=kube-apiserver", "--field-selector", "spec.nodeName=kub-n-1"];
    assert_eq!(cluster.get(&pods).map(|pods| pods.len()), Ok(1), "the mirror pod is gone");
    assert_eq!(script(cluster, VERSION, &[]), before, "a worker decides which version is installed");
    script(
        cluster,
        "systemctl start kubelet; until curl -sf http://127.0.0.1:10248/healthz; do sleep 1; done; sleep 10",
        &[],
    );
    cluster.since_now();
    let ready = cluster.wait_for(|| {
        let node = cluster.kubectl(&["get", "node", THIEF, "-o", "jsonpath={.status.conditions[-1].status}"])?;
        if node == "True" { Ok(()) } else { Err(format!("{THIEF} is {node}")) }
    });
    ready.unwrap_or_else(|error| panic!("{error}"));
}

/// The thief requests a certificate; the API takes the request.
fn request(cluster: &Cluster, name: &str, signer: &str, subject: &str, san: &str) {
    assert_eq!(script(cluster, REQUEST, &[name, signer, subject, san]), "201", "the request {name} is not taken");
}

/// The request is not approved, for that reason; without one, nobody looks at it.
fn refused(cluster: &mut Cluster, name: &str, reason: &str) {
    cluster.since_now();
    let seen = cluster.wait_for(|| {
        let said = cluster.on("kub-m", &["journalctl", "-u", "approve-nodes", "-o", "cat", "--no-pager"])?;
        let line = said.lines().find(|line| line.starts_with(&format!("not approving {name}: ")));
        match line {
            Some(line) if line.contains(reason) => Ok(()),
            None if reason.is_empty() => Ok(()),
            line => Err(format!("{name} is refused by {line:?}, not {reason:?}:\n{said}")),
        }
    });
    seen.unwrap_or_else(|error| panic!("{error}"));
    let request = cluster.kubectl(&["get", "csr", name, "-o", "json"]).unwrap_or_else(|error| panic!("{error}"));
    let request: Value = serde_json::from_str(&request).expect("JSON");
    assert!(
        request["status"]["conditions"].is_null() && request["status"]["certificate"].is_null(),
        "{name} was not refused: {request}"
    );
}

/// The audit log says which instance requested it.
fn recorded(cluster: &Cluster, name: &str, code: u16) {
    let log = cluster.on("kub-m", &["cat", "/var/log/kubernetes/audit.log"]).unwrap_or_else(|error| panic!("{error}"));
    let mut entries = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let entry = entries.find(|entry| {
        let object = &entry["objectRef"];
        entry["verb"] == "create" && object["resource"] == "certificatesigningrequests" && object["name"] == name
    });
    let entry = entry.unwrap_or_else(|| panic!("the request {name} is not in the audit log"));
    let user = entry["user"]["username"].as_str().unwrap_or_default();
    let instance = format!("gce-instance:{THIEF}");
    assert!(user == instance && entry["responseStatus"]["code"] == code, "{name}: {entry}");
}

fn script(cluster: &Cluster, script: &str, words: &[&str]) -> String {
    let words = [&["bash", "-euo", "pipefail", "-c", script, "attack"], words].concat();
    cluster.on(THIEF, &words).unwrap_or_else(|error| panic!("{error}")).trim().to_owned()
}
