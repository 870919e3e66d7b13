//! Reads a flowchart back, strictly: only the forms that vpcgen prints.

use std::collections::BTreeMap;

/// A flowchart's boxes by id, its subgraphs, and its links.
#[derive(Debug, Default)]
pub(crate) struct Chart {
    pub(crate) boxes: BTreeMap<String, String>,
    pub(crate) subgraphs: Vec<String>,
    pub(crate) links: Vec<(String, String, String)>,
}

/// # Panics
/// If a line has another form, a subgraph is not closed, an id is used twice, or a link leads elsewhere than to a box.
pub(crate) fn read(text: &str) -> Chart {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("flowchart TB"));
    let (mut chart, mut depth) = (Chart::default(), 0);
    for line in lines {
        let line = line.trim_start();
        if line == "end" {
            depth -= 1;
        } else if let Some(of) = line.strip_prefix("subgraph ") {
            let (id, label) = of.split_once(" [\"").unwrap();
            check_id(id);
            chart.subgraphs.push(label_of(label).to_owned());
            depth += 1;
        } else if let Some((id, label)) = line.split_once("[\"") {
            check_id(id);
            assert!(chart.boxes.insert(id.to_owned(), label_of(label).to_owned()).is_none(), "{id} twice");
        } else {
            let [from, arrow, to] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            assert!(["-->", "--->", "~~~"].contains(&arrow), "{line}");
            chart.links.push((from.to_owned(), arrow.to_owned(), to.to_owned()));
        }
    }
    assert_eq!(depth, 0);
    for (from, _, to) in &chart.links {
        assert!(chart.boxes.contains_key(from) && chart.boxes.contains_key(to), "{from} {to}");
    }
    chart
}

/// A prefix of ours and a number: no word of Mermaid's.
fn check_id(id: &str) {
    let letters = id.trim_end_matches(|c: char| c.is_ascii_digit());
    assert!(["s", "d", "lb", "r", "m", "e", "t", "z", "vpc", "subnet"].contains(&letters), "{id}");
}

fn label_of(rest: &str) -> &str {
    let label = rest.strip_suffix("\"]").unwrap();
    let plain = label.replace("<b>", "").replace("</b>", "").replace("<br>", "");
    assert!(!plain.contains(['"', '<', '>', '&', '`', '\\']), "{label}");
    label
}
