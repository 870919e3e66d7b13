//! Checkov over the examples: what it finds is fixed, or stands here with the reason why not. An entry that nothing
//! matches any more is an error too.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[path = "support/rendered.rs"]
mod rendered;
#[path = "support/tools.rs"]
mod tools;

const WHAT: &str = "checkov";

/// The check, the example (`*`: every one), the resource, and why it is as it is.
const ACCEPTED: &[(&str, &str, &str, &str)] = &[
    (
        "CKV_GCP_26",
        "*",
        "google_compute_subnetwork.nodes",
        "flow logs are paid by volume; whoever wants them turns them on for the subnet",
    ),
    (
        "CKV_GCP_36",
        "*",
        "google_compute_instance.",
        "the default of network.ip_forward, for software that routes; `false` turns it off",
    ),
    (
        "CKV_GCP_37",
        "*",
        "google_compute_disk.state",
        "Google encrypts every disk; a key supplied by us would stand in Terraform's state",
    ),
    (
        "CKV_GCP_38",
        "*",
        "google_compute_instance.",
        "Google encrypts every disk; a key supplied by us would stand in Terraform's state",
    ),
    (
        "CKV_GCP_62",
        "*",
        "google_storage_bucket.backup",
        "Cloud Audit Logs record access to objects, where the project turns data access logs on; log buckets are the older way",
    ),
    (
        "CKV_GCP_78",
        "*",
        "google_storage_bucket.backup",
        "each snapshot has a name of its own, and who writes it cannot overwrite or delete one",
    ),
    ("CKV_GCP_2", "vpc-native", "google_compute_firewall.k8s_vpc_default_firewall", "the description opens it"),
    ("CKV_GCP_3", "vpc-native", "google_compute_firewall.k8s_vpc_default_firewall", "the description opens it"),
    ("CKV_GCP_106", "vpc-native", "google_compute_firewall.k8s_vpc_default_firewall", "the description opens it"),
    ("CKV_GCP_30", "vpc-native", "google_compute_instance.control_plane", "the description names the default account"),
    ("CKV_GCP_31", "vpc-native", "google_compute_instance.control_plane", "the description names the default account"),
    ("CKV_GCP_40", "vpc-native", "google_compute_instance.", "the description asks for external addresses"),
    (
        "CKV_GCP_74",
        "vpc-native",
        "google_compute_subnetwork.nodes",
        "machines with external addresses reach Google's APIs without it",
    ),
];

/// A failed check: its id, the example, the resource.
type Finding = (String, String, String);

fn findings(checkov: &Path, folder: &Path) -> BTreeSet<Finding> {
    let mut command = Command::new(checkov);
    command
        .args(["--framework", "terraform", "--output", "json", "--skip-download", "--soft-fail", "--directory"])
        .arg(folder);
    let report: Value = serde_json::from_str(&tools::run(&mut command).unwrap()).unwrap();
    assert_eq!(report["summary"]["parsing_errors"], 0);
    let failed = report["results"]["failed_checks"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let finding = |failed: &Value| {
        let example = text(&failed["file_path"]).trim_start_matches('/').split('/').next().unwrap().to_owned();
        (text(&failed["check_id"]), example, text(&failed["resource"]))
    };
    failed.iter().map(finding).collect()
}

#[test]
fn every_finding_is_fixed_or_has_its_reason() {
    let Some(checkov) = tools::find(5, WHAT, "checkov", "run .ci/install") else { return };
    let examples = rendered::examples(WHAT);
    let folder = examples[0].dir.parent().unwrap();

    // A tree with a finding that is accepted nowhere: SSH open to the world.
    let open = folder.join("open");
    std::fs::create_dir_all(&open).unwrap();
    let firewall = std::fs::read_to_string(examples[0].dir.join("firewall.tf")).unwrap();
    std::fs::write(open.join("firewall.tf"), firewall.replace("35.235.240.0/20", "0.0.0.0/0")).unwrap();

    let mut findings = findings(&checkov, folder);
    assert!(
        findings.remove(&("CKV_GCP_2".into(), "open".into(), "google_compute_firewall.ssh".into())),
        "{findings:?}"
    );

    let fits = |(check, example, resource): &Finding, entry: &(&str, &str, &str, &str)| {
        check == entry.0 && (entry.1 == "*" || example == entry.1) && resource.starts_with(entry.2)
    };
    for example in &examples {
        let open: Vec<&Finding> = findings
            .iter()
            .filter(|found| found.1 == example.name && !ACCEPTED.iter().any(|entry| fits(found, entry)))
            .collect();
        assert!(open.is_empty(), "neither fixed nor accepted: {open:#?}");
        tools::ok(5, &example.name, WHAT);
    }
    for entry in ACCEPTED {
        assert!(findings.iter().any(|found| fits(found, entry)), "nothing matches it any more: {entry:?}");
    }
}
