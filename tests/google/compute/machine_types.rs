//! Machine types: plausible names, and what each family supports.

/// The machine families.
const FAMILIES: &[&str] = &[
    "a2", "a3", "a4", "a4x", "c2", "c2d", "c3", "c3d", "c4", "c4a", "c4d", "c4n", "e2", "f1", "g1", "g2", "g4", "h3",
    "h4d", "m1", "m2", "m3", "m4", "m4n", "n1", "n2", "n2d", "n4", "n4a", "n4d", "t2a", "t2d", "x4", "z3",
];

const CLASSES: &[&str] =
    &["standard", "highcpu", "highmem", "megamem", "ultramem", "hypermem", "highgpu", "megagpu", "ultragpu", "maxgpu"];

/// The vCPU counts of common machine types. The sizes of other families are not checked.
const PROCESSORS: &[(&str, &[u32])] = &[
    ("e2-standard", &[2, 4, 8, 16, 32]),
    ("n1-standard", &[1, 2, 4, 8, 16, 32, 64, 96]),
    ("n2-standard", &[2, 4, 8, 16, 32, 48, 64, 80, 96, 128]),
    ("n2d-standard", &[2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224]),
    ("n4-standard", &[2, 4, 8, 16, 32, 48, 64, 80]),
    ("c2-standard", &[4, 8, 16, 30, 60]),
    ("c3-standard", &[4, 8, 22, 44, 88, 176, 192]),
    ("c4-standard", &[2, 4, 8, 16, 24, 32, 48, 96, 144, 192, 288]),
    ("c4a-standard", &[1, 2, 4, 8, 16, 32, 48, 64, 72]),
    ("t2a-standard", &[1, 2, 4, 8, 16, 32, 48]),
    ("t2d-standard", &[1, 2, 4, 8, 16, 32, 48, 60]),
];

/// `n2-standard-4` → `n2`; a custom type without a family belongs to n1.
pub(crate) fn family(machine_type: &str) -> &str {
    match machine_type.split('-').next() {
        Some("custom") | None => "n1",
        Some(family) => family,
    }
}

/// Whether a machine type plausibly exists.
pub(crate) fn exists(machine_type: &str) -> bool {
    let parts: Vec<&str> = machine_type.split('-').collect();
    match parts.as_slice() {
        ["e2", "micro" | "small" | "medium"] | ["f1", "micro"] | ["g1", "small"] => true,
        ["custom", processors, memory]
        | [_, "custom", processors, memory]
        | [_, "custom", processors, memory, "ext"] => {
            is_custom(family(machine_type), processors, memory, parts.len() == 5)
        }
        [family, class, size] | [family, class, size, "lssd" | "metal"] => {
            let known = FAMILIES.contains(family) && CLASSES.contains(class);
            let number = size.trim_end_matches('g').parse::<u32>();
            let listed = PROCESSORS.iter().find(|(name, _)| *name == format!("{family}-{class}"));
            known && number.is_ok_and(|number| listed.is_none_or(|(_, sizes)| sizes.contains(&number)))
        }
        _ => false,
    }
}

/// vCPUs: one or an even number. Memory: MiB in steps of 256, up to 8 GiB (n1: 6.5) per vCPU, more with `-ext`.
fn is_custom(family: &str, processors: &str, memory: &str, extended: bool) -> bool {
    let (Ok(processors), Ok(memory)) = (processors.parse::<u32>(), memory.parse::<u32>()) else {
        return false;
    };
    let custom = ["n1", "n2", "n2d", "n4", "n4a", "n4d", "e2", "g2"].contains(&family);
    let most = if family == "n1" { 6656 } else { 8192 };
    let even = processors.is_multiple_of(2) || (processors == 1 && family == "n1");
    custom
        && even
        && memory.is_multiple_of(256)
        && memory >= 512 * processors
        && (extended || memory <= most * processors)
}

/// Whether the family uses Arm processors.
pub(crate) fn is_arm(family: &str) -> bool {
    ["t2a", "c4a", "n4a", "a4x"].contains(&family)
}

/// Whether the family supports the disk type.
pub(crate) fn takes_disk(family: &str, disk_type: &str) -> bool {
    const HYPERDISK_ONLY: &[&str] = &["c4", "c4a", "c4d", "c4n", "n4", "n4a", "n4d", "m4", "m4n"];
    const NO_HYPERDISK_BALANCED: &[&str] =
        &["a2", "c2", "c2d", "e2", "f1", "g1", "g2", "n1", "n2", "n2d", "t2a", "t2d"];
    let hyperdisk_only = HYPERDISK_ONLY.contains(&family);
    match disk_type {
        "pd-standard" => !hyperdisk_only && !["c3", "c3d", "m3", "z3", "h3"].contains(&family),
        "pd-balanced" | "pd-ssd" | "pd-extreme" => !hyperdisk_only,
        "hyperdisk-balanced" | "hyperdisk-balanced-high-availability" => !NO_HYPERDISK_BALANCED.contains(&family),
        "hyperdisk-extreme" | "hyperdisk-throughput" | "hyperdisk-ml" => true,
        _ => false,
    }
}

/// The default disk type.
pub(crate) fn default_disk(family: &str) -> &'static str {
    ["pd-standard", "pd-balanced", "hyperdisk-balanced"]
        .into_iter()
        .find(|disk| takes_disk(family, disk))
        .unwrap_or("pd-standard")
}
