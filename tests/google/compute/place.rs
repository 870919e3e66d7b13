//! Locations in a project: global, a region or a zone.

use crate::google::{places, refusal::Refusal, rules};

/// The location and path of a resource.
pub(super) struct Place {
    pub(super) project: String,
    /// `global`, `regions/R` or `zones/Z`
    pub(super) scope: String,
    /// The region, or the zone's region; empty if global.
    pub(super) region: String,
    /// `projects/P/SCOPE/COLLECTION/NAME`
    pub(super) path: String,
}

impl Place {
    /// The name of the zone; empty if not zonal.
    pub(super) fn zone(&self) -> &str {
        self.scope.strip_prefix("zones/").unwrap_or_default()
    }

    /// The path of another resource in the same location.
    pub(super) fn beside(&self, collection: &str, name: &str) -> String {
        format!("projects/{}/{}/{collection}/{name}", self.project, self.scope)
    }
}

/// Checks that the location exists, and returns its region.
pub(super) fn check_scope(scope: &str) -> Result<String, Refusal> {
    match scope.split_once('/') {
        Some(("regions", region)) if !places::is_region(region) => {
            Err(rules::REGION.field("region", &region.into(), "Unknown region."))
        }
        Some(("zones", zone)) if !places::is_zone(zone) => {
            Err(rules::ZONE.field("zone", &zone.into(), "Unknown zone."))
        }
        Some(("zones", zone)) => Ok(places::region_of(zone).to_owned()),
        Some((_, region)) => Ok(region.to_owned()),
        None => Ok(String::new()),
    }
}
