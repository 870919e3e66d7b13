//! The address plan as text: columns under headings, what fits at the end.

use std::fmt::Write as _;

use super::{Kind, Limit, View};
use crate::diag::{quantity, thousands};
use crate::picture::shorten;

/// The plan as a table. `width`: that of the terminal, in which names are shortened; `None` shortens nothing.
pub fn table(view: &View<'_>, width: Option<usize>) -> String {
    let mut text = String::new();
    let mut ranges = Columns::new(&["RANGE", "KIND", "CIDR", ">SIZE", ">USED", ">RESERVED", ">FREE"], &[0]);
    for range in &view.ranges {
        let kind = match range.kind {
            Kind::Nodes => "nodes",
            Kind::Pods => "pods",
            Kind::Services => "services",
            Kind::Peer => "peer",
        };
        let mut row = vec![range.name.clone(), kind.to_owned(), range.cidr.to_string()];
        row.push(match range.kind {
            Kind::Pods => format!("{} of /{}", quantity(range.blocks, "block"), view.plan.boot.node_prefix),
            _ => quantity(range.blocks, "address"),
        });
        if range.kind != Kind::Peer {
            row.extend([range.used, range.reserved, range.free].map(thousands));
        }
        ranges.row(row);
    }
    ranges.print(&mut text, width);

    let mut nodes = Columns::new(&["NODE", "POOL", "ZONE", "PODS"], &[0, 1]);
    for group in &view.groups {
        for node in group.nodes {
            nodes.row(vec![node.name.clone(), group.name.to_owned(), node.zone.clone(), node.pods.to_string()]);
        }
    }
    text.push('\n');
    nodes.print(&mut text, width);

    let mut fits = Columns::new(&["POOL", ">MORE FIT", "NEXT NODE", "ITS PODS"], &[0, 2]);
    for group in &view.groups[1..] {
        let (name, pods) = match &group.next {
            Some(next) => (next.name.as_deref().unwrap_or("(named by you)"), next.pods.to_string()),
            None => ("none", "none".to_owned()),
        };
        fits.row(vec![group.name.to_owned(), thousands(view.more), name.to_owned(), pods]);
    }
    text.push('\n');
    if view.groups.len() > 1 {
        fits.print(&mut text, width);
    }
    let _ = writeln!(text, "{}", limit(view));
    text
}

/// How far the cluster can grow, in one sentence.
pub(super) fn limit(view: &View<'_>) -> String {
    let why = match view.limit {
        Limit::Pods => "then the pod range is full",
        Limit::Nodes => "then the node range is full",
        Limit::Kubernetes => "then Kubernetes' limit of 5,000 nodes is reached",
    };
    let together = if view.groups.len() > 2 { " in all pools together" } else { "" };
    match view.more {
        0 => format!("No more nodes fit: {}.", why.replacen("then ", "", 1)),
        more => {
            format!("{} more {}{together}, {why}.", thousands(more), if more == 1 { "node fits" } else { "nodes fit" })
        }
    }
}

/// Rows under headings; a heading that begins with `>` aligns its column to the right.
struct Columns {
    right: Vec<bool>,
    /// Columns of names, which may be shortened.
    names: &'static [usize],
    rows: Vec<Vec<String>>,
}

/// Between two columns.
const GAP: usize = 2;
/// Characters that a shortened name keeps, however narrow the terminal.
const NARROWEST: usize = 12;

impl Columns {
    fn new(headings: &[&str], names: &'static [usize]) -> Self {
        let right = headings.iter().map(|heading| heading.starts_with('>')).collect();
        let headings = headings.iter().map(|heading| heading.trim_start_matches('>').to_owned());
        Self { right, names, rows: vec![headings.collect()] }
    }

    fn row(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    fn print(self, text: &mut String, width: Option<usize>) {
        let widest =
            |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
        let mut widths: Vec<usize> = (0..self.right.len()).map(|column| widest(column).unwrap_or(0)).collect();
        let whole = widths.iter().sum::<usize>() + GAP * (widths.len() - 1);
        let mut over = width.map_or(0, |width| whole.saturating_sub(width));
        // The longest names give way first.
        while over > 0 {
            let longest = self.names.iter().filter(|name| widths[**name] > NARROWEST).max_by_key(|name| widths[**name]);
            let Some(name) = longest else { break };
            widths[*name] -= 1;
            over -= 1;
        }
        for row in self.rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let (cell, width) = (shorten(cell, widths[column]), widths[column]);
                let gap = if column == 0 { 0 } else { GAP };
                let _ = match self.right[column] {
                    true => write!(line, "{:gap$}{cell:>width$}", ""),
                    false => write!(line, "{:gap$}{cell:<width$}", ""),
                };
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}
