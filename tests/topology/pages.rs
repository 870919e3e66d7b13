//! The pictures that stand in pages: `make docs` draws them anew.

use std::path::Path;

use vpcgen::topology::{dot, mermaid, svg};

use super::support;

/// The picture in the project's own page is this example's.
const SHOWN: &str = include_str!("../../generated-examples/ha/cluster.yaml");

fn current(path: &Path, text: &str) {
    if std::env::var_os("VPCGEN_WRITE_DOCS").is_some() {
        std::fs::write(path, text).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == text, "{} is out of date: run `make docs`, and look at it", path.display());
}

#[test]
fn each_example_shows_its_topology() {
    for dir in support::examples() {
        let page = dir.join("README.md");
        let text = std::fs::read_to_string(&page).unwrap();
        let (before, rest) =
            text.split_once("```mermaid\n").unwrap_or_else(|| panic!("{}: no picture", page.display()));
        let (_, after) = rest.split_once("```\n").unwrap();
        let chart = mermaid(&support::plan(&std::fs::read_to_string(dir.join("cluster.yaml")).unwrap()));
        current(&page, &format!("{before}```mermaid\n{chart}```\n{after}"));
    }
}

#[test]
fn the_projects_page_shows_a_picture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    current(&root.join("docs/topology.svg"), &svg(&support::plan(SHOWN)));
    assert!(std::fs::read_to_string(root.join("README.md")).unwrap().contains("(docs/topology.svg)"));
}

#[test]
fn one_graph_in_full() {
    insta::assert_snapshot!(dot(&support::plan(include_str!("../../generated-examples/three-zones/cluster.yaml"))));
}
