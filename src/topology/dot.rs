//! The topology in Graphviz's language. Here edges may end at clusters (`lhead`), so no machine stands for all of them.

use std::fmt::{Display, Write as _};

use super::exits::destinations;
use super::{Detail, Target, View};
use crate::plan::Plan;

/// Boxes that dot lays out in a picture that fits a screen.
const MOST_BOXES: usize = 60;

/// A digraph for `dot`. Where there are many machines, one box stands for those of a pool in a zone.
pub fn dot(plan: &Plan) -> String {
    let views = Detail::ALL.map(|detail| View::new(plan, detail));
    let boxes = |view: &View<'_>| view.columns().iter().map(|column| column.boxes.len()).sum::<usize>();
    let chosen = views.iter().find(|view| boxes(view) <= MOST_BOXES).unwrap_or(&views[views.len() - 1]);
    draw(chosen)
}

fn draw(view: &View<'_>) -> String {
    let mut graph = Graph { text: String::new(), depth: 0 };
    graph.open(&format!("digraph {}", quoted(&[&view.plan.name])));
    graph.line("graph [rankdir=TB, compound=true, newrank=true, nodesep=0.3, ranksep=0.5, fontname=\"Helvetica\", fontsize=11]");
    graph.line("node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=10]");
    graph.line("edge [fontname=\"Helvetica\", fontsize=10, arrowsize=0.7]");
    for (number, source) in view.sources.iter().enumerate() {
        graph.node("s", number, &[source.name(), &source.words()]);
    }
    graph.cluster("vpc", &[&view.plan.network.vpc]);
    for (number, door) in view.doors.iter().enumerate() {
        graph.node("d", number, &[&door.name, &door.ports, door.to.words()]);
    }
    if let Some(balancer) = &view.plan.load_balancer {
        graph.node(
            "lb",
            0,
            &[&view.plan.dns.endpoint, &format!("load balancer {}", balancer.name), Target::ControlPlanes.words()],
        );
    }
    let boxes = subnet(&mut graph, view);
    for (number, exit) in view.exits.iter().enumerate() {
        graph.node("e", number, &[&exit.name, &exit.words]);
    }
    graph.close();
    for (number, lines) in destinations(view).iter().enumerate() {
        graph.node("t", number, lines);
    }
    edges(&mut graph, view, &boxes);
    graph.close();
    graph.text
}

/// The boxes of machines, by number.
struct Boxes {
    /// The first one of each column.
    top: Vec<usize>,
    /// The last one of the longest column.
    lowest: usize,
}

fn subnet(graph: &mut Graph, view: &View<'_>) -> Boxes {
    let network = &view.plan.network;
    let ranges = format!("machines {}, pods {}, Services {}", network.nodes, network.pods, network.services);
    graph.cluster("subnet", &[&network.subnet, &ranges]);
    let mut boxes = Boxes { top: Vec::new(), lowest: 0 };
    let columns = view.columns();
    let longest = columns.iter().map(|column| column.boxes.len()).max().unwrap_or(0);
    let abreast = if columns.len() == 1 { 4 } else { 1 + longest / 8 };
    let mut next = 0;
    for column in &columns {
        boxes.top.push(next);
        next += column.boxes.len();
        if column.boxes.len() == longest {
            boxes.lowest = next - 1;
        }
    }
    // dot lays clusters out from right to left.
    for (number, column) in columns.iter().enumerate().rev() {
        graph.cluster(&format!("zone{}", number + 1), &[&column.title]);
        for (at, of) in column.boxes.iter().enumerate() {
            let this = boxes.top[number] + at;
            graph.node("m", this, &of.lines);
            if at >= abreast {
                graph.edge(("m", this - abreast), ("m", this), "style=invis");
            }
        }
        graph.close();
    }
    graph.close();
    boxes
}

fn edges(graph: &mut Graph, view: &View<'_>, boxes: &Boxes) {
    for (number, source) in view.sources.iter().enumerate() {
        source.doors.iter().for_each(|door| graph.edge(("s", number), ("d", *door), ""));
    }
    // Past the row of the load balancer, if it has one.
    let past = view.doors.iter().any(|door| view.through_balancer(door));
    let arrow = if past { "lhead=cluster_subnet, minlen=2" } else { "lhead=cluster_subnet" };
    for (number, door) in view.doors.iter().enumerate() {
        if view.through_balancer(door) {
            graph.edge(("d", number), ("lb", 0), "");
        } else {
            graph.edge(("d", number), ("m", boxes.top[boxes.top.len() / 2]), arrow);
        }
    }
    if view.plan.load_balancer.is_some() {
        graph.edge(("lb", 0), ("m", boxes.top[boxes.top.len() / 2]), "lhead=cluster_subnet");
    }
    // The zones side by side.
    for pair in boxes.top.windows(2) {
        graph.line(&format!("{{ rank=same; m{} -> m{} [style=invis] }}", pair[0] + 1, pair[1] + 1));
    }
    let destinations = destinations(view);
    for (number, exit) in view.exits.iter().enumerate() {
        let leads = destinations.iter().position(|to| exit.to.as_deref() == Some(to));
        let how = if leads.is_some() { "ltail=cluster_subnet" } else { "style=invis" };
        graph.edge(("m", boxes.lowest), ("e", number), how);
        if let Some(to) = leads {
            graph.edge(("e", number), ("t", to), "");
        }
    }
}

struct Graph {
    text: String,
    depth: usize,
}

impl Graph {
    fn line(&mut self, line: &str) {
        let indent = 2 * self.depth;
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }

    fn open(&mut self, what: &str) {
        self.line(&format!("{what} {{"));
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.line("}");
    }

    fn cluster(&mut self, name: &str, lines: &[&str]) {
        self.open(&format!("subgraph cluster_{name}"));
        self.line(&format!("label={}", quoted(lines)));
    }

    fn node(&mut self, kind: &str, number: usize, lines: &[impl Display]) {
        self.line(&format!("{kind}{} [label={}]", number + 1, quoted(lines)));
    }

    fn edge(&mut self, from: (&str, usize), to: (&str, usize), how: &str) {
        let how = if how.is_empty() { String::new() } else { format!(" [{how}]") };
        self.line(&format!("{}{} -> {}{}{how}", from.0, from.1 + 1, to.0, to.1 + 1));
    }
}

/// A quoted string with one line below the other. Inside, only quotes and backslashes mean anything.
fn quoted(lines: &[impl Display]) -> String {
    let escaped = |line: &dyn Display| {
        let text = line.to_string().replace('\\', "\\\\").replace('"', "\\\"");
        text.replace(|c: char| c.is_control(), " ")
    };
    format!("\"{}\"", lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("\\n"))
}
