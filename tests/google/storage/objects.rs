//! Objects, with the same rules for both APIs.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{buckets, demand};
use crate::google::{
    World,
    caller::Caller,
    json::{is_empty, text},
    refusal::Refusal,
    rules,
    world::NOW,
};

/// An object's metadata, as returned by the JSON API, and its data.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) about: Value,
    pub(crate) data: Arc<[u8]>,
}

/// A precondition on the current generation of an object.
#[derive(Default)]
pub(super) struct Condition {
    /// `0` means that the object must not exist.
    pub(super) generation: Option<String>,
    pub(super) not_generation: Option<String>,
}

impl Condition {
    fn check(&self, object: Option<&Object>) -> Result<(), Refusal> {
        let there = object.map_or("0", |object| text(&object.about, "generation"));
        let holds = self.generation.as_ref().is_none_or(|wanted| wanted == there)
            && self.not_generation.as_ref().is_none_or(|unwanted| unwanted != there);
        if holds {
            return Ok(());
        }
        Err(rules::GENERATION.refuse("At least one of the pre-conditions you specified did not hold."))
    }
}

/// A new object, or a new generation of one.
pub(super) struct New<'a> {
    pub(super) bucket: &'a str,
    pub(super) name: &'a str,
    pub(super) content_type: &'a str,
    pub(super) data: &'a [u8],
    /// The digest that the client sent, in base64.
    pub(super) md5: Option<&'a str>,
}

/// Writes an object. Overwriting also needs permission to delete.
pub(super) fn put(world: &mut World, caller: &Caller, new: &New<'_>, condition: &Condition) -> Result<Object, Refusal> {
    let New { bucket, name, content_type, data, md5 } = *new;
    let of = buckets::get(world, bucket)?;
    if !(1..=1024).contains(&name.len()) || name.contains(['\r', '\n']) || name == "." || name == ".." {
        return Err(rules::OBJECT_NAME.refuse(format!("Invalid object name: '{name}'")));
    }
    demand(world, caller, "storage.objects.create", bucket, Some(name))?;
    let old = world.objects.get(bucket).and_then(|objects| objects.get(name));
    condition.check(old)?;
    if old.is_some() {
        demand(world, caller, "storage.objects.delete", bucket, Some(name))?;
    }
    let digest = BASE64_STANDARD.encode(*md5::compute(data));
    if let Some(wrong) = md5.filter(|md5| *md5 != digest) {
        return Err(rules::OBJECT_DIGEST
            .refuse(format!("Provided MD5 hash \"{wrong}\" doesn't match calculated MD5 hash \"{digest}\".")));
    }
    if old.is_some() {
        refuse_retained(&of, name)?;
    }
    let generation = (1_764_000_000_000_000 + world.next()).to_string();
    let about = json!({
        "kind": "storage#object",
        "id": format!("{bucket}/{name}/{generation}"),
        "name": name,
        "bucket": bucket,
        "selfLink": format!("https://www.googleapis.com/storage/v1/b/{bucket}/o/{}", name.replace('/', "%2F")),
        "generation": generation,
        "metageneration": "1",
        "contentType": content_type,
        "storageClass": of["storageClass"],
        "size": data.len().to_string(),
        "md5Hash": digest,
        "etag": world.fingerprint(),
        "timeCreated": NOW,
        "updated": NOW,
    });
    let object = Object { about, data: data.into() };
    world.objects.entry(bucket.to_owned()).or_default().insert(name.to_owned(), object.clone());
    Ok(object)
}

/// Gets an object. Only callers with permission to list the bucket get a 404 for a missing object.
pub(super) fn get(
    world: &World,
    caller: &Caller,
    permission: &str,
    bucket: &str,
    name: &str,
    condition: &Condition,
) -> Result<Object, Refusal> {
    buckets::get(world, bucket)?;
    demand(world, caller, permission, bucket, Some(name))?;
    let Some(object) = world.objects.get(bucket).and_then(|objects| objects.get(name)) else {
        demand(world, caller, "storage.objects.list", bucket, None)?;
        return Err(rules::NOT_FOUND.refuse(format!("No such object: {bucket}/{name}")));
    };
    condition.check(Some(object))?;
    Ok(object.clone())
}

/// Deletes an object.
pub(super) fn delete(
    world: &mut World,
    caller: &Caller,
    bucket: &str,
    name: &str,
    condition: &Condition,
) -> Result<(), Refusal> {
    get(world, caller, "storage.objects.delete", bucket, name, condition)?;
    refuse_retained(&buckets::get(world, bucket)?, name)?;
    world.objects.get_mut(bucket).map(|objects| objects.remove(name));
    Ok(())
}

/// The objects of a bucket with the given prefix, sorted by name.
pub(super) fn list(world: &World, caller: &Caller, bucket: &str, prefix: &str) -> Result<Vec<Object>, Refusal> {
    buckets::get(world, bucket)?;
    demand(world, caller, "storage.objects.list", bucket, None)?;
    let objects = world.objects.get(bucket).into_iter().flatten();
    Ok(objects.filter(|(name, _)| name.starts_with(prefix)).map(|(_, object)| object.clone()).collect())
}

/// Rejects changes to objects under a retention policy. Time does not pass in the stand-in, so retention never expires.
fn refuse_retained(bucket: &Value, name: &str) -> Result<(), Refusal> {
    if is_empty(&bucket["retentionPolicy"]) {
        return Ok(());
    }
    Err(rules::OBJECT_RETAINED.refuse(format!(
        "Object '{}/{name}' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten.",
        text(bucket, "name")
    )))
}
