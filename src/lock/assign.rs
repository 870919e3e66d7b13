use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::group::groups;
use super::{Identity, LastOwner, Lock, Place, Released, orphans, settings, state_disks};
use crate::model::Cluster;
use crate::net::{Blocks, Cidr};

impl Lock {
    /// A place for every machine of the cluster. A machine that has one keeps it, and one that had a block which nobody has taken
    /// since gets it back, with its zone. A new one takes the first block that was never used, and when there is none left, the
    /// one that was released longest ago; blocks of machines that are gone are released. Without anything before, that is first
    /// fit: the control plane, then the pools in file order.
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
        let ever = ever.chain(released.iter().map(|block| block.pods)).collect();
        let mut never_used = never_used(pods, node_prefix, ever);
        let back = before.filter(|_| grows).map(|before| back(cluster, before, &mut released)).unwrap_or_default();
        let mut reused = 0;
        let mut nodes = IndexMap::with_capacity(machines);
        for group in groups(cluster) {
            let kept_disk = group.kept_disk();
            let zone = |name: &String| {
                let back = || Some(&back.get(name.as_str())?.1);
                known(name).map(|place| &place.zone).or_else(back)
            };
            let placed = group.names.iter().filter(|_| grows).filter_map(zone);
            let mut spread = Spread::new(group.zones, placed);
            for name in group.names {
                let address = known(name).and_then(|place| place.address);
                let (pods, zone) = match known(name) {
                    Some(place) => (place.pods, place.zone.clone()),
                    None => {
                        let (own, zone) = back.get(name.as_str()).cloned().unzip();
                        let block = own.or_else(|| never_used.next()).unwrap_or_else(|| {
                            reused += 1;
                            released[reused - 1].pods
                        });
                        // A control plane goes where its state disk is.
                        let disk = before.and_then(|before| before.state_disks.get(name));
                        let disk = disk.map(|disk| disk.zone.clone());
                        (block, disk.or(zone).unwrap_or_else(|| spread.next()))
                    }
                };
                nodes.insert(
                    name.clone(),
                    Place { pods, zone, pool: group.pool.map(str::to_owned), kept_disk: kept_disk.clone(), address },
                );
            }
        }
        released.drain(..reused);
        let orphaned_disks = before.map(|before| orphans::after(before, &nodes)).unwrap_or_default();
        let state_disks = state_disks::of(cluster, &nodes);
        Lock {
            identity: Some(Identity::of(cluster)),
            pods,
            node_prefix,
            machines: settings::of(cluster),
            nodes,
            released,
            orphaned_disks,
            state_disks,
        }
    }

    /// The block that a new machine gets, which had one before if its name is known; `None`: every one is taken.
    pub fn next(&self, name: Option<&str>) -> Option<Cidr> {
        if let Some(own) = name.and_then(|name| self.left_by(name)) {
            return Some(own.pods);
        }
        let ever = self.blocks().chain(self.released.iter().map(|block| block.pods));
        let mut never_used = never_used(self.pods, self.node_prefix, ever.collect());
        never_used.next().or(self.released.first().map(|block| block.pods))
    }

    /// The block that the machine of this name left last.
    fn left_by(&self, name: &str) -> Option<&Released> {
        self.released.iter().rev().find(|block| block.last.as_ref().is_some_and(|last| last.name == name))
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
fn released(cluster: &Cluster, before: Option<&Lock>, staying: usize) -> Vec<Released> {
    let Some(before) = before else { return Vec::new() };
    if staying == before.nodes.len() {
        return before.released.clone();
    }
    let staying: HashSet<&str> = groups(cluster).flat_map(|group| group.names).map(String::as_str).collect();
    let gone = before.nodes.iter().filter(|(name, _)| !staying.contains(name.as_str()));
    let left = |(name, place): (&String, &Place)| {
        let last = LastOwner { name: name.clone(), zone: place.zone.clone() };
        Released { pods: place.pods, last: Some(last) }
    };
    let mut now: Vec<Released> = gone.map(left).collect();
    now.sort_unstable_by_key(|block| block.pods);
    before.released.iter().cloned().chain(now).collect()
}

/// The blocks that machines of the cluster get back, and their zones, by name; they are released no longer.
fn back(cluster: &Cluster, before: &Lock, released: &mut Vec<Released>) -> HashMap<String, (Cidr, String)> {
    let new = |name: &&String| !before.nodes.contains_key(*name);
    let names: HashSet<&str> = groups(cluster).flat_map(|group| group.names).filter(new).map(String::as_str).collect();
    let mut back = HashMap::new();
    // An edited or merged lock may have a name twice: the block that it left last is its own.
    for Released { pods, last } in released.iter() {
        if let Some(LastOwner { name, zone }) = last.as_ref().filter(|last| names.contains(last.name.as_str())) {
            back.insert(name.clone(), (*pods, zone.clone()));
        }
    }
    released.retain(|Released { pods, last }| {
        last.as_ref().and_then(|last| back.get(&last.name)).is_none_or(|(own, _)| own != pods)
    });
    back
}

/// Spreads new machines over zones: each into the one with the fewest of its group, the first of those.
struct Spread<'a> {
    zones: &'a [String],
    machines: Vec<usize>,
}

impl<'a> Spread<'a> {
    fn new(zones: &'a [String], staying: impl Iterator<Item = &'a String>) -> Self {
        let index: HashMap<&str, usize> = zones.iter().enumerate().map(|(at, zone)| (zone.as_str(), at)).collect();
        let mut machines = vec![0; zones.len()];
        for zone in staying {
            if let Some(at) = index.get(zone.as_str()) {
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
