use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::group::groups;
use super::{Identity, Lock, Place, orphans, state_disks};
use crate::model::Cluster;
use crate::net::{Blocks, Cidr};

impl Lock {
    /// A place for every machine of the cluster. A machine that has one keeps it; a new one takes the first block that was
    /// never used, and when there is none left, the one that was released longest ago; blocks of machines that are gone are
    /// released. Without anything before, that is first fit: the control plane, then the pools in file order.
    ///
    /// `before` must agree with the cluster ([`super::agree`]). What it does not record yet is
    /// completed from the cluster, in a lock of format version 1 the whole identity.
    ///
    /// # Panics
    /// If the range has fewer blocks than the cluster has machines: validation counts them.
    pub fn assign(cluster: &Cluster, before: Option<&Lock>) -> Lock {
        let (pods, node_prefix) = (cluster.network.pods, cluster.kubernetes.node_prefix);
        let known = |name: &str| before.and_then(|before| before.nodes.get(name));
        let machines: usize = groups(cluster).map(|group| group.names.len()).sum();
        let staying = groups(cluster).flat_map(|group| group.names).filter(|name| known(name).is_some()).count();
        let mut released = released(cluster, before, staying);
        // Without new machines, neither the blocks ever used nor the spread over zones matter.
        let grows = staying < machines;
        let ever = before.filter(|_| grows).into_iter().flat_map(Lock::blocks);
        let mut never_used = never_used(pods, node_prefix, ever.chain(released.iter().copied()).collect());
        let mut reused = 0;
        let mut nodes = IndexMap::with_capacity(machines);
        for group in groups(cluster) {
            let kept_disk = group.kept_disk();
            let placed = group.names.iter().filter(|_| grows).filter_map(|name| known(name));
            let mut spread = Spread::new(group.zones, placed);
            for name in group.names {
                let (pods, zone) = match known(name) {
                    Some(place) => (place.pods, place.zone.clone()),
                    None => {
                        let block = never_used.next().unwrap_or_else(|| {
                            reused += 1;
                            released[reused - 1]
                        });
                        // A control plane goes where its state disk is.
                        let disk = before.and_then(|before| before.state_disks.get(name));
                        (block, disk.map_or_else(|| spread.next(), |disk| disk.zone.clone()))
                    }
                };
                nodes.insert(name.clone(), Place { pods, zone, kept_disk: kept_disk.clone() });
            }
        }
        released.drain(..reused);
        let orphaned_disks = before.map(|before| orphans::after(before, &nodes)).unwrap_or_default();
        let state_disks = state_disks::of(cluster, &nodes);
        Lock { identity: Some(Identity::of(cluster)), pods, node_prefix, nodes, released, orphaned_disks, state_disks }
    }

    /// The block that the next new machine gets; `None`: every one is taken.
    pub fn next(&self) -> Option<Cidr> {
        let ever = self.blocks().chain(self.released.iter().copied());
        never_used(self.pods, self.node_prefix, ever.collect()).next().or(self.released.first().copied())
    }

    /// The blocks that machines have.
    pub fn blocks(&self) -> impl Iterator<Item = Cidr> {
        self.nodes.values().map(|place| place.pods)
    }
}

/// Blocks of the range that were never used, in the order in which they are handed out.
fn never_used(pods: Cidr, node_prefix: u8, ever: HashSet<Cidr>) -> impl Iterator<Item = Cidr> {
    Blocks::new(pods, node_prefix).filter(move |block| !ever.contains(block))
}

/// The released blocks, those of machines that are gone now at the end.
fn released(cluster: &Cluster, before: Option<&Lock>, staying: usize) -> Vec<Cidr> {
    let Some(before) = before else { return Vec::new() };
    if staying == before.nodes.len() {
        return before.released.clone();
    }
    let staying: HashSet<&str> = groups(cluster).flat_map(|group| group.names).map(String::as_str).collect();
    let gone = before.nodes.iter().filter(|(name, _)| !staying.contains(name.as_str()));
    let mut now: Vec<Cidr> = gone.map(|(_, place)| place.pods).collect();
    now.sort_unstable();
    before.released.iter().copied().chain(now).collect()
}

/// Spreads new machines over zones: each into the one with the fewest of its group, the first of those.
struct Spread<'a> {
    zones: &'a [String],
    machines: Vec<usize>,
}

impl<'a> Spread<'a> {
    fn new(zones: &'a [String], staying: impl Iterator<Item = &'a Place>) -> Self {
        let index: HashMap<&str, usize> = zones.iter().enumerate().map(|(at, zone)| (zone.as_str(), at)).collect();
        let mut machines = vec![0; zones.len()];
        for place in staying {
            if let Some(at) = index.get(place.zone.as_str()) {
                machines[*at] += 1;
            }
        }
        Self { zones, machines }
    }

    fn next(&mut self) -> String {
        let fewest = (0..self.zones.len()).min_by_key(|at| self.machines[*at]).expect("every group has a zone");
        self.machines[fewest] += 1;
        self.zones[fewest].clone()
    }
}
