//! The XML API of Cloud Storage: `curl -T FILE https://storage.googleapis.com/BUCKET/OBJECT`.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::objects::{self, Condition, New, Object};
use crate::google::{Request, World, caller::Caller, json::text, refusal::Refusal, reply::Reply, rules};

const XML: &str = "application/xml; charset=UTF-8";

/// Answers `BUCKET` and `BUCKET/OBJECT`.
pub(super) fn serve(world: &mut World, caller: &Caller, path: &str, request: &Request) -> Result<Reply, Refusal> {
    let (bucket, name) = path.split_once('/').unwrap_or((path, ""));
    let condition =
        Condition { generation: request.header("x-goog-if-generation-match").map(str::to_owned), not_generation: None };
    match (request.method.as_str(), name) {
        ("GET", "") => list(world, caller, bucket, request),
        ("PUT", name) if !name.is_empty() => {
            let md5 = request.header("content-md5");
            if md5.is_some_and(|md5| BASE64_STANDARD.decode(md5).is_ok_and(|digest| digest.len() == 16))
                || md5.is_none()
            {
                let content_type = request.header("content-type").unwrap_or("application/octet-stream");
                let new = New { bucket, name, content_type, data: &request.raw, md5 };
                let object = objects::put(world, caller, &new, &condition)?;
                return Ok(with_headers(Reply::bytes(200, "text/html; charset=UTF-8", Vec::new()), &object));
            }
            Err(rules::OBJECT_DIGEST.refuse("The Content-MD5 you specified is not valid."))
        }
        ("GET" | "HEAD", name) if !name.is_empty() => {
            let object = objects::get(world, caller, "storage.objects.get", bucket, name, &condition)?;
            let reply = Reply::bytes(200, text(&object.about, "contentType"), object.data.to_vec());
            Ok(with_headers(reply, &object))
        }
        ("DELETE", name) if !name.is_empty() => {
            objects::delete(world, caller, bucket, name, &condition)?;
            Ok(Reply::bytes(204, XML, Vec::new()))
        }
        (method, _) => Err(rules::UNKNOWN_METHOD.refuse(format!("the stand-in does not know {method} {path}"))),
    }
}

fn with_headers(mut reply: Reply, object: &Object) -> Reply {
    let about = |key: &str| text(&object.about, key).to_owned();
    reply.headers = vec![
        ("x-goog-generation", about("generation")),
        ("x-goog-metageneration", about("metageneration")),
        ("x-goog-hash", format!("md5={}", about("md5Hash"))),
        ("x-goog-stored-content-length", about("size")),
    ];
    reply
}

fn list(world: &World, caller: &Caller, bucket: &str, request: &Request) -> Result<Reply, Refusal> {
    let prefix = request.query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default();
    let prefix = crate::google::http::unescape(prefix);
    let entry = |object: &Object| {
        let about = |key: &str| escape(text(&object.about, key));
        format!(
            "<Contents><Key>{}</Key><Generation>{}</Generation><Size>{}</Size></Contents>",
            about("name"),
            about("generation"),
            about("size")
        )
    };
    let entries: String = objects::list(world, caller, bucket, &prefix)?.iter().map(entry).collect();
    let text = format!(
        "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'><Name>{bucket}</Name>\
         <Prefix>{}</Prefix><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>",
        escape(&prefix)
    );
    Ok(Reply::bytes(200, XML, text.into_bytes()))
}

/// An error in the format of this API.
pub(super) fn refusal(refusal: &Refusal) -> Reply {
    let (status, _) = refusal.answer();
    let (code, sentence) = match status {
        401 => ("AuthenticationRequired", "Authentication required."),
        403 => ("AccessDenied", "Access denied."),
        404 if refusal.message.contains("bucket") => ("NoSuchBucket", "The specified bucket does not exist."),
        404 => ("NoSuchKey", "The specified key does not exist."),
        412 => ("PreconditionFailed", "At least one of the pre-conditions you specified did not hold."),
        501 => ("NotImplemented", "A header or query you provided requested a function that is not implemented."),
        _ if refusal.rule == &rules::OBJECT_DIGEST => ("BadDigest", refusal.message.as_str()),
        _ => ("InvalidArgument", refusal.message.as_str()),
    };
    let text = format!(
        "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{}</Message><Details>{}</Details></Error>",
        escape(sentence),
        escape(&refusal.message)
    );
    Reply::bytes(status, XML, text.into_bytes())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
