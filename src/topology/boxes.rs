//! Machines as boxes of text, for the forms that have no room to draw a thousand of them.

use super::{Detail, Part, View, Zone};
use crate::diag::{quantity, thousands};
use crate::plan::{Group, Node, Role};

/// A zone, or all of them, with boxes from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// What is in it.
    pub boxes: Vec<MachineBox>,
}

/// A machine, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineBox {
    /// Its text, line by line; the first is the heading.
    pub lines: Vec<String>,
    /// How many machines it stands for.
    pub machines: usize,
}

impl View<'_> {
    /// The machines, as far as [`Detail`] says.
    pub fn columns(&self) -> Vec<Column> {
        if self.detail == Detail::Region {
            return vec![self.region()];
        }
        let column = |zone: &Zone<'_>| Column { title: zone.name.to_owned(), boxes: self.boxes(zone) };
        self.zones.iter().map(column).collect()
    }

    fn boxes(&self, zone: &Zone<'_>) -> Vec<MachineBox> {
        let one_by_one = |part: &Part<'_>| part.nodes.iter().map(|node| self.machine(part.group, node)).collect();
        match self.detail {
            Detail::Machines => zone.parts.iter().flat_map(|part| -> Vec<MachineBox> { one_by_one(part) }).collect(),
            Detail::Pools => zone.parts.iter().map(|part| self.part(part)).collect(),
            Detail::Zones | Detail::Region => {
                let (control_plane, pools): (Vec<&Part<'_>>, Vec<&Part<'_>>) =
                    zone.parts.iter().partition(|part| part.number == 0);
                let pools = (!pools.is_empty()).then(|| together(&pools));
                control_plane.into_iter().map(|part| self.part(part)).chain(pools).collect()
            }
        }
    }

    fn machine(&self, group: &Group, node: &Node) -> MachineBox {
        let mut lines = vec![node.name.clone(), what(group), group.machine_type.clone(), format!("pods {}", node.pods)];
        if group.external_ip {
            lines.push("external address".to_owned());
        }
        if group.role == Role::ControlPlane && self.plan.load_balancer.is_none() {
            lines.push(self.plan.dns.endpoint.clone());
        }
        MachineBox { lines, machines: 1 }
    }

    fn part(&self, part: &Part<'_>) -> MachineBox {
        if let [node] = part.nodes[..] {
            return self.machine(part.group, node);
        }
        let (first, last) = (part.nodes[0], part.nodes[part.nodes.len() - 1]);
        let mut lines = vec![
            what(part.group),
            format!("{} × {}", thousands(part.nodes.len() as u64), part.group.machine_type),
            format!("{} … {}", first.name, last.name),
            part.blocks(),
        ];
        if part.group.external_ip {
            lines.push("external addresses".to_owned());
        }
        MachineBox { lines, machines: part.nodes.len() }
    }

    fn region(&self) -> Column {
        let mut parts: Vec<Part<'_>> = Vec::new();
        for part in self.zones.iter().flat_map(|zone| &zone.parts) {
            match parts.iter_mut().find(|known| known.number == part.number) {
                Some(known) => known.nodes.extend(&part.nodes),
                None => parts.push(part.clone()),
            }
        }
        parts.sort_by_key(|part| part.number);
        let all = Zone { name: "", parts };
        Column { title: quantity(self.zones.len() as u64, "zone"), boxes: self.boxes(&all) }
    }
}

fn together(parts: &[&Part<'_>]) -> MachineBox {
    let machines = parts.iter().map(|part| part.nodes.len()).sum();
    let lines = vec![quantity(parts.len() as u64, "pool"), quantity(machines as u64, "machine")];
    MachineBox { lines, machines }
}

/// `control plane`, `pool batch, Spot`.
pub(super) fn what(group: &Group) -> String {
    match group.role {
        Role::ControlPlane => "control plane".to_owned(),
        Role::Node if group.spot => format!("pool {}, Spot", group.name),
        Role::Node => format!("pool {}", group.name),
    }
}
