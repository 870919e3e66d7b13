//! The guide's cluster, made by hand and then adopted: its gcloud commands are replayed, `vpcgen import --from` reads what gcloud would
//! list, and Terraform takes the machines over without destroying one.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::google::{Google, client::CURRENT};
use crate::proof::{examples, provider, terraform::Workspace};
use crate::{EXAMPLE, bodies, tools};

const ZONE: &str = "/compute/v1/projects/youzhi-lab/zones/asia-southeast1-b/instances";
const MACHINES: [&str; 3] = ["kub-m", "kub-n-1", "kub-n-2"];

/// Sends what the guide's commands send.
pub(crate) fn replay(google: &Google) {
    for request in bodies::requests_of_guide() {
        let mut body = request.body.clone();
        if body["fingerprint"].is_string() {
            body["fingerprint"] = CURRENT.into();
        }
        let (status, answer) = google.send(&request.method, &request.path, &body);
        assert!(status == 200 && answer["error"].is_null(), "{} {}: {answer}", request.method, request.path);
    }
}

/// What `gcloud compute instances list --format=json` prints: the machines as the API has them.
fn list(google: &Google) -> Value {
    MACHINES.map(|name| google.send("GET", &format!("{ZONE}/{name}"), &Value::Null).1).into()
}

/// Runs vpcgen in a folder; answers standard output and standard error.
fn vpcgen(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vpcgen")).args(arguments).current_dir(folder).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{arguments:?}: {err}");
    (out, err)
}

/// The example's description with its imports and its tree, in a folder of its own; and what `import` said.
fn adopted(google: &Google) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(examples::named(EXAMPLE).join("cluster.yaml"), folder.path().join("cluster.yaml")).unwrap();
    std::fs::write(folder.path().join("instances.json"), list(google).to_string()).unwrap();
    let (imports, said) = vpcgen(folder.path(), &["import", "--from", "instances.json"]);
    std::fs::write(folder.path().join("imports.tf"), imports).unwrap();
    vpcgen(folder.path(), &["render", "--out", "."]);
    (folder, said)
}

