//! Cloud Storage: buckets, objects, and instances that use them.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::{Value, json};

use crate::{
    client::Client,
    google::rules,
    requests::{Case, MACHINES, Request, delete, machine, patch, post, request, with, with_all},
};

const WORKER: &str = "worker@test-project.iam.gserviceaccount.com";

fn bucket(fields: Value) -> Request {
    let bucket = json!({"name": "backups", "location": "us-east1"});
    post("/storage/v1/b?project=test-project", with_all(bucket, &fields))
}

/// Uploads the object `a`.
fn put(conditions: &str) -> Request {
    post(&format!("/upload/storage/v1/b/backups/o?uploadType=media&name=a{conditions}"), json!("text"))
}

fn object(method: &'static str) -> Request {
    request(method, "/storage/v1/b/backups/o/a", Value::Null)
}

/// Grants `worker` roles on the bucket.
fn roles(roles: &[&str]) -> Request {
    let member = format!("serviceAccount:{WORKER}");
    let bindings: Vec<Value> =
        roles.iter().map(|role| json!({"role": format!("roles/storage.{role}"), "members": [member]})).collect();
    request("PUT", "/storage/v1/b/backups/iam", json!({"bindings": bindings}))
}

/// An instance `b` with the service account `worker`.
fn worker() -> Request {
    let accounts = json!([{"email": WORKER, "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}]);
    post(MACHINES, with(machine("b", "10.4.1.0/24"), "/serviceAccounts", accounts))
}

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let after = |rule, requests| Case { rule, requests };
    let public = json!({"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]});
    let closed = json!({"iamConfiguration": {"publicAccessPrevention": "enforced"}});
    vec![
        after(&rules::BUCKET_NAME, vec![bucket(json!({"name": "Backups"}))]),
        after(&rules::BUCKET_NAME, vec![bucket(json!({"name": "my-google-bucket"}))]),
        after(&rules::BUCKET_TAKEN, vec![bucket(json!({})), bucket(json!({}))]),
        after(&rules::BUCKET_NOT_EMPTY, vec![bucket(json!({})), put(""), delete("/storage/v1/b/backups")]),
        after(&rules::BUCKET, vec![bucket(json!({"location": "moon"}))]),
        after(&rules::BUCKET, vec![bucket(json!({"storageClass": "WARM"}))]),
        after(&rules::BUCKET, vec![bucket(json!({"softDeletePolicy": {"retentionDurationSeconds": "60"}}))]),
        after(&rules::BUCKET, vec![bucket(json!({})), patch("/storage/v1/b/backups", json!({"location": "EU"}))]),
        after(&rules::BUCKET_PUBLIC, vec![bucket(closed), request("PUT", "/storage/v1/b/backups/iam", public)]),
        after(&rules::ROLE, vec![bucket(json!({})), request("PUT", "/storage/v1/b/backups/iam", json!({"bindings": [{"role": "objectViewer", "members": []}]}))]),
        after(&rules::OBJECT_NAME, vec![bucket(json!({})), post("/upload/storage/v1/b/backups/o?uploadType=media&name=..", json!("text"))]),
        after(&rules::OBJECT_RETAINED, vec![bucket(json!({"retentionPolicy": {"retentionPeriod": "60"}})), put(""), object("DELETE")]),
        after(&rules::OBJECT_RETAINED, vec![bucket(json!({"retentionPolicy": {"retentionPeriod": "60"}})), put(""), put("")]),
        after(&rules::GENERATION, vec![bucket(json!({})), put("&ifGenerationMatch=0"), put("&ifGenerationMatch=0")]),
        after(&rules::GENERATION, vec![bucket(json!({})), put("&ifGenerationMatch=7")]),
        after(&rules::OBJECT_DIGEST, vec![bucket(json!({})), multipart("AAAAAAAAAAAAAAAAAAAAAA==")]),
        after(&rules::STORAGE_FORBIDDEN, vec![bucket(json!({})), worker(), put("").by("b")]),
        // Overwriting requires permission to delete.
        after(&rules::STORAGE_FORBIDDEN, vec![bucket(json!({})), worker(), roles(&["objectCreator"]), put("").by("b"), put("").by("b")]),
        after(&rules::STORAGE_FORBIDDEN, vec![bucket(json!({})), worker(), roles(&["objectUser"]), post("/storage/v1/b?project=test-project", json!({"name": "more"})).by("b")]),
    ]
}

/// A multipart upload with the given digest.
fn multipart(md5: &str) -> Request {
    let about = json!({"name": "a", "md5Hash": md5});
    let body = format!("--cut\r\n\r\n{about}\r\n--cut\r\nContent-Type: text/plain\r\n\r\ntext\r\n--cut--");
    post("/upload/storage/v1/b/backups/o?uploadType=multipart", Value::String(body))
}

#[test]
fn uploads_lists_and_deletes_objects() {
    let client = Client::new();
    client.grant(&bucket(json!({})));
    let about = client.grant(&put("&ifGenerationMatch=0"));
    assert_eq!((&about["name"], &about["size"]), (&json!("a"), &json!("4")));
    // printf text | openssl md5 -binary | base64
    assert_eq!(about["md5Hash"], "HLJR7A1WjeapKbUgxK7Y0Q==");
    assert_eq!(client.grant(&request("GET", "/storage/v1/b/backups/o/a?alt=media", Value::Null)), "text");
    client.grant(&multipart("HLJR7A1WjeapKbUgxK7Y0Q=="));
    let about = client.grant(&object("GET"));
    assert_eq!((&about["contentType"], &about["size"]), (&json!("text/plain"), &json!("4")));
    let next = format!("&ifGenerationMatch={}", about["generation"].as_str().unwrap());
    client.grant(&put(&next));
    let list = client.grant(&request("GET", "/storage/v1/b/backups/o?prefix=a", Value::Null));
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    client.grant_empty(&object("DELETE"));
    client.grant_empty(&delete("/storage/v1/b/backups"));
    assert!(client.google.left().iter().all(|path| !path.starts_with("storage/")), "{:?}", client.google.left());
}

/// Who may do what with a new bucket, as Google binds them.
#[test]
fn a_new_bucket_is_open_to_the_projects_viewers_and_editors() {
    for (uniform, wanted) in [(false, 2), (true, 4)] {
        let client = Client::new();
        client.grant(&bucket(json!({"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": uniform}}})));
        let policy = client.grant(&request("GET", "/storage/v1/b/backups/iam", Value::Null));
        let bindings = policy["bindings"].as_array().unwrap();
        assert_eq!(bindings.len(), wanted, "{policy}");
        let readers = json!({"role": "roles/storage.legacyObjectReader", "members": ["projectViewer:test-project"]});
        assert_eq!(bindings.contains(&readers), uniform, "{policy}");
    }
}

/// Uploads a backup with the XML API as curl does, with the condition that the object does not exist yet.
#[test]
fn an_instance_uploads_a_backup() {
    let client = Client::new();
    client.grant(&bucket(json!({})));
    client.grant(&worker());
    client.grant(&roles(&["objectCreator"]));
    let id = client.google.state().instance("b").map(|instance| instance.id).unwrap();
    let token = format!("Bearer {}", client.google.token(id));
    let send = |method: &str, more: &[(&str, &str)]| {
        let headers = [&[("Host", "storage.googleapis.com"), ("Authorization", token.as_str())], more].concat();
        client.google.send_with(method, "/backups/etcd/1", &json!("text"), &headers)
    };
    let new = ("x-goog-if-generation-match", "0");
    let (status, answer) = send("PUT", &[new, ("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")]);
    assert_eq!(status, 400);
    assert!(answer.as_str().unwrap().contains("<Code>BadDigest</Code>"), "{answer}");
    assert_eq!(send("PUT", &[new, ("Content-MD5", "HLJR7A1WjeapKbUgxK7Y0Q==")]).0, 200);
    let (status, answer) = send("PUT", &[new]);
    assert_eq!(status, 412);
    assert!(answer.as_str().unwrap().contains("<Code>PreconditionFailed</Code>"), "{answer}");
    // The instance may write, but not read.
    let (status, answer) = send("GET", &[]);
    assert_eq!(status, 403);
    assert!(answer.as_str().unwrap().contains("does not have storage.objects.get access"), "{answer}");
    client.grant(&roles(&["objectCreator", "objectViewer"]));
    assert_eq!(send("GET", &[]), (200, json!("text")));
}

/// The provider uploads objects without a Content-Length.
#[test]
fn accepts_a_chunked_body() {
    let client = Client::new();
    client.grant(&bucket(json!({})));
    let mut stream = TcpStream::connect(client.google.url().trim_start_matches("http://")).unwrap();
    let head =
        "POST /upload/storage/v1/b/backups/o?uploadType=media&name=a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(format!("{head}3\r\nte\n\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let data = client.grant(&request("GET", "/storage/v1/b/backups/o/a?alt=media", Value::Null));
    assert_eq!(data, "te\n0123456789");
}
