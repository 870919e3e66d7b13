//! `vpcgen graph`: each form as its real consumer reads it (Mermaid in a browser, Graphviz), what is shown of random descriptions, and the
//! pages in which the pictures of the examples stand.

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;

mod browser;
mod chart;
mod graphviz;
mod pages;
mod promises;

/// The three lines with which every description begins.
const THREE_LINES: &str = "name: prod\nproject: some-project\nregion: europe-west1\n";

/// Descriptions of all sizes and shapes, with names that are words of Mermaid, of DOT or of HTML.
fn descriptions() -> Vec<String> {
    let examples =
        support::examples().into_iter().map(|dir| std::fs::read_to_string(dir.join("cluster.yaml")).unwrap());
    let words = [
        "end", "graph", "subgraph", "style", "click", "o", "x", "node", "edge", "strict", "default", "script", "class",
    ];
    let hostile: String = words.map(|word| format!("  {word}: {{count: 1}}\n")).concat();
    let rules: String = words
        .map(|word| format!("  {word}: {{allow: [tcp:1, tcp:2, tcp:3, tcp:4, icmp], from: [0.0.0.0/0]}}\n"))
        .concat();
    let long = "a".repeat(40);
    let more = [
        "pools: {}\n".to_owned(),
        "control_plane: {count: 5}\naccess: {api: [10.9.0.0/16]}\nnetwork: {peers: [10.9.0.0/16, 10.10.0.0/16]}\n"
            .to_owned(),
        "control_plane: {count: 3, external_ip: true}\naccess: {api: [0.0.0.0/0]}\nnetwork: {nat: false}\n".to_owned(),
        "pools: {web: {count: 30}, batch: {count: 10, spot: true}}\n".to_owned(),
        "control_plane: {count: 3}\npools: {web: {count: 700}, batch: {count: 300}}\n".to_owned(),
        format!("pools:\n{hostile}firewall:\n{rules}"),
        format!("network: {{name: {long}, subnet: {long}}}\npools: {{{long}: {{names: [{long}-1, {long}-2]}}}}\n"),
    ];
    examples.chain(more.into_iter().map(|more| format!("{THREE_LINES}{more}"))).collect()
}