#[test]
fn the_guides_machines_are_adopted() {
    let Some(provider) = provider::find(3, "adoption of the guide's cluster") else { return };
    let before = Google::start();
    replay(&before);
    let (folder, said) = adopted(&before);
    let workspace = Workspace::new(folder.path(), &provider);
    replay(&workspace.google);
    let addresses = |google: &Google| {
        list(google)
            .as_array()
            .unwrap()
            .iter()
            .map(|machine| machine["networkInterfaces"][0]["networkIP"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(addresses(&workspace.google), addresses(&before), "the stand-in hands out addresses in order");
    let ids = |google: &Google| {
        list(google).as_array().unwrap().iter().map(|machine| machine["id"].clone()).collect::<Vec<_>>()
    };
    let (ids_before, sent_before) = (ids(&workspace.google), workspace.google.requests().len());
    workspace.init().and_then(|()| workspace.plan()).unwrap_or_else(|failure| panic!("{failure}"));
    let plan = workspace.planned().unwrap_or_else(|failure| panic!("{failure}"));
    let changes = plan["resource_changes"].as_array().unwrap();
    let destroyed =
        changes.iter().filter(|change| change["change"]["actions"].as_array().unwrap().contains(&json!("delete")));
    assert_eq!(destroyed.map(|change| &change["address"]).collect::<Vec<_>>(), Vec::<&Value>::new(), "0 to destroy");
    let imported = changes.iter().filter(|change| !change["change"]["importing"].is_null()).count();
    let created = changes.iter().filter(|change| change["change"]["actions"] == json!(["create"])).count();
    assert!(
        said.contains(&format!("\n{imported} resources adopted, {created} resources created\n")),
        "{imported} {created}: {said}"
    );
    workspace.apply().and_then(|()| workspace.plan_is_empty()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(ids(&workspace.google), ids_before, "no machine was replaced");
    assert_eq!(addresses(&workspace.google), addresses(&before), "no machine moved");
    // What was announced is what happened.
    let requests = workspace.google.requests();
    let stopped: BTreeSet<&str> = requests[sent_before..]
        .iter()
        .filter_map(|request| request.path.strip_prefix(ZONE)?.strip_suffix("/stop"))
        .map(|name| name.trim_start_matches('/'))
        .collect();
    let (_, restarts) = said.split_once("restarts, all at the same time:\n").unwrap();
    let announced: BTreeSet<&str> = restarts
        .lines()
        .map_while(|line| Some(line.trim().split_once(": ")?.0))
        .filter(|name| MACHINES.contains(name))
        .collect();
    assert_eq!(stopped, announced, "{said}");
    tools::ok(3, EXAMPLE, &format!("{imported} resources adopted, 0 destroyed, second plan empty"));
}

/// Without the machine's own address in the lock, Terraform would reserve another one.
#[test]
fn the_control_planes_address_is_in_the_lock_and_in_the_tree() {
    let google = Google::start();
    replay(&google);
    let (folder, said) = adopted(&google);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let address = list(&google)[0]["networkInterfaces"][0]["networkIP"].as_str().unwrap().to_owned();
    assert!(read("cluster.lock.json").contains(&format!("\"address\": \"{address}\"")));
    assert!(read("control_plane.tf").contains(&format!("address = \"{address}\"")));
    let (_, said) = said.split_once("run `vpcgen explain open-to-world`\n").unwrap();
    insta::assert_snapshot!(format!("{said}\n{}\n{}", read("imports.tf"), read("cluster.lock.json")));
    // The lock stays as it is, and a second run changes nothing.
    vpcgen(folder.path(), &["lock", "--check"]);
    let (again, _) = vpcgen(folder.path(), &["import", "--from", "instances.json"]);
    assert_eq!(again, read("imports.tf"));
    vpcgen(folder.path(), &["render", "--out", ".", "--check"]);
}

/// Why the address is there: without it Terraform reserves another one, and cannot give it to a machine that has one.
#[test]
fn without_the_address_the_apply_fails() {
    let Some(provider) = provider::find(3, "adoption without the address") else { return };
    let google = Google::start();
    replay(&google);
    let (folder, _) = adopted(&google);
    let lock = std::fs::read_to_string(folder.path().join("cluster.lock.json")).unwrap();
    let (before, after) = lock.split_once(", \"address\": \"").unwrap();
    let (_, after) = after.split_once('"').unwrap();
    std::fs::write(folder.path().join("cluster.lock.json"), format!("{before}{after}")).unwrap();
    vpcgen(folder.path(), &["render", "--out", "."]);
    let workspace = Workspace::new(folder.path(), &provider);
    replay(&workspace.google);
    workspace.init().and_then(|()| workspace.plan()).unwrap_or_else(|failure| panic!("{failure}"));
    let failure = workspace.apply().expect_err("the address belongs to nobody");
    assert!(failure.to_string().contains("google_compute_instance.control_plane[\"kub-m\"]"), "{failure}");
}

/// The ids of all resources are right: after the loss of the state, `import --all` brings every one of them back, and nothing changes.
#[test]
fn a_lost_state_is_imported_again() {
    let Some(provider) = provider::find(3, "import after the loss of a state") else { return };
    for example in examples::all() {
        let name = examples::name(&example);
        let workspace = Workspace::new(&example, &provider);
        let ready = workspace.init().and_then(|()| workspace.plan()).and_then(|()| workspace.apply());
        ready.unwrap_or_else(|failure| panic!("{name}: {failure}"));
        std::fs::remove_file(workspace.tree().join("terraform.tfstate")).unwrap();
        let (imports, _) = vpcgen(&example, &["import", "--all"]);
        std::fs::write(workspace.tree().join("imports.tf"), imports).unwrap();
        workspace.plan().unwrap_or_else(|failure| panic!("{name}: {failure}"));
        let plan = workspace.planned().unwrap_or_else(|failure| panic!("{name}: {failure}"));
        let changes = plan["resource_changes"].as_array().unwrap();
        for change in changes {
            let actions = &change["change"]["actions"];
            let (address, importing) = (&change["address"], &change["change"]["importing"]);
            assert!(!importing.is_null(), "{name}: {address} is not imported");
            assert!(*actions == json!(["no-op"]) || *actions == json!(["update"]), "{name}: {address}: {actions}");
        }
        workspace
            .apply()
            .and_then(|()| workspace.plan_is_empty())
            .unwrap_or_else(|failure| panic!("{name}: {failure}"));
        tools::ok(3, &name, &format!("{} resources imported after the loss of the state", changes.len()));
    }
}
