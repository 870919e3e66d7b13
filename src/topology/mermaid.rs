//! The topology as a Mermaid flowchart, which GitHub, GitLab and Gitea draw.
//!
//! Edges lead from node to node: one that ends at a subgraph dangles beside it. Links that are not drawn (`~~~`) keep the layers in order.

use std::fmt::{self, Display, Write as _};

use super::exits::destinations;
use super::{Detail, Target, View};
use crate::plan::Plan;

/// GitLab's limit was 5,000 characters; Mermaid's own is ten times that.
const MOST_CHARACTERS: usize = 5_000;
/// More boxes than that are no picture any more.
const MOST_BOXES: usize = 60;

/// A flowchart of less than 5,000 characters and 60 boxes. Where there are more machines than that, one box stands for many.
pub fn mermaid(plan: &Plan) -> String {
    let drawn = Detail::ALL.map(|detail| draw(&View::new(plan, detail)));
    let fits = |(text, boxes): &(String, usize)| text.chars().count() < MOST_CHARACTERS && *boxes < MOST_BOXES;
    let chosen = drawn.iter().position(fits).unwrap_or(drawn.len() - 1);
    drawn.into_iter().nth(chosen).map(|(text, _)| text).unwrap_or_default()
}

/// The text, and how many boxes there are.
fn draw(view: &View<'_>) -> (String, usize) {
    let mut chart = Chart { text: "flowchart TB\n".to_owned(), boxes: 0, depth: 1 };
    for (number, source) in view.sources.iter().enumerate() {
        chart.node(&Id("s", number), &[source.name(), &source.words()]);
    }
    chart.open("vpc", &[&view.plan.network.vpc]);
    for (number, door) in view.doors.iter().enumerate() {
        chart.node(&Id("d", number), &[&door.name, &door.ports, door.to.words()]);
    }
    if let Some(balancer) = &view.plan.load_balancer {
        chart.node(
            &"lb",
            &[&view.plan.dns.endpoint, &format!("load balancer {}", balancer.name), Target::ControlPlanes.words()],
        );
    }
    let machines = subnet(&mut chart, view);
    for (number, exit) in view.exits.iter().enumerate() {
        chart.node(&Id("e", number), &[&exit.name, &exit.words]);
    }
    chart.close();
    let destinations = destinations(view);
    for (number, lines) in destinations.iter().enumerate() {
        chart.node(&Id("t", number), lines);
    }
    edges(&mut chart, view, &machines, &destinations);
    (chart.text, chart.boxes)
}

/// The numbers of the boxes of machines.
struct Machines {
    /// In each column from top to bottom.
    columns: Vec<Vec<usize>>,
    /// How many stand side by side in a column.
    abreast: usize,
}

impl Machines {
    /// The last box of the longest column: what is linked to it is below all of them.
    fn lowest(&self) -> usize {
        let longest = self.columns.iter().max_by_key(|column| column.len());
        longest.and_then(|column| column.last()).copied().unwrap_or_default()
    }
}

fn subnet(chart: &mut Chart, view: &View<'_>) -> Machines {
    let network = &view.plan.network;
    chart.open("subnet", &[&network.subnet]);
    let ranges = [
        format!("machines {}", network.nodes),
        format!("pods {}", network.pods),
        format!("Services {}", network.services),
    ];
    chart.node(&"r1", &["Ranges", &ranges[0], &ranges[1], &ranges[2]]);
    let mut next = 0;
    let mut columns = Vec::new();
    for (number, column) in view.columns().iter().enumerate() {
        chart.open(&Id("z", number), &[&column.title]);
        let mut numbers = Vec::new();
        for of in &column.boxes {
            chart.node(&Id("m", next), &of.lines);
            numbers.push(next);
            next += 1;
        }
        chart.close();
        columns.push(numbers);
    }
    chart.close();
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let abreast = if columns.len() == 1 { 4 } else { 1 + longest / 8 };
    Machines { columns, abreast }
}

fn edges(chart: &mut Chart, view: &View<'_>, machines: &Machines, destinations: &[&[String]]) {
    for (number, source) in view.sources.iter().enumerate() {
        for door in &source.doors {
            chart.edge(&Id("s", number), "-->", &Id("d", *door));
        }
    }
    // Past the row of the load balancer, if it has one, so that all rules are in one row.
    let arrow = if view.doors.iter().any(|door| view.through_balancer(door)) { "--->" } else { "-->" };
    // Arrows to many machines would hide everything else; the words say where to.
    for (number, door) in view.doors.iter().enumerate() {
        let from = Id("d", number);
        if view.through_balancer(door) { chart.edge(&from, "-->", &"lb") } else { chart.edge(&from, arrow, &"r1") }
    }
    if view.plan.load_balancer.is_some() {
        chart.edge(&"lb", "-->", &"r1");
    }
    for column in &machines.columns {
        column.iter().take(machines.abreast).for_each(|to| chart.edge(&"r1", "~~~", &Id("m", *to)));
        for (above, below) in column.iter().zip(column.iter().skip(machines.abreast)) {
            chart.edge(&Id("m", *above), "~~~", &Id("m", *below));
        }
    }
    for (number, exit) in view.exits.iter().enumerate() {
        chart.edge(&Id("m", machines.lowest()), "~~~", &Id("e", number));
        if let Some(to) = destinations.iter().position(|to| exit.to.as_deref() == Some(to)) {
            chart.edge(&Id("e", number), "-->", &Id("t", to));
        }
    }
}

/// An id with a prefix of its own: `end` would close a subgraph.
struct Id(&'static str, usize);

impl Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, self.1 + 1)
    }
}

struct Chart {
    text: String,
    boxes: usize,
    depth: usize,
}

impl Chart {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        let indent = 2 * self.depth;
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }

    /// A box; its first line is bold if there are more.
    fn node(&mut self, id: &dyn Display, lines: &[impl AsRef<str>]) {
        self.boxes += 1;
        self.line(format_args!("{id}[\"{}\"]", Label(lines)));
    }

    fn open(&mut self, id: &(impl Display + ?Sized), lines: &[impl AsRef<str>]) {
        self.line(format_args!("subgraph {id} [\"{}\"]", Label(lines)));
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.line(format_args!("end"));
    }

    fn edge(&mut self, from: &dyn Display, arrow: &str, to: &dyn Display) {
        self.line(format_args!("{from} {arrow} {to}"));
    }
}

struct Label<'a, T>(&'a [T]);

impl<T: AsRef<str>> Display for Label<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, line) in self.0.iter().enumerate() {
            match number {
                0 if self.0.len() > 1 => write!(f, "<b>{}</b>", Escaped(line.as_ref()))?,
                0 => write!(f, "{}", Escaped(line.as_ref()))?,
                _ => write!(f, "<br>{}", Escaped(line.as_ref()))?,
            }
        }
        Ok(())
    }
}

/// Text in a label: Mermaid has entities of its own, `#quot;`, `#35;`.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '"' => f.write_str("#quot;"),
            '<' => f.write_str("#lt;"),
            '>' => f.write_str("#gt;"),
            '#' => f.write_str("#35;"),
            '&' => f.write_str("#amp;"),
            '`' => f.write_str("#96;"),
            '\\' => f.write_str("#92;"),
            c if c.is_control() => f.write_str(" "),
            c => f.write_char(c),
        })
    }
}
