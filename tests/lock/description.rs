//! A description as data, so that a history of edits can be made up and written out.

use proptest::prelude::*;
use vpcgen::model::{self, Cluster};
use vpcgen::net::Cidr;

use crate::support::cluster;

/// The zones there are to choose from.
pub(crate) const ZONES: [&str; 4] = ["europe-west1-b", "europe-west1-c", "europe-west1-d", "europe-west1-x"];
/// Blocks in the pod range: few, so that histories run out of them.
pub(crate) const BLOCKS: usize = 16;

/// One pool.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    pub(crate) name: String,
    /// `None`: as many as `count`, with derived names.
    pub(crate) names: Option<Vec<String>>,
    pub(crate) count: usize,
    pub(crate) zones: Vec<usize>,
    /// The boot disks outlive the machines.
    pub(crate) keep: bool,
}

/// What changes in a description over the years.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) zones: Vec<usize>,
    /// How many; never fewer.
    pub(crate) control_planes: usize,
    pub(crate) pools: Vec<Pool>,
    /// Prefix length of the node range, which only ever widens.
    pub(crate) width: u8,
    /// Kubernetes 1.36 rather than 1.35; never back.
    pub(crate) upgraded: bool,
}

/// One edit; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    Add { pool: usize, named: bool, count: usize },
    Remove { pool: usize },
    Swap { one: usize, other: usize },
    Count { pool: usize, count: usize },
    NameOff { pool: usize, at: usize },
    NameOn { pool: usize, at: usize, name: usize },
    Zones { zones: Vec<usize> },
    PoolZones { pool: usize, zones: Vec<usize> },
    Keep { pool: usize },
    Grow,
    Widen,
    Upgrade,
}

pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let zones = || prop::sample::subsequence(vec![0_usize, 1, 2, 3], 1..=4).prop_shuffle();
    let n = 0_usize..8;
    prop_oneof![
        2 => (n.clone(), any::<bool>(), 0_usize..7).prop_map(|(pool, named, count)| Edit::Add { pool, named, count }),
        1 => n.clone().prop_map(|pool| Edit::Remove { pool }),
        1 => (n.clone(), n.clone()).prop_map(|(one, other)| Edit::Swap { one, other }),
        4 => (n.clone(), 0_usize..9).prop_map(|(pool, count)| Edit::Count { pool, count }),
        3 => (n.clone(), n.clone()).prop_map(|(pool, at)| Edit::NameOff { pool, at }),
        3 => (n.clone(), n.clone(), 0_usize..20).prop_map(|(pool, at, name)| Edit::NameOn { pool, at, name }),
        1 => zones().prop_map(|zones| Edit::Zones { zones }),
        1 => (n.clone(), zones()).prop_map(|(pool, zones)| Edit::PoolZones { pool, zones }),
        2 => n.prop_map(|pool| Edit::Keep { pool }),
        1 => Just(Edit::Grow),
        1 => Just(Edit::Widen),
        1 => Just(Edit::Upgrade),
    ]
}

impl Description {
    pub(crate) fn new() -> Self {
        let pool = Pool { name: "n".to_owned(), names: None, count: 2, zones: Vec::new(), keep: false };
        Self { zones: vec![0, 1, 2], control_planes: 1, pools: vec![pool], width: 24, upgraded: false }
    }

