//! Cloud DNS, Secret Manager, Service Usage.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, Request, case, case_after, delete, post},
};

/// Requests that the stand-in must reject.
pub(crate) fn cases() -> Vec<Case> {
    [dns(), secrets(), services()].into_iter().flatten().collect()
}

const ZONES: &str = "/dns/v1/projects/test-project/managedZones";

fn zone(dns_name: &str, network: &str) -> Request {
    post(ZONES, zone_of("z", dns_name, network))
}

fn zone_of(name: &str, dns_name: &str, network: &str) -> Value {
    let networks = json!({"networks": [{"networkUrl": network}]});
    json!({"name": name, "description": "", "dnsName": dns_name, "visibility": "private", "privateVisibilityConfig": networks})
}

fn record(what: &str, name: &str, data: Value) -> Request {
    let record = json!({"name": name, "type": "A", "ttl": 60, "rrdatas": data});
    post(&format!("{ZONES}/z/changes"), json!({what: [record]}))
}

#[rustfmt::skip]
fn dns() -> Vec<Case> {
    let good = || zone("kub.internal.", "projects/test-project/global/networks/net");
    let again = || post(ZONES, zone_of("again", "kub.internal.", "projects/test-project/global/networks/net"));
    let api = |what: &str| record(what, "api.kub.internal.", json!(["10.0.0.5"]));
    vec![
        case(&rules::ZONE_NAME, zone("kub.internal", "projects/test-project/global/networks/net")),
        case(&rules::ZONE_NAME, zone("Kub.internal.", "projects/test-project/global/networks/net")),
        case(&rules::NAME, post(ZONES, json!({"name": "z.z", "dnsName": "kub.internal."}))),
        case(&rules::ZONE_VISIBILITY, zone("kub.internal.", "projects/test-project/global/networks/none")),
        case(&rules::ZONE_VISIBILITY, post(ZONES, json!({"name": "z", "description": "", "dnsName": "kub.internal.", "visibility": "secret"}))),
        case(&rules::ZONE_DESCRIPTION, post(ZONES, json!({"name": "z", "dnsName": "kub.internal."}))),
        case_after(&rules::ZONE_VISIBILITY, good(), again()),
        Case { rule: &rules::ZONE_NOT_EMPTY, requests: vec![good(), api("additions"), delete(&format!("{ZONES}/z"))] },
        case_after(&rules::RECORD_NAME, good(), record("additions", "api.other.internal.", json!(["10.0.0.5"]))),
        case_after(&rules::RECORD_NAME, good(), record("additions", "apikub.internal.", json!(["10.0.0.5"]))),
        case_after(&rules::RECORD_NAME, good(), record("additions", "api.kub.internal", json!(["10.0.0.5"]))),
        case_after(&rules::RECORD_DATA, good(), record("additions", "api.kub.internal.", json!(["here"]))),
        case_after(&rules::RECORD_DATA, good(), record("additions", "api.kub.internal.", json!([]))),
        case_after(&rules::RECORD_STALE, good(), api("deletions")),
        Case { rule: &rules::TAKEN_NAME, requests: vec![good(), api("additions"), api("additions")] },
    ]
}

#[rustfmt::skip]
fn secrets() -> Vec<Case> {
    let secrets = "/secretmanager/v1/projects/test-project/secrets";
    let secret = |id: &str, replication: Value| post(&format!("{secrets}?secretId={id}"), json!({"replication": replication}));
    let automatic = || json!({"automatic": {}});
    let version = |payload: &str| post(&format!("{secrets}/s:addVersion"), json!({"payload": {"data": payload}}));
    vec![
        case(&rules::SECRET_ID, secret("a.b", automatic())),
        case(&rules::SECRET_ID, secret(&"a".repeat(256), automatic())),
        case(&rules::REPLICATION, secret("s", json!({}))),
        case(&rules::REPLICATION, secret("s", json!({"userManaged": {"replicas": [{"location": "mars-north1"}]}}))),
        case(&rules::REPLICATION, secret("s", json!({"userManaged": {}}))),
        case_after(&rules::TAKEN_NAME, secret("s", automatic()), secret("s", automatic())),
        case_after(&rules::PAYLOAD, secret("s", automatic()), version("")),
        case_after(&rules::PAYLOAD, secret("s", automatic()), version(&"AAAA".repeat(21_846))),
    ]
}

#[rustfmt::skip]
fn services() -> Vec<Case> {
    vec![case(&rules::SERVICE, post("/serviceusage/v1/projects/test-project/services/weather.googleapis.com:enable", json!({})))]
}
