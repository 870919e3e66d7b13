//! Cloud Storage: buckets, and objects in both APIs.
//!
//!     /storage/v1/b/…  /upload/storage/v1/b/…   the JSON API: json.rs
//!     storage.googleapis.com/BUCKET/OBJECT      the XML API, which curl can use: xml.rs

mod buckets;
mod json;
mod objects;
mod xml;

pub(crate) use objects::Object;

use super::{Call, Request, World, caller::Caller, permissions, refusal::Refusal, reply::Reply, rules};

/// Answers a request whose path begins with `storage`, `upload` or `download`.
pub(super) fn serve(world: &mut World, caller: &Caller, request: &Request) -> Result<Reply, Refusal> {
    match api(&request.path) {
        Api::Json(path) => {
            let call = Call { method: &request.method, path: &path, query: &request.query, body: &request.body };
            json::serve(world, caller, &call, request)
        }
        Api::Xml(path) => xml::serve(world, caller, path, request),
    }
}

/// An error in the format of the API that was called.
pub(super) fn refusal(path: &str, refusal: &Refusal) -> Option<Reply> {
    let storage = path.starts_with("/storage/");
    matches!(api(path), Api::Xml(_)).then(|| xml::refusal(refusal)).filter(|_| storage)
}

enum Api<'a> {
    /// The path below `v1/`; that of an upload or download starts with this word.
    Json(String),
    /// `BUCKET` or `BUCKET/OBJECT`
    Xml(&'a str),
}

fn api(path: &str) -> Api<'_> {
    let path = path.trim_start_matches('/');
    let below = path.strip_prefix("storage/").unwrap_or(path);
    if let Some(path) = below.strip_prefix("v1/") {
        return Api::Json(path.to_owned());
    }
    for word in ["upload/", "download/"] {
        if let Some(path) = below.strip_prefix(word).and_then(|below| below.strip_prefix("storage/v1/")) {
            return Api::Json(format!("{word}{path}"));
        }
    }
    Api::Xml(below)
}

/// Rejects the request unless the caller has the permission on the bucket or object.
fn demand(world: &World, caller: &Caller, permission: &str, bucket: &str, object: Option<&str>) -> Result<(), Refusal> {
    let Caller::Account(email) = caller else {
        return Ok(());
    };
    let project = world.bucket_projects.get(bucket).map(String::as_str).unwrap_or_default();
    let resource = format!("projects/{project}/buckets/{bucket}");
    if permissions::allows(world, caller, permission, &resource) {
        return Ok(());
    }
    let what = if object.is_some() { "object" } else { "bucket" };
    Err(rules::STORAGE_FORBIDDEN.refuse(format!(
        "{email} does not have {permission} access to the Google Cloud Storage {what}. Permission '{permission}' denied on resource (or \
         it may not exist)."
    )))
}
