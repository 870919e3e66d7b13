//! Project, region and zones.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::name;
use super::table::rows;
use crate::diag::{Code, Diagnostic, Report};
use crate::source::{Span, Spanned};
use crate::spec::Spec;

/// Regions and the letters of their zones, only for warnings and default zones: a region newer than the table is not an error.
static REGIONS: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| rows(include_str!("data/regions.txt")).map(|row| (row[0], row[1])).collect());

/// How many zones a cluster spreads over by default.
const SPREAD: usize = 3;

/// A project id: 6 to 30 lower-case letters, digits and hyphens (Resource Manager's discovery document).
pub(super) fn project(spec: &Spec, report: &mut Report) -> Option<String> {
    let help = "add the project's id: `project: my-project-123`";
    let project = name::required(spec, "project", spec.project.as_ref(), help, report)?;
    let id = &project.value;
    if (6..=30).contains(&id.len()) && name::is_name(id) {
        return Some(id.clone());
    }
    if let Some((domain, _)) = id.split_once(':').filter(|(domain, _)| domain.contains('.')) {
        // Any id that is composed from it could belong to another project.
        let message = format!("`{id}` is a domain-scoped project id, which vpcgen does not support");
        let help = "use a project whose id has no domain; `gcloud projects list` shows yours";
        let diagnostic = Diagnostic::error(Code::InvalidProject, message);
        report.push(diagnostic.at(&project.span, format!("in the domain {domain}")).help(help));
        return None;
    }
    let message = if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) {
        format!("`{id}` is a project number, not a project id")
    } else {
        format!("`{id}` is not a valid project id")
    };
    let sanitized = name::sanitize(id);
    let diagnostic = Diagnostic::error(Code::InvalidProject, message)
        .at(&project.span, format!("{} characters", id.chars().count()));
    let diagnostic = if (6..=30).contains(&sanitized.len()) && name::is_name(&sanitized) {
        diagnostic.patch(&project.span, sanitized)
    } else {
        diagnostic
    };
    report.push(
        diagnostic.help("use 6 to 30 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen; `gcloud projects list` shows your projects"),
    );
    None
}

