//! The approver on the control planes: which requests for a machine's first certificate, and for a kubelet's serving certificate, it
//! approves.

use serde_json::{Value, json};

use crate::{
    machine::Machine,
    tools::{self, namespaces},
    unpack::{self, each, write},
};

const WHAT: &str = "approval of certificates";

/// The API: the requests in `/requests` and `/serving`, the Nodes below `/nodes`. `/approved` records what is approved.
const KUBECTL: &str = r#"#!/bin/bash
case "$*" in
  *certificatesigningrequests*kubelet-serving) cat /serving ;;
  *certificatesigningrequests*) cat /requests ;;
  *providerID*) cat "/nodes/$3" || true ;;
  "get node "*) if [[ -e /nodes/$3 ]]; then cat "/nodes/$3"; fi ;;
  "certificate approve "*) echo "$3" >>/approved ;;
  *) exit 64 ;;
esac
"#;

/// The metadata server and Compute Engine, which has the instances below `/instances`.
const CURL: &str = r#"#!/bin/bash
for word; do [[ $word != http* ]] || url=$word; done
case $url in
  */default/email) echo -n control-planes@example.iam ;;
  */attributes/user-data) cat /user-data 2>/dev/null || exit 22 ;;
  */default/token) echo '{"access_token": "t"}' ;;
  https://compute.googleapis.com/compute/v1/projects/*/zones/z/instances/*) cat "/instances/${url##*/}" || exit 22 ;;
  *) exit 22 ;;
esac
"#;

/// One round; waiting for the next fails.
const SLEEP: &str = "#!/bin/sh\nexit 1\n";

/// A request as a machine that joins makes it, and all that it rests on.
struct Case {
    user: &'static str,
    subject: &'static str,
    options: &'static [&'static str],
    usages: &'static [&'static str],
    id: &'static str,
    instance: Value,
    node: Option<&'static str>,
    decided: bool,
}

fn good(tag: &str, subnetwork: &str) -> Case {
    Case {
        user: "gce-instance:a-node",
        subject: "/O=system:nodes/CN=system:node:a-node",
        options: &[],
        usages: &["digital signature", "client auth"],
        id: "1",
        instance: json!({
            "id": "1", "tags": {"items": [tag]},
            "networkInterfaces": [{"subnetwork": format!("https://compute.googleapis.com/p/{subnetwork}")}],
            "serviceAccounts": [{"email": "nodes@example.iam"}],
        }),
        node: None,
        decided: false,
    }
}

/// A control plane with these programs.
fn boot(node: &unpack::Node) -> Machine {
    let machine = node.boots(std::path::Path::new("/bin/true"));
    for (name, text) in [("kubectl", KUBECTL), ("curl", CURL), ("sleep", SLEEP)] {
        let file = node.root.with_extension("approver").join(name);
        write(&file, text, 0o755);
        machine.run(&["cp", &file.to_string_lossy(), "/usr/local/bin/"]);
    }
    machine
}

