//! No control character reaches a terminal from a name, a key, a file or an argument.
#![cfg(unix)]

mod support;

use support::folder::Folder;

/// Colour, title, C1, bell, carriage return, bidirectional overrides, zero width, line separator, tags.
const TRICKS: &str =
    "\u{1b}[31m\u{1b}]0;x\u{7}\r\u{9b}31m\u{8}\u{202e}\u{2066}\u{200b}\u{200d}\u{2028}\u{feff}\u{e0041}";

/// Everything that a command prints, on both channels.
fn said(folder: &Folder, arguments: &[&str]) -> String {
    let run = folder.run(arguments);
    let said = run.out() + &run.err();
    assert!(!said.is_empty(), "{arguments:?} prints nothing");
    for trick in TRICKS.chars().filter(|c| !matches!(c, '[' | ']' | ';') && !c.is_ascii_alphanumeric()) {
        assert!(!said.contains(trick), "{arguments:?}: {trick:?} in {said:?}");
    }
    said
}

/// Whether something was replaced in it: the trick has come that far.
fn is_replaced(said: &str) -> bool {
    said.contains('\u{fffd}') || said.contains("\\u001b") || said.contains("\\u202e")
}

/// As YAML writes it in double quotes, and as it is.
fn spellings() -> [String; 2] {
    let escaped = TRICKS.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
    [escaped, TRICKS.replace(['\r', '\u{8}', '\u{7}', '\u{1b}', '\u{feff}'], "")]
}

#[test]
fn names_and_keys() {
    let right = "project: some-project\nregion: europe-west1\n";
    let (mut drawn, mut encoded) = (0, 0);
    for trick in spellings() {
        for text in [
            format!("name: \"{trick}\"\n{right}"),
            format!("\"{trick}\": 1\nname: kub\n{right}"),
            format!("name: kub\n{right}pools: {{\"{trick}\": {{count: 1}}, n: {{names: [\"{trick}\"]}}}}\n"),
            format!("name: kub\n{right}labels: {{\"{trick}\": \"{trick}\"}}\n"),
            format!("name: kub\n{right}network: {{pods: \"{trick}\", \"{trick}\": 1, \"{trick}\": 2}}\n"),
            format!("name: kub\n{right}access: {{ssh: \"{trick}\"}}\n"),
            format!("name: kub\n{right}kubernetes: {{version: \"{trick}\", max_pods_per_node: \"{trick}\"}}\n"),
            format!("name: *{trick}\n"),
            format!("name: !{trick} kub\n"),
            format!("name: [{trick}\n"),
        ] {
            let folder = Folder::with(&text);
            drawn += usize::from(is_replaced(&said(&folder, &["validate"])));
            said(&folder, &["render", "--out", "tree"]);
            let json = said(&folder, &["validate", "--format", "json"]);
            encoded += usize::from(is_replaced(&json));
            serde_json::from_str::<serde_json::Value>(&json).unwrap();
        }
    }
    assert!(drawn > 10 && encoded > 5, "the tricks reach only {drawn} drawings and {encoded} JSON texts");
}

#[test]
fn files_and_folders_and_arguments() {
    let folder = Folder::with("name: kub\nproject: some-project\nregion: europe-west1\n");
    let file = format!("{TRICKS}.yaml");
    for arguments in [
        &["validate", &file][..],
        &["render", &file],
        &["render", TRICKS, "--out", TRICKS],
        &["init", &format!("{TRICKS}/x")],
        &["init", &file],
        &["init", &file],
        &["validate", &file, "--format", "json"],
        &["render", &file, "--out", TRICKS],
        &["render", &file, "--out", TRICKS],
        &["render", &file, "--out", TRICKS, "--check"],
        &["render", &file],
        &["render", "--preset", TRICKS],
        &[TRICKS],
        &["render", &format!("--{TRICKS}")],
    ] {
        let said = said(&folder, arguments);
        // Of a valid description, JSON names no file.
        assert!(is_replaced(&said) || said.contains("\"diagnostics\": []"), "{arguments:?}: {said}");
    }
    folder.write(&file, "name: [\n");
    assert!(said(&folder, &["validate", &file]).contains("[31m"));
    // One line of header, whatever the file is called.
    let tree = folder.tree(TRICKS);
    let text = String::from_utf8(tree["network.tf".as_ref() as &std::path::Path].clone()).unwrap();
    assert!(text.lines().nth(1) == Some("") && !text.contains('\u{202e}') && !text.contains('\u{2028}'), "{text}");
}

#[test]
fn foreign_bytes_in_a_diff() {
    let folder = Folder::with("name: kub\nproject: some-project\nregion: europe-west1\n");
    folder.run(&["render", "--out", "."]).ends(0);
    let text = folder.read("pools.tf");
    folder.write("pools.tf", &format!("{text}# {TRICKS}\n"));
    folder.write(&format!("{TRICKS}.tf"), text.lines().next().unwrap());
    assert!(said(&folder, &["render", "--out", ".", "--check"]).contains("-# "));
    said(&folder, &["render", "--out", "."]);
}

#[test]
fn a_long_word_is_cut() {
    let long = "x".repeat(900_000);
    let folder = Folder::with(&format!("name: \"{long}\"\nproject: {long}\n"));
    for arguments in [&["validate"][..], &["validate", "--format", "json"]] {
        let run = folder.run(arguments).ends(1);
        assert!(run.out().len() + run.err().len() < 20_000, "{} bytes", run.out().len() + run.err().len());
    }
}
