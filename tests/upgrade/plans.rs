//! What the script sees in the plans of the real provider: which changes stop a machine.

use std::process::{Command, Stdio};

use crate::proof::{examples, provider, terraform::Workspace};
use crate::tools;

const WHAT: &str = "what stops a machine, in plans";
const NODE: &str = "google_compute_instance.web[\"prod-web-1\"]";

/// The lines of the script's own jq program for the saved plan.
fn changes(workspace: &Workspace, program: &str) -> Vec<String> {
    let plan = workspace.planned().unwrap_or_else(|failure| panic!("{failure}")).to_string();
    let mut jq = Command::new("jq").args(["-r", program]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut jq.stdin.take().unwrap(), plan.as_bytes()).unwrap();
    let output = jq.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn metadata_change_on_running_machines_and_other_changes_stop_them() {
    let Some(provider) = provider::find(3, WHAT) else { return };
    let script = include_str!("../../templates/upgrade/terraform.sh");
    let program = script.split("\nchanges='").nth(1).unwrap().split("'\n").next().unwrap();
    let workspace = Workspace::new(&examples::named("ha"), &provider);
    let must = |done: Result<(), _>| done.unwrap_or_else(|failure: crate::proof::failure::Failure| panic!("{failure}"));
    must(workspace.init());
    must(workspace.plan());
    let created = changes(&workspace, program);
    assert!(created.contains(&format!("create\t{NODE}\tprod-web-1")), "{created:?}");
    must(workspace.apply());
    must(workspace.plan());
    assert_eq!(changes(&workspace, program), Vec::<String>::new());
    for (find, put, what) in [
        ("maxPods: 110", "maxPods: 100", "update"),
        ("#cloud-config\n", "#cloud-config\n# changed\n", "update"),
        ("team = \"platform\"", "team = \"other\"", "update"),
        ("\"prod-node\"", "\"prod-worker\"", "update"),
        ("auto_delete = true", "auto_delete = false", "update"),
        ("\"n2-standard-4\"", "\"n2-standard-8\"", "stop"),
        ("pd-balanced", "pd-standard", "stop"),
    ] {
        // Boot files differ between the groups: one of these is in the control plane's only.
        let found = examples::replace(&workspace.tree(), find, put).expect("the copy can be changed");
        assert!(found, "no file of the example says {find:?} any more: find another change");
        must(workspace.plan());
        let machines: Vec<String> =
            changes(&workspace, program).into_iter().filter(|line| line.contains("google_compute_instance.")).collect();
        assert!(!machines.is_empty() && machines.iter().all(|line| line.starts_with(what)), "{put}: {machines:?}");
        assert!(examples::replace(&workspace.tree(), put, find).expect("the copy can be changed"));
    }
    must(workspace.plan_with(&[&format!("-replace={NODE}")]));
    assert_eq!(changes(&workspace, program), [format!("stop\t{NODE}\tprod-web-1")]);
    // A control plane is replaced together with its place in the load balancer, and alone.
    let (plane, member) = (
        "google_compute_instance.control_plane[\"prod-m\"]",
        "google_compute_instance_group_membership.control_plane[\"prod-m\"]",
    );
    let options = [format!("-replace={plane}"), format!("-target={plane}"), format!("-target={member}")];
    must(workspace.plan_with(&options.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(changes(&workspace, program), [format!("stop\t{plane}\tprod-m"), format!("update\t{member}\t")]);
    tools::ok(3, "ha", WHAT);
}
