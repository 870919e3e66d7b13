//! Adoption: the lock is what the machines have, whatever order they are listed in; what cannot be brought together is refused; and what the
//! first apply does to a machine is said before.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use vpcgen::adopt::{self, Instance, Scope};
use vpcgen::lock::Lock;
use vpcgen::render::Origin;

mod support;
use support::folder::Folder;
use support::{cluster, compile_valid, readback};

const DESCRIPTION: &str = "name: kub\nproject: some-project\nregion: europe-west1\nzones: [europe-west1-b, europe-west1-c]\n\
     network: {nodes: 10.0.0.0/20, pods: 10.4.0.0/20}\npools: {n: {count: 3}}\n";
const SUBNET: &str =
    "https://www.googleapis.com/compute/v1/projects/some-project/regions/europe-west1/subnetworks/kub-europe-west1";
const ZONE: &str = "https://www.googleapis.com/compute/v1/projects/some-project/zones/europe-west1-b";

/// A machine as gcloud lists it, as the description has it but for its account.
fn machine(name: &str, address: &str, block: Option<&str>) -> Value {
    let alias = block.map(|block| json!({"ipCidrRange": block, "subnetworkRangeName": "kub-europe-west1-pod"}));
    json!({
        "name": name,
        "zone": ZONE,
        "machineType": format!("{ZONE}/machineTypes/e2-standard-2"),
        "canIpForward": true,
        "networkInterfaces": [{"subnetwork": SUBNET, "networkIP": address, "aliasIpRanges": Vec::from_iter(alias)}],
        "disks": [{"boot": true, "autoDelete": true, "deviceName": name, "diskSizeGb": "100"}],
        "serviceAccounts": [{"email": "default", "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}],
        "scheduling": {"preemptible": false, "provisioningModel": "STANDARD"},
        "shieldedInstanceConfig": {"enableSecureBoot": false},
        "status": "RUNNING",
    })
}

fn three() -> Vec<Value> {
    vec![
        machine("kub-m", "10.0.0.7", None),
        machine("kub-n-1", "10.0.0.8", Some("10.4.5.0/24")),
        machine("kub-n-2", "10.0.0.9", Some("10.4.0.0/24")),
    ]
}

fn read(list: &[Value]) -> Vec<Instance> {
    adopt::read(&json!(list).to_string()).unwrap()
}

fn adopted(list: &[Value]) -> Result<Lock, Vec<String>> {
    adopt::lock(&cluster(DESCRIPTION), None, &read(list))
}

fn notes(list: &[Value]) -> String {
    let plan = vpcgen::plan::plan(&cluster(DESCRIPTION), &adopted(list).unwrap());
    adopt::notes(&plan, Scope::ByHand, Some(&read(list)))
}

#[test]
fn machines_keep_what_they_have() {
    let lock = adopted(&three()).unwrap();
    let place = |name: &str| {
        let place = &lock.nodes[name];
        (place.pods.to_string(), place.address.map(|address| address.to_string()))
    };
    // kub-m has no block yet, and kub-n-3 does not exist: both get one that nobody has.
    assert_eq!(place("kub-m"), ("10.4.1.0/24".to_owned(), Some("10.0.0.7".to_owned())));
    assert_eq!(place("kub-n-1"), ("10.4.5.0/24".to_owned(), None));
    assert_eq!(place("kub-n-2"), ("10.4.0.0/24".to_owned(), None));
    assert_eq!(place("kub-n-3"), ("10.4.2.0/24".to_owned(), None));
    // Again, with the lock that was written: nothing changes.
    assert_eq!(adopt::lock(&cluster(DESCRIPTION), Some(&lock), &read(&three())).unwrap(), lock);
}

#[test]
fn an_address_is_rendered_as_planned() {
    let text = DESCRIPTION.replace("pools", "control_plane: {count: 3}\npools");
    let lock = adopt::lock(&cluster(&text), None, &read(&three())).unwrap();
    let plan = vpcgen::plan::plan(&cluster(&text), &lock);
    let addresses = plan.resources().into_iter().filter(|resource| resource.address.kind == "google_compute_address");
    let pinned: Vec<Option<Value>> = addresses.map(|resource| resource.arguments.get("address").cloned()).collect();
    assert_eq!(pinned, [Some(json!("10.0.0.7")), None, None, None]);
    readback::compare(&vpcgen::render::single(&plan, &Origin::single("cluster.yaml".into())), &plan);
}

#[test]
fn contradictions_are_refused() {
    let refused = |list: &[Value]| adopted(list).expect_err("it is refused").join("\n");
    let set = |pointer: &str, value: Value| {
        let mut list = three();
        *list[1].pointer_mut(pointer).unwrap() = value;
        refused(&list)
    };
    let alias = "/networkInterfaces/0/aliasIpRanges/0/ipCidrRange";
    let two = json!([{"ipCidrRange": "10.4.5.0/24"}, {"ipCidrRange": "10.4.6.0/24"}]);
    let twice = [three(), three()[1..2].to_vec()].concat();
    let refusals = [
        set(alias, json!("10.4.4.0/23")),
        set(alias, json!("10.9.0.0/24")),
        set(alias, json!("/24")),
        set(alias, json!("10.4.0.0/24")),
        set("/networkInterfaces/0/aliasIpRanges", two),
        set("/networkInterfaces", json!([])),
        set("/networkInterfaces/0/subnetwork", json!("projects/p/regions/europe-west1/subnetworks/other")),
        set("/zone", json!("zones/europe-west4-a")),
        refused(&twice),
        refused(&[]),
    ];
    insta::assert_snapshot!(refusals.join("\n"));
    // A lock that was applied says otherwise.
    let applied = Lock::assign(&cluster(DESCRIPTION), None);
    let problems = adopt::lock(&cluster(DESCRIPTION), Some(&applied), &read(&three())).unwrap_err();
    assert!(problems.iter().any(|problem| problem.contains("of kub-n-1, but it has 10.4.5.0/24")), "{problems:?}");
}

/// What a difference leads to: the heading above the machine's line.
#[test]
fn what_the_first_apply_does_is_said() {
    let alias = "/networkInterfaces/0/aliasIpRanges/0/subnetworkRangeName";
    let cases = [
        ("/scheduling/preemptible", json!(true), "is a Spot VM", "REPLACES"),
        ("/disks/0/deviceName", json!("persistent-disk-0"), "its boot disk is persistent-disk-0", "REPLACES"),
        ("/disks/0/diskSizeGb", json!("200"), "boot disk 200 GB → 100 GB", "fails"),
        (alias, json!("pods"), "is not of kub-europe-west1-pod", "fails"),
        ("/machineType", json!("x/machineTypes/n2-standard-8"), "n2-standard-8 → e2-standard-2", "restarts"),
        ("/shieldedInstanceConfig/enableSecureBoot", json!(true), "Secure Boot off", "restarts"),
        ("/serviceAccounts", json!([]), "service account that is created for it", "restarts"),
        ("/disks/0/diskSizeGb", json!("50"), "boot disk 50 GB → 100 GB", "while they run"),
        ("/disks/0/autoDelete", json!(false), "boot disk deleted with it", "while they run"),
        ("/canIpForward", json!(false), "IP forwarding on", "while they run"),
    ];
    for (pointer, value, what, effect) in cases {
        let mut list = three();
        *list[1].pointer_mut(pointer).unwrap() = value;
        let text = notes(&list);
        let line = text.lines().position(|line| line.starts_with("  kub-n-1: ") && line.contains(what));
        let line = line.unwrap_or_else(|| panic!("{what}: {text}"));
        let heading = text.lines().take(line).filter(|line| !line.starts_with("  ")).last().unwrap();
        assert!(heading.contains(effect), "{what}: {heading}");
    }
    let mut list = three();
    list[1]["metadata"] = json!({"items": [{"key": "ssh-keys", "value": "me"}, {"key": "user-data", "value": "x"}]});
    list.push(machine("vpn", "10.0.0.20", None));
    let text = notes(&list);
    assert!(text.contains("  kub-n-1: metadata removed: ssh-keys\n"), "{text}");
    assert!(text.contains("not in the list, and therefore created: kub-n-3\n"), "{text}");
    assert!(text.contains("not in the description, and therefore left alone: vpn\n"), "{text}");
}

#[test]
fn import_blocks_are_literal_and_complete() {
    let plan = compile_valid(DESCRIPTION).plan();
    let all = adopt::blocks(&plan, Scope::All, None);
    let resources = plan.resources();
    assert_eq!(all.matches("\nimport {\n").count(), resources.len());
    for resource in resources {
        let block = format!("  to = {}\n  id = \"{}\"\n", resource.address, resource.import_id);
        assert!(all.contains(&block), "{block}");
    }
    assert!(!all.contains("for_each"));
    assert!(!all.contains(vpcgen::render::MARK), "render --out would take the file for its own, and delete it");
    hcl::parse(&all).unwrap();
    let some = adopt::blocks(&plan, Scope::All, Some(&read(&three()[..1])));
    assert!(some.contains("[\"kub-m\"]") && !some.contains("google_compute_instance.n["), "{some}");
}

#[test]
fn the_command_writes_the_lock_and_refuses_what_it_cannot_use() {
    let folder = Folder::with(DESCRIPTION);
    folder.write("instances.json", &json!(three()).to_string());
    let import = ["import", "--from", "instances.json"];
    let first = folder.run(&import).ends(0);
    assert!(first.err().contains("created cluster.lock.json"), "{}", first.err());
    assert_eq!(first.out(), folder.run(&import).ends(0).out());
    folder.run(&["lock", "--check"]).ends(0);
    let lock = folder.read("cluster.lock.json");
    for (text, message) in
        [("{}", "not a list of instances"), ("[", "not a list of instances"), ("[]", "none of the machines")]
    {
        folder.write("instances.json", text);
        let run = folder.run(&import).ends(1);
        assert!(run.err().contains(message) && run.out().is_empty(), "{}", run.err());
    }
    assert!(folder.run(&["import", "--from", "missing.json"]).ends(1).err().contains("missing.json"));
    assert_eq!(folder.read("cluster.lock.json"), lock, "a refusal changes nothing");
    folder.run(&["import", "-", "--from", "instances.json"]).ends(1);
    let blind = folder.run(&["import"]).ends(0);
    assert!(
        blind.err().contains("not compared with what exists") && blind.out().contains("import {"),
        "{}",
        blind.err()
    );
}

/// Names from elsewhere are not trusted: an escape in one does not reach the terminal.
#[test]
fn names_in_the_list_are_harmless() {
    let folder = Folder::with(DESCRIPTION);
    let mut list = three();
    list[2]["name"] = json!("x\u{1b}[31m");
    folder.write("instances.json", &json!(list).to_string());
    let run = folder.run(&["import", "--from", "instances.json"]).ends(0);
    assert!(run.err().contains("left alone") && !run.err().contains('\u{1b}'), "{}", run.err());
    list[1]["networkInterfaces"][0]["aliasIpRanges"][0]["ipCidrRange"] = json!("\u{1b}[31m");
    folder.write("instances.json", &json!(list).to_string());
    let run = folder.run(&["import", "--from", "instances.json"]).ends(1);
    assert!(!run.err().contains('\u{1b}'), "{}", run.err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// In any order, with any blocks: who has one keeps it, and nobody gets another's.
    #[test]
    fn nobody_moves(
        order in Just(vec![0, 1, 2, 3]).prop_shuffle(),
        blocks in prop::sample::subsequence((0..16).collect::<Vec<u8>>(), 3),
        with in any::<[bool; 4]>(),
    ) {
        let names = ["kub-m", "kub-n-1", "kub-n-2", "kub-n-3"];
        let block = |at: usize| (at > 0 && with[at]).then(|| format!("10.4.{}.0/24", blocks[at - 1]));
        let list: Vec<Value> = order
            .iter()
            .map(|at| machine(names[*at], &format!("10.0.0.{}", at + 2), block(*at).as_deref()))
            .collect();
        let lock = adopted(&list).unwrap();
        for (at, name) in names.iter().enumerate() {
            if let Some(block) = block(at) {
                prop_assert_eq!(lock.nodes[*name].pods.to_string(), block);
            }
        }
        prop_assert_eq!(lock.blocks().collect::<BTreeSet<_>>().len(), 4);
        let address = lock.nodes["kub-m"].address.map(|address| address.to_string());
        prop_assert_eq!(address.as_deref(), Some("10.0.0.2"));
    }
}
