use serde_json::{Value, json};

use crate::world::World;

/// What it changes, how, and the answer to it. Situations that change different things are run
/// together, those without a name alone; `+` joins several things.
type Situation = (&'static str, fn(&mut World), &'static str);

/// Situations as few runs: the fakes take time.
fn rounds(all: &'static [Situation]) -> Vec<Vec<&'static Situation>> {
    let mut rounds: Vec<Vec<&Situation>> = Vec::new();
    for one in all {
        let fits = |round: &&mut Vec<&Situation>| {
            let shares = |other: &&&Situation| one.0.split('+').any(|part| other.0.split('+').any(|of| of == part));
            !one.0.is_empty() && !round.iter().any(|other| shares(&other) || other.0.is_empty())
        };
        match rounds.iter_mut().find(fits) {
            Some(round) => round.push(one),
            None => rounds.push(vec![one]),
        }
    }
    rounds
}

fn zone(name: &str) -> Value {
    json!(format!("https://www.googleapis.com/compute/v1/projects/some-project/zones/europe-west1-{name}"))
}

fn policy(world: &mut World, constraint: &str, policy: Value) {
    world.answers[format!("resource-manager org-policies describe {constraint}")] = policy;
}

/// What is wrong with a project, and the answer to it.
const SITUATIONS: &[Situation] = &[
    (
        "token",
        |w| w.fails["auth application-default"] = json!("no credentials"),
        "no   Terraform finds credentials\n     gcloud auth application-default login\n",
    ),
    (
        "",
        |w| w.fails["projects describe"] = json!("not found"),
        "no   the project some-project exists, and gcloud's account can read it\n     ERROR: (gcloud) not found\n\nNothing else",
    ),
    (
        "billing projects describe",
        |w| w.answers["billing projects describe"] = json!({"billingEnabled": false}),
        "no   billing is enabled\n",
    ),
    (
        "billing projects describe",
        |w| w.fails["billing projects describe"] = json!("denied"),
        "?    billing is enabled\n     ERROR: (gcloud) denied\n",
    ),
    (
        "services list",
        |w| drop(w.answers["services list"].as_array_mut().unwrap().remove(2)),
        "no   the API dns.googleapis.com is enabled\n     gcloud services enable dns.googleapis.com --project=some-project\n",
    ),
    ("services list", |w| w.fails["services list"] = json!("denied"), "?    the APIs are enabled\n"),
    (
        "token",
        |w| w.lacks = json!(["dns.managedZones.create"]),
        "no   Terraform's credentials have the permissions of roles/dns.admin; missing: dns.managedZones.create\n     gcloud projects add-iam-policy-binding some-project --role=roles/dns.admin --member=MEMBER\n",
    ),
    (
        "token",
        |w| w.lacks = Value::Null,
        "?    Terraform's credentials have the permissions that they need\n     curl: (22)",
    ),
    (
        "iam service-accounts describe",
        |w| w.fails["iam service-accounts describe"] = json!("not found"),
        "no   the service account own@some-project.iam.gserviceaccount.com exists\n",
    ),
    (
        "iam service-accounts describe",
        |w| w.answers["iam service-accounts describe"] = json!({"disabled": true}),
        "no   the service account own@some-project.iam.gserviceaccount.com is enabled\n",
    ),
    (
        "storage buckets describe gs://some-state",
        |w| w.fails["storage buckets describe gs://some-state"] = json!("404"),
        "no   the bucket some-state for Terraform's state exists\n",
    ),
    (
        "compute networks list",
        |w| w.answers["compute networks list"] = json!([{"name": "kub-vpc"}]),
        "no   the network kub-vpc does not exist yet\n",
    ),
    (
        "compute networks subnets list",
        |w| {
            w.answers["compute networks subnets list"] =
                json!([{"name": "kub-europe-west1", "region": "https://x/regions/europe-west1"}])
        },
        "no   the subnet kub-europe-west1 does not exist yet\n",
    ),
    (
        "compute disks list",
        |w| w.answers["compute disks list"] = json!([{"name": "kub-m-state", "zone": zone("b")}]),
        "no   the disk europe-west1-b/kub-m-state does not exist yet\n",
    ),
    (
        "compute disks list",
        |w| w.answers["compute disks list"] = json!([{"name": "kub-a-1", "zone": zone("b")}]),
        "no   the disk europe-west1-b/kub-a-1 does not exist yet\n",
    ),
    (
        "iam service-accounts list",
        |w| w.answers["iam service-accounts list"] = json!([{"name": "projects/some-project/serviceAccounts/x", "email": "kub-nodes@some-project.iam.gserviceaccount.com"}]),
        "no   the service account kub-nodes does not exist yet\n",
    ),
    (
        "iam roles list",
        |w| w.answers["iam roles list"] = json!([{"name": "projects/some-project/roles/kub_control_plane"}]),
        "no   the custom role kub_control_plane does not exist yet\n",
    ),
    (
        "iam roles list",
        |w| {
            w.answers["iam roles list"] =
                json!([{"name": "projects/some-project/roles/kub_control_plane", "deleted": true}])
        },
        "it was deleted, and its name is reserved for 37 days\n",
    ),
    (
        "secrets list",
        |w| w.answers["secrets list"] = json!([{"name": "projects/1/secrets/kub-pki"}]),
        "no   the secret kub-pki does not exist yet\n",
    ),
    ("secrets list", |w| w.fails["secrets list"] = json!("denied"), "?    the names of the secrets are free\n"),
    (
        "storage buckets describe gs://some-project-kub-etcd",
        |w| {
            drop(w.fails.as_object_mut().unwrap().remove("storage buckets describe gs://some-project-kub-etcd"));
            w.answers["storage buckets describe gs://some-project-kub-etcd"] = json!({});
        },
        "no   the bucket some-project-kub-etcd does not exist yet\n",
    ),
    (
        "storage buckets describe gs://some-project-kub-etcd",
        |w| w.fails["storage buckets describe gs://some-project-kub-etcd"] = json!("HTTPError 403"),
        "no   the name of the bucket some-project-kub-etcd is free; it exists in another project\n     set backup.bucket\n",
    ),
    (
        "machine types",
        |w| w.answers["compute machine-types list"] = json!([]),
        "no   europe-west1-b has the machine type n2-standard-2\n",
    ),
    (
        "machine types",
        |w| w.fails["compute machine-types describe"] = json!("no"),
        "no   europe-west1-b has the machine type n2-custom-4-8192\n",
    ),
    (
        "machine types",
        |w| w.fails["compute machine-types list"] = json!("no"),
        "?    the zones have the machine types\n",
    ),
    (
        "compute disk-types list",
        |w| w.answers["compute disk-types list"] = json!([]),
        "no   europe-west1-b has disks of the type pd-balanced\n",
    ),
    (
        "compute disk-types list",
        |w| w.fails["compute disk-types list"] = json!("no"),
        "?    the zones have the disk types\n",
    ),
    (
        "compute images describe-from-family",
        |w| w.fails["compute images describe-from-family"] = json!("no"),
        "no   the image projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64 exists, and gcloud's account can use it\n",
    ),
    (
        "n2",
        |w| w.answers["compute regions describe"]["quotas"][1]["limit"] = json!(505.0),
        "no   the quota N2_CPUS has room for 6: only 5 are left\n",
    ),
    (
        "spot",
        |w| w.answers["compute regions describe"]["quotas"][2]["limit"] = json!(507.0),
        "no   the quota PREEMPTIBLE_CPUS has room for 8: only 7 are left\n",
    ),
    (
        "n2+spot+networks+all",
        |w| w.answers["compute regions describe"]["quotas"] = json!([]),
        "?    the quota INSTANCES has room for 6\n",
    ),
    (
        "networks",
        |w| w.answers["compute project-info describe"]["quotas"][3]["limit"] = json!(500.0),
        "no   the quota ROUTERS has room for 1: only 0 are left\n",
    ),
    (
        "all",
        |w| w.answers["compute project-info describe"]["quotas"][4]["limit"] = json!(505.0),
        "no   the quota CPUS_ALL_REGIONS has room for 6: only 5 are left\n",
    ),
    ("n2+spot+networks+all", |w| w.fails["compute regions describe"] = json!("no"), "?    the quotas have room\n"),
    (
        "iam.disableServiceAccountCreation",
        |w| policy(w, "iam.disableServiceAccountCreation", json!({"booleanPolicy": {"enforced": true}})),
        "no   the organisation policy iam.disableServiceAccountCreation is off\n     set service_account",
    ),
    (
        "compute.requireShieldedVm",
        |w| policy(w, "compute.requireShieldedVm", json!({"booleanPolicy": {"enforced": true}})),
        "no   the organisation policy compute.requireShieldedVm is off\n",
    ),
    (
        "compute.requireOsLogin",
        |w| policy(w, "compute.requireOsLogin", json!({"booleanPolicy": {"enforced": true}})),
        "no   the organisation policy compute.requireOsLogin is off\n",
    ),
    (
        "compute.vmExternalIpAccess",
        |w| policy(w, "compute.vmExternalIpAccess", json!({"listPolicy": {"allValues": "DENY"}})),
        "no   the organisation policy compute.vmExternalIpAccess allows projects/some-project/zones/europe-west1-b/instances/kub-m\n",
    ),
    (
        "compute.vmCanIpForward",
        |w| {
            policy(
                w,
                "compute.vmCanIpForward",
                json!({"listPolicy": {"allowedValues": ["projects/some-project/zones/europe-west1-b/instances/other"]}}),
            )
        },
        "no   the organisation policy compute.vmCanIpForward allows projects/some-project/zones/europe-west1-b/instances/kub-m\n     set network.ip_forward: false\n",
    ),
    (
        "compute.vmCanIpForward",
        |w| {
            policy(
                w,
                "compute.vmCanIpForward",
                json!({"listPolicy": {"allowedValues": ["under:projects/some-project"]}}),
            )
        },
        "?    the organisation policy compute.vmCanIpForward allows projects/some-project/zones/europe-west1-b/instances/kub-m\n     it names groups of values",
    ),
    (
        "compute.restrictCloudNATUsage",
        |w| {
            policy(
                w,
                "compute.restrictCloudNATUsage",
                json!({"listPolicy": {"deniedValues": ["projects/some-project/regions/europe-west1/subnetworks/kub-europe-west1"]}}),
            )
        },
        "no   the organisation policy compute.restrictCloudNATUsage allows",
    ),
    (
        "compute.restrictLoadBalancerCreationForTypes",
        |w| {
            policy(
                w,
                "compute.restrictLoadBalancerCreationForTypes",
                json!({"listPolicy": {"deniedValues": ["in:EXTERNAL"]}}),
            )
        },
        "?    the organisation policy compute.restrictLoadBalancerCreationForTypes allows INTERNAL_TCP_UDP\n",
    ),
    (
        "compute.trustedImageProjects",
        |w| policy(w, "compute.trustedImageProjects", json!({"listPolicy": {"allowedValues": ["projects/other"]}})),
        "no   the organisation policy compute.trustedImageProjects allows projects/ubuntu-os-cloud\n",
    ),
    (
        "compute.requireVpcFlowLogs",
        |w| policy(w, "compute.requireVpcFlowLogs", json!({"listPolicy": {"allowedValues": ["ESSENTIAL"]}})),
        "no   the organisation policy compute.requireVpcFlowLogs allows no flow logs\n",
    ),
    (
        "gcp.resourceLocations",
        |w| policy(w, "gcp.resourceLocations", json!({"listPolicy": {"allowedValues": ["in:us-locations"]}})),
        "?    the organisation policy gcp.resourceLocations allows europe-west1\n",
    ),
    (
        "gcp.restrictServiceUsage",
        |w| policy(w, "gcp.restrictServiceUsage", json!({"listPolicy": {"deniedValues": ["dns.googleapis.com"]}})),
        "no   the organisation policy gcp.restrictServiceUsage allows dns.googleapis.com\n",
    ),
    (
        "",
        |w| w.fails["resource-manager org-policies"] = json!("denied"),
        "?    the organisation policy compute.vmCanIpForward allows projects/some-project/zones/europe-west1-b/instances/kub-m\n     ERROR: (gcloud) denied\n",
    ),
];

#[test]
fn each_answer_is_right_and_every_line_is_reached() {
    let mut world = World::perfect();
    let (status, said) = world.run(&[]);
    assert_eq!(status, 0, "{said}");
    assert!(said.ends_with("\n1 could not be checked.\nNothing is missing.\n") && !said.contains("\nno "), "{said}");
    assert!(said.contains("?    the quota of vCPUs has room for x9-standard-4\n"), "{said}");
    assert!(said.contains("yes  the quota SSD_TOTAL_GB has room for"), "{said}");
    assert!(said.contains("yes  the quota CPUS_ALL_REGIONS has room for 6: 1000 are left\n"), "{said}");
    let mut reached = world.reached;
    for (round, options) in rounds(SITUATIONS)
        .iter()
        .map(|round| (round, &[][..]))
        .chain(rounds(FINE).iter().map(|round| (round, &["--applied"][..])))
    {
        let mut world = World::perfect();
        round.iter().for_each(|(_, change, _)| change(&mut world));
        let (status, said) = world.run(options);
        for (_, _, expected) in round {
            assert!(said.contains(expected), "{expected}\nis not in\n{said}");
        }
        let no = said.starts_with("no ") || said.contains("\nno ");
        assert!(status == i32::from(no) && (options.is_empty() || !no), "{said}");
        reached.extend(world.reached);
    }
    for (options, tools, expected, end) in [
        (vec!["--help"], true, "usage: preflight.sh", 0),
        (vec!["--x"], true, "usage: preflight.sh", 1),
        (vec![], false, "gcloud is not installed", 1),
    ] {
        let mut world = World::perfect();
        let (status, said) = world.run_with(&options, tools, &[]);
        assert!(status == end && said.contains(expected), "{options:?}: {status} {said}");
        reached.extend(world.reached);
    }
    let missed: Vec<String> = World::perfect()
        .script
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| ["yes ", "no ", "unsure ", "in_use ", "exit"].iter().any(|word| line.starts_with(word)))
        // The definitions of the functions.
        .filter(|(_, line)| !line.contains("() {"))
        .filter(|(number, _)| !(*number..number + 2).any(|line| reached.contains(&line)))
        .map(|(number, line)| format!("{number}: {line}"))
        .collect();
    assert!(missed.is_empty(), "not reached by any situation:\n{}", missed.join("\n"));
}