/// The region, and its zones as far as they are known; `None` where it is missing or invalid.
pub(super) fn region(spec: &Spec, report: &mut Report) -> Option<(String, Vec<String>)> {
    let help = "add the region of the cluster: `region: europe-west1`";
    let region = name::required(spec, "region", spec.region.as_ref(), help, report)?;
    let text = region.value.as_str();
    if let Some((name, letters)) = REGIONS.iter().find(|(name, _)| *name == text) {
        return Some((text.to_owned(), letters.chars().map(|letter| format!("{name}-{letter}")).collect()));
    }
    if let Some((known, _)) =
        REGIONS.iter().find(|(name, _)| text.strip_prefix(name).is_some_and(|z| z.starts_with('-')))
    {
        report.push(
            Diagnostic::error(Code::InvalidRegion, format!("`{text}` is a zone, not a region"))
                .at(&region.span, "")
                .help("give the region here and the zone under `zones`")
                .patch(&region.span, *known),
        );
        return None;
    }
    let near = nearest(text, REGIONS.iter().map(|(name, _)| *name));
    if !is_region(text) {
        let diagnostic =
            Diagnostic::error(Code::InvalidRegion, format!("`{text}` is not a valid region")).at(&region.span, "");
        let near = near.or_else(|| of_aws(text));
        report.push(with_near(diagnostic, near, &region.span, "region names look like europe-west1"));
        return None;
    }
    let message = format!("unknown region `{text}`");
    if spec.zones.is_none() && !spec.is_unread("zones") {
        // Nor the letters of its zones, so there is nothing to spread over.
        let otherwise = format!("if the region is new, set its zones: `zones: [{text}-a]`");
        let diagnostic = Diagnostic::error(Code::UnknownRegion, message).at(&region.span, "");
        report.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`? {otherwise}")).patch(&region.span, near),
            None => diagnostic.help(otherwise),
        });
        return None;
    }
    let diagnostic = Diagnostic::warning(Code::UnknownRegion, message).at(&region.span, "");
    report.push(with_near(diagnostic, near, &region.span, "ignore this if the region is new"));
    Some((text.to_owned(), Vec::new()))
}

/// Zones in order: those of the description, checked against the region, or else the first three that are known.
pub(super) fn zones(
    zones: Option<&Spanned<Vec<Spanned<String>>>>,
    region: Option<&(String, Vec<String>)>,
    report: &mut Report,
) -> Vec<String> {
    let Some((region, known)) = region else { return Vec::new() };
    let Some(list) = zones else {
        return known.iter().take(SPREAD).cloned().collect();
    };
    if list.value.is_empty() {
        report.push(
            Diagnostic::error(Code::InvalidRegion, "`zones` is empty")
                .at(&list.span, "")
                .help("remove `zones`, or list at least one"),
        );
    }
    let mut seen = HashMap::new();
    for zone in &list.value {
        check_zone(zone, region, known, report);
        let first = *seen.entry(zone.value.as_str()).or_insert(zone);
        if !std::ptr::eq(first, zone) {
            report.push(
                Diagnostic::error(Code::InvalidRegion, format!("the zone `{}` is listed twice", zone.value))
                    .at(&zone.span, "again here")
                    .and(&first.span, "first here")
                    .help("list each zone once"),
            );
        }
    }
    list.value.iter().map(|zone| zone.value.clone()).collect()
}

fn check_zone(zone: &Spanned<String>, region: &str, known: &[String], report: &mut Report) {
    let text = zone.value.as_str();
    let suffix = text.strip_prefix(region).and_then(|rest| rest.strip_prefix('-'));
    match suffix {
        // AI zones have longer suffixes, such as us-central1-ai1a.
        Some(suffix) if !suffix.is_empty() && suffix.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) => {
            if !known.is_empty() && !known.iter().any(|k| k == text) && suffix.len() == 1 {
                report.push(
                    Diagnostic::warning(Code::UnknownZone, format!("unknown zone `{text}`")).at(&zone.span, "").help(
                        format!("the known zones of {region} are {}; ignore this if the zone is new", known.join(", ")),
                    ),
                );
            }
        }
        _ => {
            let diagnostic = Diagnostic::error(
                Code::ZoneOutsideRegion,
                format!("the zone `{text}` is not in the region `{region}`"),
            )
            .at(&zone.span, "");
            // `b`, or `1-b`: the end of a zone's name alone.
            let end = known.iter().find(|zone| !text.is_empty() && zone.ends_with(text));
            let near = end.map(String::as_str).or_else(|| nearest(text, known.iter().map(String::as_str)));
            report.push(with_near(diagnostic, near, &zone.span, &format!("its zones are named {region}-a and so on")));
        }
    }
}

fn with_near(diagnostic: Diagnostic, near: Option<&str>, span: &Span, otherwise: &str) -> Diagnostic {
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).patch(span, near),
        None => diagnostic.help(otherwise),
    }
}

fn nearest<'a>(text: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let close = |name: &&str| strsim::damerau_levenshtein(text, name);
    among.filter(|name| close(name) <= 2).min_by_key(close)
}

/// Google's region for one in AWS's format, `eu-west-1`.
fn of_aws(text: &str) -> Option<&'static str> {
    let (area, number) = text.rsplit_once('-')?;
    let area = area.replacen("eu-", "europe-", 1).replacen("ap-", "asia-", 1);
    let google = format!("{area}{number}");
    REGIONS.iter().map(|(name, _)| *name).find(|name| *name == google)
}

/// `[a-z]+-[a-z]+[0-9]+`: matches every region there is.
fn is_region(text: &str) -> bool {
    let Some((area, place)) = text.split_once('-') else { return false };
    let word = place.trim_end_matches(|c: char| c.is_ascii_digit());
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    letters(area) && letters(word) && word.len() < place.len() && text.len() <= 40
}
