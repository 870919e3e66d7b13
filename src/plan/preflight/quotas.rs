use crate::model;
use crate::plan::{Group, Plan};

/// What each machine of a group takes of the region's quotas.
#[derive(Debug, Clone)]
pub struct Quota {
    /// The machines, each `ZONE/NAME`.
    pub machines: Vec<String>,
    /// Metrics and amounts, `N2_CPUS=4`. `PREEMPTIBLE_CPUS:N2_CPUS=4`: the second, if the project has no quota of the first.
    pub takes: Vec<String>,
    /// The machine type, if its vCPUs are not known.
    pub unknown: Option<String>,
}

pub(super) fn of(plan: &Plan) -> Vec<Quota> {
    plan.groups().filter(|group| !group.nodes.is_empty()).map(|group| quota(plan, group)).collect()
}

fn quota(plan: &Plan, group: &Group) -> Quota {
    let mut takes = vec!["INSTANCES=1".to_owned()];
    let size = model::size(&group.machine_type);
    let family = model::family_of(&group.machine_type).map(|family| family.name);
    let processors = family.zip(size).map(|(family, size)| (processors(family), size.processors));
    match &processors {
        Some((metric, number)) if group.spot => takes.push(format!("PREEMPTIBLE_CPUS:{metric}={number}")),
        Some((metric, number)) => takes.push(format!("{metric}={number}")),
        None => {}
    }
    let state = (group.label == plan.control_plane.label).then_some((&plan.state.disk_type, plan.state.disk_size));
    for (kind, size) in std::iter::once((&group.disk_type, group.disk_size)).chain(state) {
        takes.extend(disks(kind).map(|metric| format!("{metric}={size}")));
    }
    if group.external_ip {
        takes.push("IN_USE_ADDRESSES=1".to_owned());
    }
    Quota {
        machines: group.nodes.iter().map(|node| format!("{}/{}", node.zone, node.name)).collect(),
        takes,
        unknown: processors.is_none().then(|| group.machine_type.clone()),
    }
}

/// The metric of a family's vCPUs (<https://cloud.google.com/compute/resource-usage#cpu_quota>): the first families share one.
fn processors(family: &str) -> String {
    match family {
        "e2" | "n1" | "f1" | "g1" => "CPUS".to_owned(),
        family => format!("{}_CPUS", family.to_uppercase()),
    }
}

/// The metric of a disk type's GB; other types have quotas that only Cloud Quotas shows.
fn disks(kind: &str) -> Option<&'static str> {
    match kind {
        "pd-standard" => Some("DISKS_TOTAL_GB"),
        "pd-balanced" | "pd-ssd" => Some("SSD_TOTAL_GB"),
        "hyperdisk-balanced" => Some("HDB_TOTAL_GB"),
        _ => None,
    }
}
