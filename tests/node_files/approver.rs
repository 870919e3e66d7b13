//! The approver on the control planes: which requests for a machine's first certificate it approves.

use serde_json::{Value, json};

use crate::{
    machine::Machine,
    tools::{self, namespaces},
    unpack::{self, each, write},
};

const WHAT: &str = "approval of certificates";

/// The API: the requests in `/requests`, the Nodes below `/nodes`. `/approved` records what is approved.
const KUBECTL: &str = r#"#!/bin/bash
case "$*" in
  *certificatesigningrequests*) cat /requests ;;
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

/// Runs one round, and tells whether the request was approved, and what the script said.
fn approves(machine: &Machine, case: &Case) -> (bool, String) {
    let name = case.user.trim_start_matches("gce-instance:");
    let mut openssl = machine.command("openssl");
    openssl.args(["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    openssl.args(["-keyout", "/dev/null", "-subj", case.subject]).args(case.options).args(["-out", "/csr"]);
    tools::run(&mut openssl).unwrap();
    let request = machine.run(&["base64", "-w0", "/csr"]);
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
    machine.run(&["rm", "-rf", "/instances", "/nodes", "/approved"]);
    for (path, text) in files {
        let write = "mkdir -p \"$(dirname \"$1\")\" && printf %s \"$2\" >\"$1\"";
        machine.run(&["bash", "-c", write, "write", &path, &text]);
    }
    let said = tools::run(&mut machine.command("/usr/local/sbin/approve-nodes")).expect_err("it never ends by itself");
    (machine.run(&["sh", "-c", "cat /approved 2>/dev/null || true"]) == "csr-1\n", said)
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
        let planes = script.split("control_planes=(").nth(1).and_then(|rest| rest.split([' ', ')']).next()).unwrap();
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
        Ok(())
    });
}
