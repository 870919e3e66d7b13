//! The control plane: how many machines, their names, and what only they have.

use super::pool::{Context, written_names};
use super::{ControlPlane, Derived, Pool, machine, name, pool};
use crate::diag::{Code, Diagnostic, Report, quantity, thousands};
use crate::source::{Span, Spanned};
use crate::spec;

/// How many there can be. etcd needs a majority, so an even number survives no more failures than the odd one below it; every
/// member beyond five makes writes slower (etcd.io/docs/v3.6/faq).
const COUNTS: [usize; 3] = [1, 3, 5];

/// The control plane.
pub(super) fn check(spec: &spec::ControlPlane, context: &Context<'_>, report: &mut Report) -> ControlPlane {
    let count = spec.count.as_ref().map(pool::machines);
    let right = |count: Option<usize>| count.filter(|count| COUNTS.contains(count));
    if let Some(span) = spec.count.as_ref().filter(|_| right(count).is_none()).map(|count| &count.span) {
        wrong_count(count.unwrap_or_default(), span, true, report);
    }
    let names = match &spec.names {
        None => derived(right(count.or(Some(1))), context.prefix),
        Some(names) if count.is_some_and(|count| right(Some(count)).is_some() && count != names.value.len()) => {
            let count = count.unwrap_or_default();
            let message = format!(
                "{}, but {}",
                quantity(count as u64, "control plane"),
                quantity(names.value.len() as u64, "name")
            );
            let diagnostic = Diagnostic::error(Code::InvalidCount, message).at(&names.span, "");
            report.push(diagnostic.help(format!("list {count} names, or remove `names`")));
            Vec::new()
        }
        Some(names) if count.is_none() && right(Some(names.value.len())).is_none() => {
            wrong_count(names.value.len(), &names.span, false, report);
            Vec::new()
        }
        Some(names) => written(names, context.prefix, report),
    };
    let machine = machine::check(&spec.machine(), context.machine_type(None), report);
    machine::carries_control_plane(spec.machine_type.as_ref(), &machine.machine_type, report);
    check_replaceable(spec.disk.as_ref(), report);
    let state_disk = machine::state_disk(spec, &machine.machine_type, report);
    ControlPlane { names, zones: context.zones.to_vec(), state_disk, machine }
}

/// A control plane is replaced for a new image, a new machine type or a repair; what must not be lost is on its state disk. A boot
/// disk that is kept is in the way of the new machine: Terraform deletes the old one, and Google refuses the second disk of its name.
fn check_replaceable(disk: Option<&spec::Disk>, report: &mut Report) {
    let Some(keep) = disk.and_then(|disk| disk.keep.as_ref()).filter(|keep| keep.value) else { return };
    let message = "a control plane whose boot disk is kept cannot be replaced";
    report.push(
        Diagnostic::warning(Code::Irreplaceable, message)
            .at(&keep.span, "blocks the boot disk of the new machine")
            .help("etcd and the cluster's CA are on the state disk: remove `keep`")
            .patch(&keep.span, "false"),
    );
}

/// A machine and another's state disk of one name: boot disks are named after their machines, and disk names are unique in a zone.
/// Names that are derived do not end in `-state`.
pub(super) fn state_disk_clashes(control_plane: &ControlPlane, spec: &spec::Spec, report: &mut Report) {
    let written = spec.control_plane.iter().filter_map(|control_plane| control_plane.names.as_ref());
    let pools = spec.pools.iter().flat_map(|pools| pools.values()).filter_map(|pool| pool.value.names.as_ref());
    for machine in written.chain(pools).flat_map(|names| &names.value) {
        let Some(owner) = control_plane.names.iter().find(|name| Derived::state_disk(name) == machine.value) else {
            continue;
        };
        let message =
            format!("the boot disk of `{}` and the state disk of `{owner}` would have the same name", machine.value);
        report.push(
            Diagnostic::error(Code::NameClash, message).at(&machine.span, "").help("give the machine another name"),
        );
    }
}

