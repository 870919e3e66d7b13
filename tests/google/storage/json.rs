//! The JSON API of Cloud Storage.

use serde_json::{Value, json};

use super::{
    buckets,
    objects::{self, Condition, New, Object},
};
use crate::google::{Call, Request, World, caller::Caller, json::text, refusal::Refusal, reply::Reply, rules};

/// Answers `b…`, and `upload/b/B/o`, `download/b/B/o/O`.
pub(super) fn serve(world: &mut World, caller: &Caller, call: &Call<'_>, request: &Request) -> Result<Reply, Refusal> {
    let parts: Vec<&str> = call.path.split('/').collect();
    match (call.method, parts.as_slice()) {
        ("POST", ["b"]) => buckets::create(world, caller, call),
        (_, ["b", bucket]) => buckets::serve(world, caller, bucket, call),
        ("GET" | "PUT", ["b", bucket, "iam"]) => buckets::policy(world, caller, bucket, call),
        // The provider lists these before it deletes a bucket. There are none.
        ("GET", ["b", _, "anywhereCaches" | "notificationConfigs" | "managedFolders", ..]) => {
            Ok(Reply::json(200, &json!({"items": []})))
        }
        ("GET", ["b", bucket, "o"]) => list(world, caller, bucket, call),
        ("POST", ["upload", "b", bucket, "o"]) => upload(world, caller, bucket, call, request),
        ("GET", ["b" | "download", ..]) if parts.contains(&"o") => get(world, caller, call),
        ("DELETE", ["b", bucket, "o", name @ ..]) => {
            objects::delete(world, caller, bucket, &name.join("/"), &condition(call))?;
            Ok(Reply::bytes(204, "application/json; charset=UTF-8", Vec::new()))
        }
        _ => call.unknown().map(|body| Reply::json(200, &body)),
    }
}

fn condition(call: &Call<'_>) -> Condition {
    Condition { generation: call.text("ifGenerationMatch"), not_generation: call.text("ifGenerationNotMatch") }
}

fn get(world: &World, caller: &Caller, call: &Call<'_>) -> Result<Reply, Refusal> {
    let path = call.path.trim_start_matches("download/").trim_start_matches("b/");
    let Some((bucket, name)) = path.split_once("/o/") else {
        return call.unknown().map(|body| Reply::json(200, &body));
    };
    let Object { about, data } = objects::get(world, caller, "storage.objects.get", bucket, name, &condition(call))?;
    if call.query("alt") != Some("media") && !call.path.starts_with("download/") {
        return Ok(Reply::json(200, &about));
    }
    let mut reply = Reply::bytes(200, text(&about, "contentType"), data.to_vec());
    reply.headers.push(("x-goog-generation", text(&about, "generation").to_owned()));
    reply.headers.push(("x-goog-hash", format!("md5={}", text(&about, "md5Hash"))));
    Ok(reply)
}

fn list(world: &World, caller: &Caller, bucket: &str, call: &Call<'_>) -> Result<Reply, Refusal> {
    let prefix = call.text("prefix").unwrap_or_default();
    let delimiter = call.text("delimiter").unwrap_or_default();
    let (mut items, mut prefixes): (Vec<Value>, Vec<String>) = (Vec::new(), Vec::new());
    for object in objects::list(world, caller, bucket, &prefix)? {
        let name = text(&object.about, "name");
        match name[prefix.len()..].split_once(delimiter.as_str()).filter(|_| !delimiter.is_empty()) {
            Some((folder, _)) => {
                let folder = format!("{prefix}{folder}{delimiter}");
                if prefixes.last() != Some(&folder) {
                    prefixes.push(folder);
                }
            }
            None => items.push(object.about),
        }
    }
    let mut answer = json!({"kind": "storage#objects"});
    if !items.is_empty() {
        answer["items"] = items.into();
    }
    if !prefixes.is_empty() {
        answer["prefixes"] = prefixes.into();
    }
    Ok(Reply::json(200, &answer))
}

/// `uploadType=media` contains only the data; `multipart` contains the object's metadata first.
fn upload(
    world: &mut World,
    caller: &Caller,
    bucket: &str,
    call: &Call<'_>,
    request: &Request,
) -> Result<Reply, Refusal> {
    let sent_type = request.header("content-type").unwrap_or("application/octet-stream");
    let (about, content_type, data) = match call.query("uploadType") {
        Some("media") => (Value::Null, sent_type.to_owned(), request.raw.as_slice()),
        Some("multipart") => parts(sent_type, &request.raw)
            .ok_or_else(|| rules::OBJECT_NAME.refuse("Multipart request must have two parts."))?,
        _ => return call.unknown().map(|body| Reply::json(200, &body)),
    };
    let name = call.text("name").unwrap_or_else(|| text(&about, "name").to_owned());
    let said = text(&about, "contentType");
    let new = New {
        bucket,
        name: &name,
        content_type: if said.is_empty() { &content_type } else { said },
        data,
        md5: about["md5Hash"].as_str(),
    };
    Ok(Reply::json(200, &objects::put(world, caller, &new, &condition(call))?.about))
}

/// The two parts of a multipart body: JSON metadata, and data with a content type.
fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<(Value, String, &'a [u8])> {
    let boundary = content_type.split("boundary=").nth(1)?.trim_matches('"');
    let mark = format!("--{boundary}").into_bytes();
    let first = find(body, &mark)? + mark.len();
    let second = first + find(&body[first..], &mark)? + mark.len();
    let end = second + find(&body[second..], &[b"\r\n", mark.as_slice()].concat())?;
    let (_, json) = head_and_body(&body[first..second - mark.len()])?;
    let (head, data) = head_and_body(&body[second..end])?;
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-type:"));
    let content_type = line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim());
    Some((serde_json::from_slice(json).ok()?, content_type.to_owned(), data))
}

fn head_and_body(part: &[u8]) -> Option<(&str, &[u8])> {
    let end = find(part, b"\r\n\r\n")?;
    Some((std::str::from_utf8(&part[..end]).ok()?, &part[end + 4..]))
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