    /// Makes an edit, or leaves it where it would be none or fill the range over.
    pub(crate) fn apply(&mut self, edit: &Edit) {
        let before = self.clone();
        let among = self.pools.len().max(1);
        let taken: Vec<String> = self.pools.iter().filter_map(|pool| pool.names.clone()).flatten().collect();
        match edit {
            Edit::Add { pool, named, count } => {
                let name = format!("p{pool}");
                if self.pools.iter().all(|pool| pool.name != name) {
                    let names = named.then(Vec::new);
                    let at = pool % (self.pools.len() + 1);
                    self.pools.insert(at, Pool { name, names, count: *count, zones: Vec::new(), keep: false });
                }
            }
            Edit::Remove { pool } if !self.pools.is_empty() => drop(self.pools.remove(pool % among)),
            Edit::Swap { one, other } if !self.pools.is_empty() => self.pools.swap(one % among, other % among),
            Edit::Zones { zones } => self.zones.clone_from(zones),
            Edit::Grow => self.control_planes = (self.control_planes + 2).min(5),
            Edit::Widen => self.width = self.width.saturating_sub(1).max(16),
            Edit::Upgrade => self.upgraded = true,
            _ => {}
        }
        let here = |pool: &usize, at: usize| pool % among == at;
        for (at, own) in self.pools.iter_mut().enumerate() {
            match edit {
                Edit::Count { pool, count } if here(pool, at) => own.count = *count,
                Edit::PoolZones { pool, zones } if here(pool, at) => own.zones.clone_from(zones),
                Edit::Keep { pool } if here(pool, at) => own.keep = !own.keep,
                Edit::NameOff { pool, at: place } if here(pool, at) => match &mut own.names {
                    Some(names) if !names.is_empty() => drop(names.remove(place % names.len())),
                    _ => {}
                },
                Edit::NameOn { pool, at: place, name } if here(pool, at) => match &mut own.names {
                    Some(names) if !taken.contains(&format!("machine-{name}")) => {
                        names.insert(place % (names.len() + 1), format!("machine-{name}"));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if self.machines() > BLOCKS {
            *self = before;
        }
    }

    fn machines(&self) -> usize {
        self.control_planes
            + self.pools.iter().map(|pool| pool.names.as_ref().map_or(pool.count, Vec::len)).sum::<usize>()
    }

    pub(crate) fn text(&self) -> String {
        let list = |zones: &[usize]| zones.iter().map(|zone| ZONES[*zone]).collect::<Vec<_>>().join(", ");
        let mut text = format!(
            "name: kub\nproject: some-project\nregion: europe-west1\nzones: [{}]\nkubernetes: {{version: \"{}\"}}\n\
             network: {{nodes: 10.32.0.0/{}, pods: 10.64.0.0/20}}\ncontrol_plane: {{count: {}}}\npools:\n",
            list(&self.zones),
            if self.upgraded { "1.36" } else { "1.35" },
            self.width,
            self.control_planes
        );
        for Pool { name, names, count, zones, keep } in &self.pools {
            let machines = match names {
                Some(names) => format!("names: [{}]", names.join(", ")),
                None => format!("count: {count}"),
            };
            let zones = if zones.is_empty() { String::new() } else { format!(", zones: [{}]", list(zones)) };
            text += &format!("  {name}: {{{machines}{zones}, disk: {{keep: {keep}}}}}\n");
        }
        if self.pools.is_empty() { text.replace("pools:\n", "pools: {}\n") } else { text }
    }

    pub(crate) fn cluster(&self) -> Cluster {
        cluster(&self.text())
    }

    /// The same without reading the text, which thousands of histories have no time for. `like`: any cluster of a description with
    /// one pool.
    pub(crate) fn cluster_like(&self, like: &Cluster) -> Cluster {
        let zones = |own: &[usize]| own.iter().map(|zone| ZONES[*zone].to_owned()).collect::<Vec<_>>();
        let pool = |pool: &Pool| model::Pool {
            name: pool.name.clone(),
            names: match &pool.names {
                Some(names) => names.clone(),
                None => (1..=pool.count).map(|number| format!("kub-{}-{number}", pool.name)).collect(),
            },
            zones: zones(if pool.zones.is_empty() { &self.zones } else { &pool.zones }),
            machine: model::Machine {
                disk: model::Disk { keep: pool.keep, ..like.pools[0].machine.disk.clone() },
                ..like.pools[0].machine.clone()
            },
            ..like.pools[0].clone()
        };
        let mut cluster = like.clone();
        cluster.control_plane.zones = zones(&self.zones);
        cluster.control_plane.names =
            (1..=self.control_planes).map(|number| model::Derived("kub").control_plane(number)).collect();
        cluster.network.nodes = Cidr::literal(10, 32, 0, 0, self.width);
        let minor = if self.upgraded { "1.36" } else { "1.35" };
        cluster.kubernetes.version = model::release(minor).unwrap().kubernetes.to_owned();
        cluster.pools = self.pools.iter().map(pool).collect();
        cluster
    }
}