/// How many machines it has, as far as that can be known: one where the number is wrong.
pub(super) fn total(spec: &spec::ControlPlane) -> usize {
    let count = spec.count.as_ref().map(pool::machines);
    let named = spec.names.as_ref().map(|names| names.value.len());
    count.or(named).filter(|count| COUNTS.contains(count)).unwrap_or(1)
}

/// `counted`: the description gives the number, so a patch can replace it.
fn wrong_count(count: usize, span: &Span, counted: bool, report: &mut Report) {
    let nearest = COUNTS.into_iter().rfind(|right| *right <= count).unwrap_or(1);
    let (message, help) = match count {
        0 => ("a cluster without a control plane".to_owned(), "use 1, 3 or 5".to_owned()),
        2 | 4 => (
            format!("{count} control planes: an even number adds no fault tolerance"),
            format!(
                "etcd needs a majority, so {count} members tolerate only as many failures as {}: use {} or {}",
                count - 1,
                count - 1,
                count + 1
            ),
        ),
        _ => (
            format!("{} control planes; at most 5 are supported", thousands(count as u64)),
            "every write waits for a majority of them: use 3, or 5 to survive two failures".to_owned(),
        ),
    };
    let diagnostic = Diagnostic::error(Code::InvalidCount, message).at(span, "").help(help);
    report.push(if counted { diagnostic.patch(span, nearest.to_string()) } else { diagnostic });
}

fn derived(count: Option<usize>, cluster: Option<&str>) -> Vec<String> {
    let Some((count, cluster)) = count.zip(cluster) else { return Vec::new() };
    (1..=count).map(|number| Derived(cluster).control_plane(number)).collect()
}

/// Names that are written out. Each also names the machine's state disk, its address and its DNS record.
fn written(names: &Spanned<Vec<Spanned<String>>>, cluster: Option<&str>, report: &mut Report) -> Vec<String> {
    for (index, written) in names.value.iter().enumerate() {
        let disk = Derived::state_disk(&written.value);
        if name::is_name(&written.value) && !name::is_name(&disk) {
            let room = written.value.len() - "-state".len();
            let diagnostic = name::too_long(&written.span, "the state disk", &disk, 63);
            report.push(diagnostic.help("shorten the name").patch(&written.span, name::shorten(&written.value, room)));
        }
        if names.value[..index].iter().any(|earlier| earlier.value == written.value) {
            let message = format!("the name `{}` is listed twice", written.value);
            let diagnostic = Diagnostic::error(Code::NameClash, message).at(&written.span, "again here");
            report.push(diagnostic.help("give each machine a name of its own"));
        }
        let endpoint = cluster.is_some_and(|cluster| Derived(cluster).api() == written.value);
        if names.value.len() > 1 && (endpoint || written.value == "api") {
            let what = if endpoint { "address" } else { "DNS record" };
            let message = format!("the control plane `{}` and the API endpoint need the same {what}", written.value);
            let diagnostic = Diagnostic::error(Code::NameClash, message).at(&written.span, "");
            report.push(diagnostic.help("give the machine another name"));
        }
    }
    written_names(names, report)
}

/// Google allows a VM in one load-balanced instance group only (cloud.google.com/load-balancing/docs/internal/setting-up-internal),
/// and the API's load balancer has these.
pub(super) fn check_load_balancers(
    spec: &spec::Spec,
    control_plane: &ControlPlane,
    pools: &[Pool],
    report: &mut Report,
) {
    let count = spec.control_plane.as_ref().and_then(|control_plane| control_plane.count.as_ref());
    if control_plane.names.len() < 2 || !pools.is_empty() {
        return;
    }
    let message = "with several control planes and no pool, Services cannot have internal load balancers";
    let diagnostic = Diagnostic::warning(Code::InternalLoadBalancer, message)
        .help("Google allows a VM in one load-balanced instance group, and the control planes are in the API's: add a pool, or use external load balancers");
    report.push(match count {
        Some(count) => diagnostic.at(&count.span, "all machines are behind the API's load balancer"),
        None => diagnostic,
    });
}
