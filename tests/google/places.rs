//! Regions and zones.

/// The regions of Compute Engine.
const REGIONS: &[&str] = &[
    "africa-south1",
    "asia-east1",
    "asia-east2",
    "asia-northeast1",
    "asia-northeast2",
    "asia-northeast3",
    "asia-south1",
    "asia-south2",
    "asia-southeast1",
    "asia-southeast2",
    "asia-southeast3",
    "australia-southeast1",
    "australia-southeast2",
    "europe-central2",
    "europe-north1",
    "europe-north2",
    "europe-southwest1",
    "europe-west1",
    "europe-west2",
    "europe-west3",
    "europe-west4",
    "europe-west6",
    "europe-west8",
    "europe-west9",
    "europe-west10",
    "europe-west12",
    "me-central1",
    "me-central2",
    "me-west1",
    "northamerica-northeast1",
    "northamerica-northeast2",
    "northamerica-south1",
    "southamerica-east1",
    "southamerica-west1",
    "us-central1",
    "us-east1",
    "us-east4",
    "us-east5",
    "us-south1",
    "us-west1",
    "us-west2",
    "us-west3",
    "us-west4",
];

/// Whether the region exists.
pub(crate) fn is_region(region: &str) -> bool {
    REGIONS.contains(&region)
}

/// All regions.
pub(crate) fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().copied()
}

/// All zones.
pub(crate) fn zones() -> impl Iterator<Item = String> {
    regions().flat_map(|region| letters(region).chars().map(move |letter| format!("{region}-{letter}")))
}

fn letters(region: &str) -> &'static str {
    match region {
        "europe-west1" | "us-east1" => "bcd",
        "us-central1" => "abcf",
        _ => "abc",
    }
}

/// Whether the zone exists.
pub(crate) fn is_zone(zone: &str) -> bool {
    let Some((region, suffix)) = zone.rsplit_once('-') else {
        return false;
    };
    is_region(region) && suffix.len() == 1 && letters(region).contains(suffix)
}

/// `asia-southeast1-b` → `asia-southeast1`
pub(crate) fn region_of(zone: &str) -> &str {
    zone.rsplit_once('-').map_or(zone, |(region, _)| region)
}
