//! Links between resources.

use serde_json::Value;

use super::{Answer, World, refusal::Refusal, rules};

/// Converts any accepted form of a link to `projects/P/…`. The provider uses its configured endpoint, other clients googleapis.com,
/// a path that starts with the project, or one relative to the project.
pub(crate) fn path(link: &str, project: &str) -> Option<String> {
    let link = match link.split_once("://") {
        Some((_, rest)) => &rest[rest.find("/projects/")? + 1..],
        None => link.trim_start_matches('/'),
    };
    match link.split_once('/')?.0 {
        "projects" => Some(link.to_owned()),
        "global" | "regions" | "zones" => Some(format!("projects/{project}/{link}")),
        _ => None,
    }
}

/// The path in a link that the stand-in created.
pub(crate) fn own(link: &Value) -> Option<String> {
    path(link.as_str()?, "")
}

/// The link that Google returns for a path.
pub(crate) fn to(path: &str) -> String {
    format!("https://www.googleapis.com/compute/v1/{path}")
}

/// The name: the last segment.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// The collection: the second to last segment.
pub(crate) fn collection(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or_default()
}

/// `projects/P/regions/R/…` → `regions/R`; `projects/P/global/…` → `global`.
pub(crate) fn scope(path: &str) -> &str {
    let rest = path.splitn(3, '/').nth(2).unwrap_or_default();
    let parts = if rest.starts_with("global") { 1 } else { 2 };
    rest.match_indices('/').nth(parts - 1).map_or(rest, |(end, _)| &rest[..end])
}

/// The path of an existing resource in the collection. Accepts a numeric id instead of the name.
pub(crate) fn existing(
    world: &World,
    field: &str,
    link: &Value,
    collection: &str,
    project: &str,
) -> Result<String, Refusal> {
    let malformed = || rules::REFERENCE.field(field, link, "The URL is malformed.");
    let path = path(link.as_str().unwrap_or_default(), project).ok_or_else(malformed)?;
    if self::collection(&path) != collection {
        return Err(malformed());
    }
    if world.resources.contains_key(&path) {
        return Ok(path);
    }
    let by_id = world.all(collection).find(|(_, resource)| resource["id"] == name(&path));
    by_id
        .map(|(path, _)| path.clone())
        .ok_or_else(|| rules::REFERENCE.field(field, link, "The referenced resource cannot be found."))
}

/// The resource at a path, or Google's 404.
pub(crate) fn get(world: &World, path: &str) -> Answer {
    world
        .resources
        .get(path)
        .cloned()
        .ok_or_else(|| rules::NOT_FOUND.refuse(format!("The resource '{path}' was not found")))
}
