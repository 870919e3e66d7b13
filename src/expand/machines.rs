use super::writer::{Origin, Writer, default, quoted};
use super::{Expansion, parts};
use crate::model;
use crate::spec;

pub(super) fn control_plane(of: Expansion<'_>, out: &mut Writer) {
    let unwritten = spec::ControlPlane::default();
    let spec = of.spec.control_plane.as_ref().unwrap_or(&unwritten);
    let control_plane = &of.cluster.control_plane;
    out.mapping("control_plane", false, None, |out| {
        count(out, &control_plane.names, (spec.count.is_some(), spec.names.is_some()));
        let machine_type = &control_plane.machine.machine_type;
        out.mapping("state_disk", false, None, |out| {
            let (size, kind) = match &spec.state_disk {
                Some(disk) => (disk.size.as_ref(), disk.kind.as_ref()),
                None => (None, None),
            };
            out.value("size", control_plane.state_disk.size, default(&size, ""));
            out.scalar("type", &control_plane.state_disk.kind, default(&kind, &format!("for {machine_type}")));
        });
        machine(of, out, &spec.machine(), &control_plane.machine, true);
    });
}

pub(super) fn pools(of: Expansion<'_>, out: &mut Writer) {
    let pools = &of.cluster.pools;
    out.mapping("pools", pools.is_empty(), default(&of.spec.pools, ""), |out| {
        for pool in pools {
            let written =
                of.spec.pools.as_ref().and_then(|pools| {
                    pools.iter().find(|(name, _)| name.value == pool.name).map(|(_, pool)| &pool.value)
                });
            let unwritten = spec::Pool::default();
            one(of, out, written.unwrap_or(&unwritten), pool);
        }
    });
}

fn one(of: Expansion<'_>, out: &mut Writer, spec: &spec::Pool, pool: &model::Pool) {
    out.mapping(&quoted(&pool.name), false, None, |out| {
        count(out, &pool.names, (spec.count.is_some(), spec.names.is_some()));
        out.list("zones", &pool.zones, default(&spec.zones, "those of the cluster"));
        out.value("spot", pool.spot, default(&spec.spot, ""));
        out.mapping_of_text("labels", &pool.labels, default(&spec.labels, ""));
        if pool.taints.is_empty() {
            out.list::<&str>("taints", &[], default(&spec.taints, ""));
        } else {
            out.mapping("taints", false, None, |out| {
                for taint in &pool.taints {
                    let [key, value, effect] = [&taint.key, &taint.value, &taint.effect].map(|text| quoted(text));
                    out.item(&format!("{{key: {key}, value: {value}, effect: {effect}}}"));
                }
            });
        }
        machine(of, out, &spec.machine(), &pool.machine, false);
    });
}

/// How many machines there are, and their names if these are written: derived names follow the count.
fn count(out: &mut Writer, names: &[String], (counted, named): (bool, bool)) {
    let derived = match names {
        _ if named => None,
        [] => None,
        [only] => Some(only.clone()),
        [first, last] => Some(format!("{first} and {last}")),
        [first, .., last] => Some(format!("{first} to {last}")),
    };
    let origin: Origin = match (counted, named, derived) {
        (true, _, derived) => derived,
        (false, true, _) => Some("the number of names".to_owned()),
        (false, false, derived) => Some(format!("default: {}", derived.unwrap_or_default())),
    };
    out.value("count", names.len(), origin);
    if named {
        out.list("names", names, None);
    }
}

fn machine(
    of: Expansion<'_>,
    out: &mut Writer,
    spec: &spec::Machine<'_>,
    machine: &model::Machine,
    control_plane: bool,
) {
    out.scalar("machine_type", &machine.machine_type, default(&spec.machine_type, ""));
    out.scalar("image", &machine.image, default(&spec.image, ""));
    out.mapping("disk", false, None, |out| {
        let unwritten = spec::Disk::default();
        let spec = spec.disk.unwrap_or(&unwritten);
        out.value("size", machine.disk.size, default(&spec.size, ""));
        out.scalar("type", &machine.disk.kind, default(&spec.kind, ""));
        out.value("keep", machine.disk.keep, default(&spec.keep, ""));
    });
    out.value("external_ip", machine.external_ip, default(&spec.external_ip, ""));
    out.value("secure_boot", machine.secure_boot, default(&spec.secure_boot, ""));
    match &machine.service_account {
        Some(account) => out.written("service_account", account),
        None => out.unset("service_account", &parts::created(of, control_plane)),
    }
}
