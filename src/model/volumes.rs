//! The types of disks that pods' volumes can have: what the machines that run pods take.

use super::machine::takes_disk;
use super::{ControlPlane, Machine, Pool};
use crate::diag::{Code, Diagnostic, Report};
use crate::source::Span;
use crate::spec::Spec;

/// In order of preference.
const TYPES: [&str; 3] = ["pd-balanced", "hyperdisk-balanced", "pd-ssd"];

/// The disk types that any of these machines takes, starting with the default: one that all of them take, if there is one.
pub(super) fn check(
    spec: &Spec,
    control_plane: &ControlPlane,
    pools: &[Pool],
    report: &mut Report,
) -> Vec<&'static str> {
    let machines: Vec<&Machine> = match pools {
        [] => vec![&control_plane.machine],
        pools => pools.iter().map(|pool| &pool.machine).collect(),
    };
    let mut types: Vec<&str> =
        TYPES.into_iter().filter(|kind| machines.iter().any(|machine| takes(machine, kind))).collect();
    let common = types.iter().position(|kind| machines.iter().all(|machine| takes(machine, kind)));
    if let Some(common) = common {
        let default = types.remove(common);
        types.insert(0, default);
    } else if let Some(default) = types.first() {
        let without: Vec<&Pool> = pools.iter().filter(|pool| !takes(&pool.machine, default)).collect();
        report.push(mismatch(spec, default, &without));
    }
    types
}

fn takes(machine: &Machine, kind: &str) -> bool {
    takes_disk(&machine.machine_type, kind, &machine.disk.kind)
}

fn mismatch(spec: &Spec, default: &str, without: &[&Pool]) -> Diagnostic {
    let names: Vec<String> = without.iter().map(|pool| format!("`{}`", pool.name)).collect();
    let other = TYPES.into_iter().find(|kind| without.first().is_some_and(|pool| takes(&pool.machine, kind)));
    let message = format!(
        "no disk type fits all pools: volumes of the default StorageClass {default} cannot be attached to machines of {}",
        names.join(", ")
    );
    let diagnostic = Diagnostic::warning(Code::VolumeMismatch, message).help(format!(
        "for pods with volumes, use a nodeSelector or taints, and on these machines `storageClassName: {}`",
        other.unwrap_or("hyperdisk-balanced")
    ));
    let mut places = without.iter().filter_map(|pool| place(spec, &pool.name));
    let diagnostic = match places.next() {
        Some(first) => diagnostic.at(first, format!("takes no {default}")),
        None => diagnostic,
    };
    places.fold(diagnostic, |diagnostic, place| diagnostic.and(place, "nor does this"))
}

/// Where the description has the pool's machine type, or the pool.
fn place<'s>(spec: &'s Spec, pool: &str) -> Option<&'s Span> {
    let (key, written) = spec.pools.as_ref()?.iter().find(|(key, _)| key.value == pool)?;
    Some(written.value.machine_type.as_ref().map_or(&key.span, |machine_type| &machine_type.span))
}
