use super::{Door, Exit, Source, doors, exits, sources};
use crate::plan::{Group, Node, Plan};

/// How much of a cluster is shown one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Every machine.
    Machines,
    /// The machines of a pool in a zone together.
    Pools,
    /// All pools of a zone together.
    Zones,
    /// All zones together, and all firewall rules of the description.
    Region,
}

impl Detail {
    /// From the most to the least.
    pub const ALL: [Detail; 4] = [Detail::Machines, Detail::Pools, Detail::Zones, Detail::Region];

    /// How many firewall rules of the description have a box of their own.
    pub(super) fn rules(self) -> usize {
        if self == Detail::Region { 1 } else { 8 }
    }

    /// How many boxes there are for those who come in.
    pub(super) fn sources(self) -> usize {
        if self == Detail::Region { 6 } else { 12 }
    }
}

/// What carries traffic in a cluster.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// What was planned.
    pub plan: &'a Plan,
    /// How much is shown one by one.
    pub detail: Detail,
    /// Who comes in from outside, and through which of the doors.
    pub sources: Vec<Source>,
    /// The firewall rules that let traffic in.
    pub doors: Vec<Door>,
    /// The zones with their machines, by name.
    pub zones: Vec<Zone<'a>>,
    /// The ways out.
    pub exits: Vec<Exit>,
}

/// A zone that has machines.
#[derive(Debug, Clone)]
pub struct Zone<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is in it: the control plane first, then the pools in file order.
    pub parts: Vec<Part<'a>>,
}

impl Zone<'_> {
    /// How many machines it has.
    pub fn machines(&self) -> usize {
        self.parts.iter().map(|part| part.nodes.len()).sum()
    }
}

/// The machines that a group has in one zone.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// The group's number: the control plane is 0.
    pub number: usize,
    /// The control plane or the pool.
    pub group: &'a Group,
    /// Its machines in this zone; never none.
    pub nodes: Vec<&'a Node>,
}

impl Part<'_> {
    /// The pods' blocks: the first and the last. Neighbours in a zone are seldom neighbours in the range.
    pub(super) fn blocks(&self) -> String {
        let blocks = || self.nodes.iter().map(|node| node.pods);
        match (blocks().min(), blocks().max()) {
            (Some(first), Some(last)) if first != last => format!("pods {first} … {last}"),
            (Some(only), _) => format!("pods {only}"),
            (None, _) => String::new(),
        }
    }
}

impl<'a> View<'a> {
    /// Decides what is shown of a plan.
    pub fn new(plan: &'a Plan, detail: Detail) -> Self {
        let doors = doors::all(plan, detail.rules());
        let sources = sources::all(plan, &doors, detail.sources());
        Self { plan, detail, sources, doors, zones: zones(plan), exits: exits::all(plan) }
    }

    /// How many machines there are.
    pub fn machines(&self) -> usize {
        self.zones.iter().map(Zone::machines).sum()
    }

    /// Whether what enters by a door goes through the load balancer. Clients on the internet reach the control planes at their own
    /// external addresses, since the load balancer is internal.
    pub(super) fn through_balancer(&self, door: &Door) -> bool {
        self.plan.load_balancer.is_some() && door.to_api && !self.plan.public_api
    }
}

fn zones(plan: &Plan) -> Vec<Zone<'_>> {
    let mut names: Vec<&str> = plan.groups().flat_map(|group| &group.nodes).map(|node| node.zone.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| Zone { name, parts: parts(plan, name) }).collect()
}

fn parts<'a>(plan: &'a Plan, zone: &str) -> Vec<Part<'a>> {
    let part = |(number, group): (usize, &'a Group)| {
        let nodes: Vec<&Node> = group.nodes.iter().filter(|node| node.zone == zone).collect();
        (!nodes.is_empty()).then_some(Part { number, group, nodes })
    };
    plan.groups().enumerate().filter_map(part).collect()
}
