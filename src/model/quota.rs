//! The quotas that a cluster uses. How much is left, only Google knows.

use indexmap::IndexMap;

use super::{Cluster, Machine, machine};
use crate::diag::quantity;

/// One line that says what the project needs in the region: machines, vCPUs by family, GB by disk type, external addresses.
pub fn quota(cluster: &Cluster) -> String {
    let control_plane = (&cluster.control_plane.machine, cluster.control_plane.names.len());
    let pools = cluster.pools.iter().map(|pool| (&pool.machine, pool.names.len()));
    let groups: Vec<(&Machine, usize)> = std::iter::once(control_plane).chain(pools).filter(|(_, n)| *n > 0).collect();
    let mut processors: IndexMap<&str, u64> = IndexMap::new();
    let mut unknown: IndexMap<&str, u64> = IndexMap::new();
    let mut disks: IndexMap<&str, u64> = IndexMap::new();
    let mut addresses = 0;
    for (machine, count) in &groups {
        let count = *count as u64;
        let family = machine::family_of(&machine.machine_type).map(|family| family.name);
        match family.zip(machine::size(&machine.machine_type)) {
            Some((family, size)) => *processors.entry(family).or_default() += count * u64::from(size.processors),
            None => *unknown.entry(&machine.machine_type).or_default() += count,
        }
        *disks.entry(&machine.disk.kind).or_default() += count * u64::from(machine.disk.size);
        addresses += if machine.external_ip { count } else { 0 };
    }
    let state = &cluster.control_plane.state_disk;
    *disks.entry(&state.kind).or_default() += cluster.control_plane.names.len() as u64 * u64::from(state.size);
    let machines: usize = groups.iter().map(|(_, count)| count).sum();
    let mut parts = vec![quantity(machines as u64, "machine")];
    parts.extend(processors.iter().map(|(family, n)| format!("{} of {family}", quantity(*n, "vCPU"))));
    parts.extend(unknown.iter().map(|(kind, n)| format!("the vCPUs of {n} {kind}")));
    parts.extend(disks.iter().map(|(kind, gb)| format!("{gb} GB of {kind}")));
    if addresses > 0 {
        parts.push(quantity(addresses, "external address"));
    }
    format!("{} uses these quotas in {}: {}", cluster.name, cluster.region, parts.join(", "))
}
