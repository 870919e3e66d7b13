//! Public images, by family or by name.

use serde_json::{Value, json};

use crate::google::{Answer, link, refusal::Refusal, rules, world::NOW};

/// Project, common prefixes of family and image names, and size in GB. An architecture may follow the family name.
const PUBLISHED: &[(&str, &[&str], u64)] = &[
    (
        "ubuntu-os-cloud",
        &["ubuntu-2204-", "ubuntu-2404-", "ubuntu-2604-", "ubuntu-minimal-2204-", "ubuntu-minimal-2404-"],
        10,
    ),
    ("debian-cloud", &["debian-12", "debian-13"], 10),
    ("rocky-linux-cloud", &["rocky-linux-8", "rocky-linux-9", "rocky-linux-10"], 20),
    ("centos-cloud", &["centos-stream-9", "centos-stream-10"], 20),
    ("rhel-cloud", &["rhel-8", "rhel-9", "rhel-10"], 20),
    ("cos-cloud", &["cos-1", "cos-stable", "cos-arm64-"], 10),
    // Deleted by Google, but used in the guide's commands.
    ("centos-cloud", &["centos-7-v20210721"], 20),
];

/// The image for `projects/P/global/images/NAME` or `…/images/family/FAMILY`.
pub(crate) fn find(link: &Value, project: &str) -> Result<Value, Refusal> {
    let path = link::path(link.as_str().unwrap_or_default(), project);
    let path = path.ok_or_else(|| {
        rules::IMAGE.field("resource.disks.initializeParams.sourceImage", link, "The URL is malformed.")
    })?;
    get(&path, link::name(&path))
}

/// The response to a GET.
pub(crate) fn get(path: &str, name: &str) -> Answer {
    let missing = || rules::IMAGE.refuse(format!("The resource '{path}' was not found"));
    let project = path.split('/').nth(1).unwrap_or_default();
    let family = path.contains("/images/family/");
    let starts = |(owner, names, _): &&(&str, &[&str], u64)| {
        *owner == project && names.iter().any(|start| name.starts_with(start))
    };
    let (_, _, size) = PUBLISHED.iter().find(starts).ok_or_else(missing)?;
    // Since 24.04, Ubuntu's families end in their architecture.
    let unnamed = name == "ubuntu-2404-lts" || name == "ubuntu-2604-lts" || name == "centos-7";
    let dated = name.contains("-v20");
    if unnamed || (family && dated) || (!family && !dated && project != "cos-cloud") {
        return Err(missing());
    }
    let image = if family { format!("{name}-v20261101") } else { name.to_owned() };
    let path = format!("projects/{project}/global/images/{image}");
    Ok(json!({
        "kind": "compute#image",
        "id": "1000000000000000001",
        "name": image,
        "family": if family { name.into() } else { Value::Null },
        "status": "READY",
        "diskSizeGb": size.to_string(),
        "architecture": if name.contains("arm64") { "ARM64" } else { "X86_64" },
        "creationTimestamp": NOW,
        "selfLink": link::to(&path),
        "guestOsFeatures": [{"type": "UEFI_COMPATIBLE"}, {"type": "GVNIC"}],
    }))
}
