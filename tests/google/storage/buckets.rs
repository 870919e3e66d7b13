//! Buckets.

use serde_json::{Value, json};

use super::demand;
use crate::google::{
    Call, World,
    caller::Caller,
    iam_policy::{self, On},
    json::{default, entries, flag, list, merge, number, text, texts, without_nulls},
    names, places,
    refusal::Refusal,
    reply::Reply,
    rules,
    world::{NOW, PROJECT_NUMBER},
};

/// Multi-regions and dual-regions.
const WIDE: [&str; 9] = ["ASIA", "EU", "US", "ASIA1", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4"];
const CLASSES: [&str; 4] = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"];

/// The path at which a bucket and its policy are stored.
pub(super) fn path(name: &str) -> String {
    format!("storage/b/{name}")
}

/// The bucket, or Google's 404.
pub(super) fn get(world: &World, name: &str) -> Result<Value, Refusal> {
    let found = world.resources.get(&path(name)).cloned();
    found.ok_or_else(|| rules::NOT_FOUND.refuse("The specified bucket does not exist."))
}

/// `POST b?project=P`
pub(super) fn create(world: &mut World, caller: &Caller, call: &Call<'_>) -> Result<Reply, Refusal> {
    if *caller != Caller::Owner {
        return Err(
            rules::STORAGE_FORBIDDEN.refuse("The caller does not have storage.buckets.create access to the project.")
        );
    }
    let project = call.text("project").unwrap_or_default();
    names::check_project(&project)?;
    let mut bucket = without_nulls(call.body);
    let name = text(&bucket, "name").to_owned();
    check_name(&name)?;
    if world.resources.contains_key(&path(&name)) {
        return Err(rules::BUCKET_TAKEN.refuse(
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a \
             different name and try again.",
        ));
    }
    default(&mut bucket, "location", "US");
    check(&mut bucket)?;
    let fixed = json!({
        "kind": "storage#bucket",
        "id": name,
        "selfLink": format!("https://www.googleapis.com/storage/v1/b/{name}"),
        "projectNumber": PROJECT_NUMBER,
        "metageneration": "1",
        "timeCreated": NOW,
        "updated": NOW,
        "etag": "CAE=",
    });
    merge(&mut bucket, &fixed);
    world.resources.insert(path(&name), bucket.clone());
    world.bucket_projects.insert(name.clone(), project.clone());
    // Every new bucket has these bindings; without lists of its own, objects are the bucket's to grant.
    let member = |who: &str| format!("project{who}:{project}");
    let kinds: &[&str] = match bucket["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"] == true {
        true => &["Bucket", "Object"],
        false => &["Bucket"],
    };
    let of_kind = |kind: &&str| {
        [
            json!({"role": format!("roles/storage.legacy{kind}Owner"), "members": [member("Editor"), member("Owner")]}),
            json!({"role": format!("roles/storage.legacy{kind}Reader"), "members": [member("Viewer")]}),
        ]
    };
    let bindings = Value::from(kinds.iter().flat_map(of_kind).collect::<Vec<_>>());
    let etag = world.fingerprint();
    world.policies.insert(path(&name), json!({"version": 1, "etag": etag, "bindings": bindings}));
    Ok(Reply::json(200, &bucket))
}

/// `b/NAME`
pub(super) fn serve(world: &mut World, caller: &Caller, name: &str, call: &Call<'_>) -> Result<Reply, Refusal> {
    let bucket = get(world, name)?;
    match call.method {
        "GET" => {
            demand(world, caller, "storage.buckets.get", name, None)?;
            Ok(Reply::json(200, &bucket))
        }
        "PATCH" | "PUT" => {
            demand(world, caller, "storage.buckets.update", name, None)?;
            let mut new = bucket.clone();
            merge(&mut new, call.body);
            for field in ["name", "location"] {
                if !text(&new, field).eq_ignore_ascii_case(text(&bucket, field)) {
                    return Err(rules::BUCKET.field(
                        field,
                        &new[field],
                        "The name and the location of a bucket cannot be changed.",
                    ));
                }
            }
            check(&mut new)?;
            let generation = number(&bucket, "metageneration").unwrap_or_default() + 1;
            new["metageneration"] = generation.to_string().into();
            world.resources.insert(path(name), new.clone());
            Ok(Reply::json(200, &new))
        }
        "DELETE" => {
            demand(world, caller, "storage.buckets.delete", name, None)?;
            if world.objects.get(name).is_some_and(|objects| !objects.is_empty()) {
                return Err(rules::BUCKET_NOT_EMPTY.refuse("The bucket you tried to delete is not empty."));
            }
            world.resources.remove(&path(name));
            world.policies.remove(&path(name));
            world.bucket_projects.remove(name);
            world.objects.remove(name);
            Ok(Reply::bytes(204, "application/json; charset=UTF-8", Vec::new()))
        }
        _ => call.unknown().map(|body| Reply::json(200, &body)),
    }
}

/// `b/NAME/iam`
pub(super) fn policy(world: &mut World, caller: &Caller, name: &str, call: &Call<'_>) -> Result<Reply, Refusal> {
    let bucket = get(world, name)?;
    let verb = if call.method == "GET" { "get" } else { "set" };
    demand(world, caller, &format!("storage.buckets.{verb}IamPolicy"), name, None)?;
    let mut policy = if call.method == "GET" {
        iam_policy::get(world, &path(name))
    } else {
        let mut members = list(call.body, "bindings").iter().flat_map(|binding| texts(binding, "members"));
        let public = members.any(|member| member == "allUsers" || member == "allAuthenticatedUsers");
        if public && bucket["iamConfiguration"]["publicAccessPrevention"] == "enforced" {
            return Err(rules::BUCKET_PUBLIC.refuse(
                "The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.",
            ));
        }
        iam_policy::set(world, &path(name), &json!({"policy": call.body}), On::Bucket)?
    };
    policy["kind"] = "storage#policy".into();
    policy["resourceId"] = format!("projects/_/buckets/{name}").into();
    Ok(Reply::json(200, &policy))
}

/// 3 to 63 lowercase letters, digits, hyphens and underscores. (A name with dots requires a verified domain.)
fn check_name(name: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let good = (3..=63).contains(&name.len())
        && name.chars().all(allowed)
        && edge(name.chars().next())
        && edge(name.chars().last())
        && !name.starts_with("goog")
        && !name.contains("google");
    if good { Ok(()) } else { Err(rules::BUCKET_NAME.refuse(format!("Invalid bucket name: '{name}'"))) }
}

fn check(bucket: &mut Value) -> Result<(), Refusal> {
    let location = text(bucket, "location").to_uppercase();
    let region = places::is_region(&location.to_lowercase());
    if !region && !WIDE.contains(&location.as_str()) {
        return Err(rules::BUCKET.field(
            "location",
            &bucket["location"],
            "The specified location constraint is not valid.",
        ));
    }
    let kind = match location.as_str() {
        _ if region => "region",
        "ASIA" | "EU" | "US" => "multi-region",
        _ => "dual-region",
    };
    bucket["locationType"] = kind.into();
    bucket["location"] = location.into();
    default(bucket, "storageClass", "STANDARD");
    if !CLASSES.contains(&text(bucket, "storageClass")) {
        return Err(rules::BUCKET.field("storageClass", &bucket["storageClass"], "Invalid storage class."));
    }
    names::check_labels(&bucket["labels"])?;
    let access = &mut bucket["iamConfiguration"];
    default(access, "publicAccessPrevention", "inherited");
    let uniform = flag(&access["uniformBucketLevelAccess"], "enabled");
    access["uniformBucketLevelAccess"]["enabled"] = uniform.into();
    check_seconds(bucket)
}

/// Checks the limits of the soft delete and retention durations, in seconds.
fn check_seconds(bucket: &mut Value) -> Result<(), Refusal> {
    let soft = &mut bucket["softDeletePolicy"];
    default(soft, "retentionDurationSeconds", "604800");
    default(soft, "effectiveTime", NOW);
    let seconds = number(soft, "retentionDurationSeconds").unwrap_or(-1);
    if seconds != 0 && !(604_800..=7_776_000).contains(&seconds) {
        let why = "Must be 0 or between 604800 and 7776000 seconds.";
        return Err(rules::BUCKET.field("softDeletePolicy.retentionDurationSeconds", &seconds.into(), why));
    }
    soft["retentionDurationSeconds"] = seconds.to_string().into();
    let retention = &mut bucket["retentionPolicy"];
    if entries(retention).next().is_none() {
        bucket.as_object_mut().map(|fields| fields.remove("retentionPolicy"));
        return Ok(());
    }
    let period = number(retention, "retentionPeriod").unwrap_or_default();
    if !(1..=3_155_760_000).contains(&period) {
        let why = "Must be greater than 0 and at most 3155760000 seconds.";
        return Err(rules::BUCKET.field("retentionPolicy.retentionPeriod", &period.into(), why));
    }
    retention["retentionPeriod"] = period.to_string().into();
    default(retention, "effectiveTime", NOW);
    Ok(())
}