/// A new key's request for a certificate, as an API object has it.
fn request(machine: &Machine, subject: &str, options: &[&str]) -> String {
    let mut openssl = machine.command("openssl");
    openssl.args(["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    openssl.args(["-keyout", "/dev/null", "-subj", subject]).args(options).args(["-out", "/csr"]);
    tools::run(&mut openssl).unwrap();
    machine.run(&["base64", "-w0", "/csr"])
}

/// Writes files on the machine, in place of those of an earlier case.
fn lay(machine: &Machine, files: &[(String, String)]) {
    machine.run(&["rm", "-rf", "/instances", "/nodes", "/approved"]);
    for (path, text) in files {
        let write = "mkdir -p \"$(dirname \"$1\")\" && printf %s \"$2\" >\"$1\"";
        machine.run(&["bash", "-c", write, "write", path, text]);
    }
}

/// Runs one round, and tells whether a request was approved, and what the script said.
fn decided(machine: &Machine) -> (bool, String) {
    let said = tools::run(&mut machine.command("/usr/local/sbin/approve-nodes")).expect_err("it never ends by itself");
    (machine.run(&["sh", "-c", "cat /approved 2>/dev/null || true"]) == "csr-1\n", said)
}

fn approves(machine: &Machine, case: &Case) -> (bool, String) {
    let name = case.user.trim_start_matches("gce-instance:");
    let request = request(machine, case.subject, case.options);
    let conditions = case.decided.then(|| json!([{"type": "Denied"}]));
    let requests = json!({"items": [{
        "metadata": {"name": "csr-1"},
        "status": {"conditions": conditions},
        "spec": {
            "signerName": "kubernetes.io/kube-apiserver-client-kubelet",
            "username": case.user, "request": request, "usages": case.usages,
            "extra": {"compute.googleapis.com/zone": ["z"], "compute.googleapis.com/instance-id": [case.id]},
        },
    }]});
    let mut files = vec![("/requests".to_owned(), requests.to_string())];
    if !case.instance.is_null() {
        files.push((format!("/instances/{name}"), case.instance.to_string()));
    }
    if let Some(ready) = case.node {
        let node = json!({"status": {"conditions": [{"type": "Ready", "status": ready}]}});
        files.push((format!("/nodes/{name}"), node.to_string()));
    }
    files.push(("/serving".to_owned(), json!({"items": []}).to_string()));
    lay(machine, &files);
    decided(machine)
}

#[test]
fn only_a_machine_of_the_cluster_gets_its_own_name() {
    if !namespaces(5, WHAT) || tools::find(5, WHAT, "openssl", "apt-get install openssl").is_none() {
        return;
    }
    each(WHAT, |node| {
        let Some(script) = node.files.get("/usr/local/sbin/approve-nodes") else { return Ok(()) };
        let machine = boot(node);
        let quoted =
            |after: &str| script.split(after).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let (subnetwork, tag) = (format!("subnetworks/{}", quoted("/subnetworks/")), quoted(". == \""));
        let cluster = &node.files["/usr/local/lib/cluster.sh"];
        let planes = cluster.split("control_planes=(").nth(1).and_then(|rest| rest.split([' ', ')']).next()).unwrap();
        let plane = |account: &str| {
            let mut case = good(tag, &subnetwork);
            case.user = Box::leak(format!("gce-instance:{planes}").into_boxed_str());
            case.subject = Box::leak(format!("/O=system:nodes/CN=system:node:{planes}").into_boxed_str());
            case.instance["serviceAccounts"][0]["email"] = account.into();
            case
        };
        let with = |change: &dyn Fn(&mut Case)| {
            let mut case = good(tag, &subnetwork);
            change(&mut case);
            case
        };
        for (what, case) in [
            ("a new node", with(&|_| {})),
            ("a node whose former machine is gone", with(&|case| case.node = Some("Unknown"))),
            ("a control plane", plane("control-planes@example.iam")),
        ] {
            let (approved, said) = approves(&machine, &case);
            if !approved {
                return Err(format!("{what} is not approved: {said}"));
            }
        }
        for (what, case) in [
            ("no identity token", with(&|case| case.user = "system:bootstrap:abcdef")),
            ("another name", with(&|case| case.subject = "/O=system:nodes/CN=system:node:another")),
            ("another group", with(&|case| case.subject = "/O=system:masters/CN=system:node:a-node")),
            ("two names", with(&|case| case.subject = "/O=system:nodes/CN=system:node:a-node/CN=system:node:another")),
            ("more names", with(&|case| case.options = &["-addext", "subjectAltName=DNS:api"])),
            ("another usage", with(&|case| case.usages = &["server auth"])),
            ("another instance of the same name", with(&|case| case.id = "2")),
            ("no instance", with(&|case| case.instance = Value::Null)),
            (
                "another network",
                with(&|case| case.instance["networkInterfaces"][0]["subnetwork"] = "p/subnetworks/x".into()),
            ),
            ("no tag of the cluster", with(&|case| case.instance["tags"]["items"] = json!(["x"]))),
            ("no tags", with(&|case| case.instance["tags"] = json!({}))),
            ("a node that is ready", with(&|case| case.node = Some("True"))),
            ("a decided request", with(&|case| case.decided = true)),
            ("a control plane's name for a node", plane("nodes@example.iam")),
        ] {
            let (approved, said) = approves(&machine, &case);
            if approved {
                return Err(format!("{what} is approved: {said}"));
            }
        }
        // The cluster has grown since this machine was made.
        machine.run(&["sh", "-c", &format!("echo '  control_planes=({planes} a-node)' >/user-data")]);
        let (approved, said) = approves(&machine, &with(&|_| {}));
        if approved {
            return Err(format!("the name of a control plane that came later is approved for a node: {said}"));
        }
        Ok(())
    });
}

/// A kubelet's request for its serving certificate: who asks, and for what. The instance has the addresses 10.0.0.7 and 203.0.113.7.
struct Serving {
    user: &'static str,
    groups: &'static [&'static str],
    subject: &'static str,
    names: &'static str,
    usages: &'static [&'static str],
    provider_id: &'static str,
}

const SERVING: Serving = Serving {
    user: "system:node:a-node",
    groups: &["system:nodes", "system:authenticated"],
    subject: "/O=system:nodes/CN=system:node:a-node",
    names: "DNS:a-node,IP:10.0.0.7",
    usages: &["digital signature", "server auth"],
    provider_id: "gce://p/z/a-node",
};

