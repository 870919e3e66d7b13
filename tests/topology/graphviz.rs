//! Graphviz draws what is printed for it, without a warning.

use std::io::Write as _;
use std::process::{Command, Stdio};

use vpcgen::topology::{Detail, View, dot};

use super::{descriptions, support, tools};

#[test]
fn graphviz_draws_every_box_without_a_warning() {
    let Some(program) = tools::find(2, "graphviz draws the topology", "dot", "apt install graphviz") else { return };
    for text in descriptions() {
        let plan = support::plan(&text);
        let mut child = Command::new(&program)
            .arg("-Tsvg")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(dot(&plan).as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaints.is_empty(), "{complaints}{text}");
        let drawn = String::from_utf8(output.stdout).unwrap();
        let view = View::new(&plan, Detail::Machines);
        let zones = view.zones.iter().map(|zone| zone.name);
        for name in zones.chain(view.doors.iter().map(|door| door.name.as_str())) {
            // Graphviz writes hyphens as entities.
            assert!(drawn.contains(&format!(">{}</text>", name.replace('-', "&#45;"))), "{name}");
        }
    }
    tools::ok(2, "", "graphviz draws the topology of every shape");
}
