//! Instances and their metadata.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, case, case_after, delete, machine_but, machine_type, post},
};

/// Requests that the stand-in must reject.
pub(crate) fn cases() -> Vec<Case> {
    [of_itself(), metadata()].into_iter().flatten().collect()
}

#[rustfmt::skip]
fn of_itself() -> Vec<Case> {
    let account = |email: &str, scope: &str| json!([{"email": email, "scopes": [scope]}]);
    let scope = "https://www.googleapis.com/auth/cloud-platform";
    vec![
        case(&rules::MACHINE_TYPE, machine_but("/machineType", machine_type("n2-standard-3"))),
        case(&rules::MACHINE_TYPE, machine_but("/machineType", machine_type("large"))),
        case(&rules::MACHINE_TYPE, machine_but("/machineType", machine_type("n2-custom-3-4096"))),
        case(&rules::MACHINE_TYPE, machine_but("/machineType", "zones/us-east1-c/machineTypes/n2-standard-2".into())),
        case(&rules::ACCOUNT_OF_MACHINE, machine_but("/serviceAccounts", account("none@test-project.iam.gserviceaccount.com", scope))),
        case(&rules::SCOPES, machine_but("/serviceAccounts", account("worker@test-project.iam.gserviceaccount.com", "cloud-platform"))),
        case(&rules::SCHEDULING, machine_but("/scheduling", json!({"provisioningModel": "SPOT", "automaticRestart": true}))),
        case(&rules::SCHEDULING, machine_but("/scheduling", json!({"provisioningModel": "SPOT", "onHostMaintenance": "MIGRATE"}))),
        case(&rules::SHIELDED, machine_but("/shieldedInstanceConfig", json!({"enableVtpm": false}))),
        case(&rules::STOPPED, post("zones/us-east1-b/instances/a/setMachineType", json!({"machineType": machine_type("n2-standard-4")}))),
        case_after(&rules::NOT_RUNNING, post("zones/us-east1-b/instances/a/stop", json!({})), post("zones/us-east1-b/instances/a/reset", json!({}))),
        case_after(&rules::PROTECTED, machine_but("/deletionProtection", json!(true)), delete("zones/us-east1-b/instances/b")),
        case(&rules::TAGS, machine_but("/tags", json!({"items": ["Web"]}))),
        case(&rules::TAGS, machine_but("/tags", json!({"items": ["web", "web"]}))),
    ]
}

#[rustfmt::skip]
fn metadata() -> Vec<Case> {
    let metadata = |items: &[(&str, usize)]| {
        let items: Vec<Value> = items.iter().map(|(key, size)| json!({"key": key, "value": "x".repeat(*size)})).collect();
        machine_but("/metadata", json!({"items": items}))
    };
    vec![
        case(&rules::METADATA_KEY, metadata(&[("user data", 1)])),
        case(&rules::METADATA_KEY, metadata(&[("a", 1), ("a", 1)])),
        case(&rules::METADATA_VALUE, metadata(&[("user-data", 262_145)])),
        case(&rules::METADATA_TOTAL, metadata(&[("a", 262_144), ("b", 262_144)])),
    ]
}
