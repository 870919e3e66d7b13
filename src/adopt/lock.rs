//! The lock of a cluster that exists: every machine keeps its zone, its alias range and, if it is a control plane, its address.

use std::collections::HashMap;

use super::Instance;
use crate::lock::{Lock, Place};
use crate::model::Cluster;
use crate::net::Cidr;

/// The lock as the machines have it, or every reason why the description and the machines cannot be brought together. `written` is
/// the lock that is there already.
pub fn lock(cluster: &Cluster, written: Option<&Lock>, instances: &[Instance]) -> Result<Lock, Vec<String>> {
    let mut before = written.cloned().unwrap_or_else(|| empty(cluster));
    let mut problems = Vec::new();
    let mut owners: HashMap<Cidr, String> =
        before.nodes.iter().map(|(name, place)| (place.pods, name.clone())).collect();
    // Machines without an alias get a block once all others have theirs.
    let mut without = Vec::new();
    for (name, control_plane) in machines(cluster) {
        let Some(instance) = find(instances, name, &mut problems) else { continue };
        if let Err(problem) = fits(cluster, instance) {
            problems.push(problem);
            continue;
        }
        let address = control_plane.then(|| instance.interface().map(|interface| interface.address)).flatten();
        let block = match block(cluster, instance) {
            Ok(block) => block,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let Some(pods) = block.or_else(|| before.nodes.get(name).map(|place| place.pods)) else {
            without.push((name, instance, address));
            continue;
        };
        let differs = |place: &&Place| {
            let moved = place.address.is_some_and(|own| Some(own) != address);
            place.pods != pods || place.zone != instance.zone() || moved
        };
        if let Some(place) = before.nodes.get(name).filter(differs) {
            problems.push(contradiction(name, place, instance, pods));
            continue;
        }
        match owners.insert(pods, name.to_owned()) {
            Some(owner) if owner != *name => {
                problems.push(format!("{name} has the alias range {pods}, which {owner} has too"))
            }
            _ => {
                before.nodes.insert(name.to_owned(), place(instance, pods, address));
            }
        }
    }
    for (name, instance, address) in without {
        match before.next(None) {
            Some(pods) => drop(before.nodes.insert(name.to_owned(), place(instance, pods, address))),
            None => problems.push(format!("{name} has no alias range, and {} has no free block for it", before.pods)),
        }
    }
    if !instances.iter().any(|instance| machines(cluster).any(|(name, _)| *name == instance.name)) {
        problems.push("none of the machines in the list is in the description".to_owned());
    }
    if problems.is_empty() { Ok(Lock::assign(cluster, Some(&before))) } else { Err(problems) }
}

/// Every machine of the description, and whether it is a control plane.
pub(super) fn machines(cluster: &Cluster) -> impl Iterator<Item = (&String, bool)> {
    let pools = cluster.pools.iter().flat_map(|pool| &pool.names).map(|name| (name, false));
    cluster.control_plane.names.iter().map(|name| (name, true)).chain(pools)
}

fn empty(cluster: &Cluster) -> Lock {
    let mut lock = Lock::assign(cluster, None);
    lock.nodes.clear();
    lock
}

/// The machine of this name; names are unique in a zone, so a list may have several.
fn find<'a>(instances: &'a [Instance], name: &str, problems: &mut Vec<String>) -> Option<&'a Instance> {
    let mut named = instances.iter().filter(|instance| instance.name == name);
    let first = named.next()?;
    if let Some(second) = named.next() {
        let zones = (first.zone(), second.zone());
        problems.push(format!(
            "{name} is in the list twice, in {} and in {}: remove the other cluster's",
            zones.0, zones.1
        ));
        return None;
    }
    Some(first)
}

fn place(instance: &Instance, pods: Cidr, address: Option<std::net::Ipv4Addr>) -> Place {
    Place { pods, zone: instance.zone().to_owned(), pool: None, kept_disk: None, address }
}

/// Whether it is where the description says.
fn fits(cluster: &Cluster, instance: &Instance) -> Result<(), String> {
    let (name, subnet) = (&instance.name, &cluster.network.subnet);
    match instance.subnet() {
        Some(found) if found != subnet => {
            Err(format!("{name} is in the subnet {found}; the description says {subnet}"))
        }
        None => Err(format!("{name} has no network interface")),
        Some(_) if !instance.zone().starts_with(&format!("{}-", cluster.region)) => {
            Err(format!("{name} is in {}, which is not a zone of {}", instance.zone(), cluster.region))
        }
        Some(_) => Ok(()),
    }
}

/// The alias range that pods have, if there is one.
fn block(cluster: &Cluster, instance: &Instance) -> Result<Option<Cidr>, String> {
    let (pods, width) = (cluster.network.pods, cluster.kubernetes.node_prefix);
    let name = &instance.name;
    let mut aliases = instance.aliases();
    let Some((range, alias)) = aliases.next() else { return Ok(None) };
    if aliases.next().is_some() {
        return Err(format!(
            "{name} has several alias ranges; a node has exactly one, from which its pods get their addresses"
        ));
    }
    match range {
        Some(range) if range.prefix() == width && pods.contains(range) => Ok(Some(range)),
        Some(range) if pods.contains(range) => Err(format!(
            "{name} has the alias range {range}, but kubernetes.max_pods_per_node: {} gives each node a /{width}",
            cluster.kubernetes.max_pods_per_node
        )),
        _ => Err(format!("{name} has the alias range {}, which is not in network.pods, {pods}", alias.range)),
    }
}

fn contradiction(name: &str, place: &Place, instance: &Instance, pods: Cidr) -> String {
    let address = place.address.map(|address| format!(", {address}")).unwrap_or_default();
    let actual = instance.interface().filter(|_| place.address.is_some());
    let actual = actual.map(|interface| format!(", {}", interface.address)).unwrap_or_default();
    format!(
        "the lock says {} in {}{address} of {name}, but it has {pods} in {}{actual}; if nothing has been applied yet, delete the lock",
        place.pods,
        place.zone,
        instance.zone()
    )
}