#[test]
fn a_node_serves_with_its_own_name_and_addresses_only() {
    let what = "approval of serving certificates";
    if !namespaces(5, what) || tools::find(5, what, "openssl", "apt-get install openssl").is_none() {
        return;
    }
    let serves = |node: &&unpack::Node| {
        let script = node.files.get("/usr/local/sbin/approve-nodes");
        script.is_some_and(|script| script.contains("kubelet-serving"))
    };
    let node = unpack::NODES.iter().find(serves).expect("an example with metrics-server");
    let script = &node.files["/usr/local/sbin/approve-nodes"];
    let quoted = |after: &str| script.split(after).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let (subnetwork, tag) = (quoted("/subnetworks/"), quoted(". == \""));
    let machine = boot(node);
    let approves = |case: &Serving, tag: &str| {
        let options: &[&str] = if case.names.is_empty() { &[] } else { &["-addext", case.names] };
        let named = case.names.contains('=');
        let san = format!("subjectAltName={}", case.names);
        let request = match (case.names.is_empty(), named) {
            (false, false) => request(&machine, case.subject, &["-addext", &san]),
            _ => request(&machine, case.subject, options),
        };
        let requests = json!({"items": [{
            "metadata": {"name": "csr-1"}, "status": {},
            "spec": {"username": case.user, "groups": case.groups, "request": request, "usages": case.usages},
        }]});
        let instance = json!({
            "tags": {"items": [tag]},
            "networkInterfaces": [{
                "subnetwork": format!("p/subnetworks/{subnetwork}"), "networkIP": "10.0.0.7",
                "accessConfigs": [{"natIP": "203.0.113.7"}, {}],
            }],
        });
        lay(
            &machine,
            &[
                ("/requests".to_owned(), json!({"items": []}).to_string()),
                ("/serving".to_owned(), requests.to_string()),
                ("/instances/a-node".to_owned(), instance.to_string()),
                ("/nodes/a-node".to_owned(), case.provider_id.to_owned()),
            ],
        );
        decided(&machine)
    };
    for (what, case) in [
        ("its own name and address", SERVING),
        ("its external address", Serving { names: "DNS:a-node,IP:10.0.0.7,IP:203.0.113.7", ..SERVING }),
        ("its address alone", Serving { names: "IP:10.0.0.7", ..SERVING }),
        (
            "an RSA key's usage",
            Serving { usages: &["key encipherment", "server auth", "digital signature"], ..SERVING },
        ),
    ] {
        let (approved, said) = approves(&case, tag);
        assert!(approved, "{what} is not approved: {said}");
    }
    for (what, case) in [
        ("a machine that has not joined", Serving { user: "gce-instance:a-node", ..SERVING }),
        ("a user named like a Node", Serving { groups: &["system:authenticated"], ..SERVING }),
        ("another Node's subject", Serving { subject: "/O=system:nodes/CN=system:node:b-node", ..SERVING }),
        ("the masters' group", Serving { subject: "/O=system:masters/CN=system:node:a-node", ..SERVING }),
        ("another name", Serving { names: "DNS:a-node,DNS:api.kub.internal", ..SERVING }),
        ("any name", Serving { names: "DNS:*", ..SERVING }),
        ("another address", Serving { names: "DNS:a-node,IP:10.0.0.8", ..SERVING }),
        ("an address as a name", Serving { names: "DNS:10.0.0.7", ..SERVING }),
        ("an email address", Serving { names: "DNS:a-node,email:a@b", ..SERVING }),
        ("a URI", Serving { names: "URI:https://a-node", ..SERVING }),
        ("no name", Serving { names: "", ..SERVING }),
        ("another extension", Serving { names: "basicConstraints=CA:TRUE", ..SERVING }),
        ("a client's usage", Serving { usages: &["client auth", "digital signature"], ..SERVING }),
        ("a client's usage too", Serving { usages: &["client auth", "server auth"], ..SERVING }),
        ("an instance of another name", Serving { provider_id: "gce://p/z/b-node", ..SERVING }),
        ("no instance yet", Serving { provider_id: "", ..SERVING }),
        ("a path in place of a zone", Serving { provider_id: "gce://p/../a-node", ..SERVING }),
        // As DER: a name with a line break, and after it another name.
        (
            "a name behind a line break",
            Serving { names: "subjectAltName=DER:301a8206612d6e6f64658210610a20202020746865206f746865720a", ..SERVING },
        ),
        (
            "a name behind a false signature",
            Serving {
                names: "subjectAltName=DER:30338206612d6e6f6465820f610a20205369676e61747572653a0a820c6f746865722e6e6f64652e6f820a7468652e6f746865722e",
                ..SERVING
            },
        ),
    ] {
        let (approved, said) = approves(&case, tag);
        assert!(!approved, "{what} is approved: {said}");
    }
    let (approved, said) = approves(&SERVING, "another-cluster");
    assert!(!approved, "an instance of another cluster is approved: {said}");
}