/// What is fine for a cluster that exists, and what a policy allows.
const FINE: &[Situation] = &[
    (
        "compute networks list",
        |w| w.answers["compute networks list"] = json!([{"name": "kub-vpc"}]),
        "yes  the network kub-vpc exists\n",
    ),
    (
        "storage buckets describe gs://some-project-kub-etcd",
        |w| {
            drop(w.fails.as_object_mut().unwrap().remove("storage buckets describe gs://some-project-kub-etcd"));
            w.answers["storage buckets describe gs://some-project-kub-etcd"] = json!({});
        },
        "yes  the bucket some-project-kub-etcd exists\n",
    ),
    // Of another zone and another region.
    (
        "n2+spot+networks+all",
        |w| w.answers["compute instances list"] = json!([{"name": "kub-m", "zone": zone("c")}]),
        "yes  names of the kind instance that are free: 6\n",
    ),
    (
        "compute addresses list",
        |w| {
            w.answers["compute addresses list"] =
                json!([{"name": "kub-m", "region": "https://x/regions/us-east1"}, {"name": "kub-m"}])
        },
        "yes  names of the kind address that are free: 4\n",
    ),
    // Machines that exist have their part of the quotas already.
    (
        "n2+spot+networks+all",
        |w| w.answers["compute instances list"] = json!([{"name": "kub-m", "zone": zone("b")}]),
        "yes  the quota N2_CPUS has room for 4: 1000 are left\n",
    ),
    (
        "spot",
        |w| w.answers["compute regions describe"]["quotas"][2]["limit"] = json!(0.0),
        "yes  the quota N2_CPUS has room for 14: 1000 are left\n",
    ),
    (
        "gcp.resourceLocations",
        |w| policy(w, "gcp.resourceLocations", json!({"listPolicy": {"allowedValues": ["in:europe-west1-locations"]}})),
        "yes  the organisation policy gcp.resourceLocations allows europe-west1\n",
    ),
    (
        "compute.trustedImageProjects",
        |w| {
            policy(
                w,
                "compute.trustedImageProjects",
                json!({"listPolicy": {"allowedValues": ["is:projects/ubuntu-os-cloud"]}}),
            )
        },
        "yes  the organisation policy compute.trustedImageProjects allows projects/ubuntu-os-cloud\n",
    ),
    (
        "compute.vmExternalIpAccess",
        |w| policy(w, "compute.vmExternalIpAccess", json!({"listPolicy": {"allValues": "ALLOW"}})),
        "yes  the organisation policy compute.vmExternalIpAccess allows",
    ),
    (
        "compute.requireOsLogin",
        |w| policy(w, "compute.requireOsLogin", json!({"booleanPolicy": {}})),
        "yes  the organisation policy compute.requireOsLogin is off\n",
    ),
];

#[test]
fn a_token_in_the_environment_is_used() {
    let mut world = World::perfect();
    world.fails["auth application-default"] = json!("no credentials");
    let (status, said) = world.run_with(&[], true, &[("GOOGLE_OAUTH_ACCESS_TOKEN", "token")]);
    assert!(status == 0 && said.contains("yes  Terraform finds credentials\n"), "{said}");
    assert!(said.contains("yes  Terraform's credentials have the permissions of roles/dns.admin\n"), "{said}");
}
