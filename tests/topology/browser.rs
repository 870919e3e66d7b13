//! Mermaid itself, in headless Chromium, draws every flowchart: each box with its text, inside its frame, none on top of another.

use std::process::Command;

use serde_json::{Value, json};
use vpcgen::topology::mermaid;

use super::{chart, descriptions, support, tools};

/// The version that GitHub ran when this was written, or a little newer; `.ci/install` fetches it from npm.
const MERMAID: &str = "proof/mermaid-11.17.0.min.js";

/// Renders each chart, and writes down what it sees.
const SCRIPT: &str = r#"
const seen = [];
mermaid.initialize({ startOnLoad: false });
(async () => {
  for (const [number, text] of charts.entries()) {
    try {
      const { svg } = await mermaid.render("chart" + number, text);
      const holder = document.body.appendChild(document.createElement("div"));
      holder.innerHTML = svg;
      const area = (element) => { const r = element.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
      const all = (selector) => [...holder.querySelectorAll(selector)];
      seen.push({
        boxes: all("g.node").map((node) => ({ id: node.id, text: node.textContent.trim(), area: area(node.querySelector("rect")) })),
        frames: all("g.cluster").map((frame) => ({ text: frame.textContent.trim(), area: area(frame.querySelector("rect")) })),
        arrows: all("path[marker-end]").length,
      });
      holder.remove();
    } catch (error) {
      seen.push({ error: String(error) });
    }
  }
  const result = document.body.appendChild(document.createElement("pre"));
  result.id = "seen";
  result.textContent = encodeURIComponent(JSON.stringify(seen));
})();
"#;

fn see(program: &std::path::Path, library: &std::path::Path, charts: &[String]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let charts = json!(charts).to_string().replace('<', "\\u003c");
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><body><script src=\"file://{}\"></script><script>const charts = {charts};{SCRIPT}</script>",
        library.display()
    );
    let file = folder.path().join("page.html");
    std::fs::write(&file, page).unwrap();
    // Chromium's own sandbox needs a user other than root; the page is ours.
    let arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=120000", "--dump-dom"];
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let page = tools::run(Command::new(program).args(arguments).arg(profile).arg(format!("file://{}", file.display())))
        .unwrap();
    let (_, rest) = page.split_once("<pre id=\"seen\">").unwrap_or_else(|| panic!("nothing was drawn: {page}"));
    let text = rest.split('<').next().unwrap();
    serde_json::from_str(&decode(text)).unwrap()
}

/// What `encodeURIComponent` encoded.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn area(of: &Value) -> [f64; 4] {
    let area: Vec<f64> = of["area"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
    area.try_into().unwrap()
}

#[test]
fn mermaid_draws_every_flowchart() {
    let what = "Mermaid draws the topology in a browser";
    let Some(program) = tools::find(2, what, "chromium", "apt install chromium") else { return };
    let library = tools::target().join(MERMAID);
    if !library.is_file() {
        return tools::skipped(2, what, "no Mermaid: .ci/install fetches it from npm");
    }
    let charts: Vec<String> = descriptions().iter().map(|text| mermaid(&support::plan(text))).collect();
    let seen = see(&program, &library, &charts);
    assert_eq!(seen.len(), charts.len());
    for (text, seen) in charts.iter().zip(&seen) {
        assert!(seen["error"].is_null(), "{}\n{text}", seen["error"]);
        compare(text, seen);
    }
    tools::ok(2, "", "Mermaid draws the topology of every shape");
}

fn compare(text: &str, seen: &Value) {
    let chart = chart::read(text);
    let boxes = seen["boxes"].as_array().unwrap();
    let plain = |label: &str| label.replace("<br>", "").replace("<b>", "").replace("</b>", "");
    let mut expected: Vec<String> = chart.boxes.values().map(|label| plain(label)).collect();
    let mut drawn: Vec<String> = boxes.iter().map(|of| of["text"].as_str().unwrap().to_owned()).collect();
    expected.sort();
    drawn.sort();
    assert_eq!(drawn, expected, "{text}");
    assert_eq!(seen["frames"].as_array().unwrap().len(), chart.subgraphs.len(), "{text}");
    let arrows = chart.links.iter().filter(|(_, arrow, _)| arrow != "~~~").count();
    assert_eq!(seen["arrows"], json!(arrows), "{text}");
    for (number, of) in boxes.iter().enumerate() {
        let [left, top, right, bottom] = area(of);
        assert!(right > left && bottom > top, "{of}");
        for other in &boxes[number + 1..] {
            let [l, t, r, b] = area(other);
            assert!(right <= l || r <= left || bottom <= t || b <= top, "{of} lies on {other}\n{text}");
        }
    }
    layers(boxes, text);
}

/// From top to bottom: who comes in, rules, the subnet's ranges, machines, ways out, where they lead.
fn layers(boxes: &[Value], text: &str) {
    let of = |letters: &str| -> Vec<[f64; 4]> {
        let has = |id: &str| {
            let id = id.rsplit("flowchart-").next().unwrap().split('-').next().unwrap();
            id.trim_end_matches(|c: char| c.is_ascii_digit()) == letters
        };
        boxes.iter().filter(|of| has(of["id"].as_str().unwrap())).map(area).collect()
    };
    let layers: Vec<Vec<[f64; 4]>> = ["s", "d", "r", "m", "e"].map(of).into();
    for pair in layers.windows(2) {
        let above = pair[0].iter().map(|area| area[3]).fold(f64::MIN, f64::max);
        let below = pair[1].iter().map(|area| area[1]).fold(f64::MAX, f64::min);
        assert!(!pair[0].is_empty() && !pair[1].is_empty(), "{text}");
        assert!(above <= below, "a layer is not below the one before: {above} {below}\n{text}");
    }
}
