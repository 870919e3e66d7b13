//! `validate`: every problem of every file, for people and for programs.

use std::fs;

use serde_json::Value;

use crate::support::folder::{Folder, Run};

const RIGHT: &str = "name: kub\nproject: some-project\nregion: europe-west1\n";
const WRONG: &str =
    "name: kub\nproject: some-project\nregion: europe-west1\nnetwork: {mtu: 9000, nodes: 172.17.0.0/20}\n";

fn diagnostics(run: &Run) -> Vec<Value> {
    assert_eq!(run.err(), "");
    let mut json: Value = serde_json::from_str(&run.out()).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["diagnostics"]);
    serde_json::from_value(json["diagnostics"].take()).unwrap()
}

/// The promised keys, no fewer and no more, of the promised types.
fn assert_shape(diagnostic: &Value) {
    let object = diagnostic.as_object().unwrap();
    let mut keys: Vec<_> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["code", "column", "file", "fix", "help", "line", "message", "severity"]);
    assert!(["code", "file", "message", "severity"].iter().all(|key| object[*key].is_string()), "{diagnostic}");
    assert!(["line", "column"].iter().all(|key| object[*key].as_u64().is_some_and(|n| n > 0)), "{diagnostic}");
    assert!(object["help"].is_string() || object["help"].is_null());
}

#[test]
fn json_has_the_documented_shape_and_errors_exit_with_1() {
    let folder = Folder::with(WRONG);
    let all = diagnostics(&folder.run(&["validate", "--format", "json"]).ends(1));
    let brief: Vec<_> = all
        .iter()
        .map(|d| (d["code"].as_str(), d["severity"].as_str(), d["line"].as_u64(), d["column"].as_u64()))
        .collect();
    let expected =
        [(Some("mtu"), Some("error"), Some(4), Some(16)), (Some("awkward-range"), Some("warning"), Some(4), Some(29))];
    assert_eq!(brief, expected);
    assert!(all.iter().all(|d| d["file"] == "cluster.yaml"));
    all.iter().for_each(assert_shape);
    let text = folder.run(&["render"]).ends(1);
    assert!(text.out().is_empty() && text.err().contains("error[mtu]"));
}

/// A fix can be applied by a program that knows nothing but the JSON, by bytes or by lines and columns.
#[test]
fn every_fix_can_be_applied() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid");
    let folder = Folder::with("");
    let mut applied = 0;
    for entry in fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let Ok(text) = String::from_utf8(bytes) else { continue };
        // Columns are characters.
        let text = format!("x-é: [é] # é\n{text}");
        folder.write("cluster.yaml", &text);
        let run = folder.run(&["validate", "--format", "json"]);
        for diagnostic in diagnostics(&run) {
            assert_shape(&diagnostic);
            let fix = &diagnostic["fix"];
            if fix.is_null() {
                continue;
            }
            assert_eq!(fix["file"], "cluster.yaml");
            let at = |end: &str| {
                let number = |key: &str| usize::try_from(fix[end][key].as_u64().unwrap()).unwrap();
                let line: usize = text.split_inclusive('\n').take(number("line") - 1).map(str::len).sum();
                let rest = &text[line..];
                let byte =
                    rest.char_indices().map(|(byte, _)| byte).chain([rest.len()]).nth(number("column") - 1).unwrap();
                assert_eq!(line + byte, number("byte"), "{diagnostic}");
                line + byte
            };
            let mut fixed = text.clone();
            fixed.replace_range(at("start")..at("end"), fix["replacement"].as_str().unwrap());
            folder.write("fixed.yaml", &fixed);
            let after = diagnostics(&folder.run(&["validate", "--format", "json", "fixed.yaml"]));
            let same = |d: &&Value| ["code", "message", "line", "column"].iter().all(|key| d[*key] == diagnostic[*key]);
            assert!(!after.iter().any(|d| same(&d)), "{path:?}: {diagnostic} is still there");
            applied += 1;
        }
    }
    assert!(applied > 40, "{applied}");
}

#[test]
fn several_files_at_once() {
    let folder = Folder::with(RIGHT);
    folder.write("a.yaml", WRONG);
    folder.write("b.yaml", &RIGHT.replace("kub", "KUB"));
    let run = folder.run(&["validate", "a.yaml", "cluster.yaml", "b.yaml", "nowhere.yaml"]).ends(1);
    for part in ["a.yaml:4:16", "b.yaml:1:7", "vCPUs", "there is no file nowhere.yaml"] {
        assert!(run.err().contains(part), "{part}: {}", run.err());
    }
    assert_eq!(run.err().matches("for details, run").count(), 1, "{}", run.err());
    let all = diagnostics(&folder.run(&["validate", "--format", "json", "a.yaml", "cluster.yaml", "b.yaml"]).ends(1));
    let files: Vec<_> = all.iter().map(|d| d["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["a.yaml", "a.yaml", "b.yaml"]);
    folder.write("c.yaml", RIGHT);
    assert_eq!(folder.run(&["validate", "cluster.yaml", "c.yaml"]).ends(0).err().matches("vCPUs").count(), 2);
    assert!(diagnostics(&folder.run(&["validate", "--format", "json", "cluster.yaml"]).ends(0)).is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_a_diagnostic() {
    let folder = Folder::with(RIGHT);
    fs::create_dir(folder.path().join("directory.yaml")).unwrap();
    fs::create_dir(folder.path().join("locked.lock.json")).unwrap();
    folder.write("locked.yaml", RIGHT);
    fs::write(folder.path().join("bytes.yaml"), b"\xff\xfe").unwrap();
    for (file, named) in [
        ("nowhere.yaml", "nowhere.yaml"),
        ("directory.yaml", "directory.yaml"),
        ("locked.yaml", "locked.lock.json"),
        ("bytes.yaml", "bytes.yaml"),
        ("cluster.yaml/x", "cluster.yaml/x"),
    ] {
        let all = diagnostics(&folder.run(&["validate", "--format", "json", file]).ends(1));
        assert_eq!(all.len(), 1, "{file}");
        assert_shape(&all[0]);
        assert!(all[0]["code"] == "unreadable" && all[0]["severity"] == "error", "{}", all[0]);
        assert_eq!((&all[0]["file"], &all[0]["line"], &all[0]["column"]), (&named.into(), &1.into(), &1.into()));
    }
    let all = diagnostics(&folder.run(&["validate", "--format", "json", "--locked", "-"]).ends(1));
    assert!(all.len() == 1 && all[0]["code"] == "lock-behind", "{all:?}");
    folder.write("cluster.yml", RIGHT);
    let all = diagnostics(&folder.run(&["validate", "--format", "json"]).ends(1));
    assert!(all.len() == 1 && all[0]["code"] == "lock-shared", "{all:?}");
}

#[test]
fn more_problems_than_are_shown_are_counted() {
    // Of the shape, reading stops after 50.
    let keys: String = (0..60).map(|n| format!("unknown{n}: 1\n")).collect();
    let folder = Folder::with(&format!("{RIGHT}{keys}"));
    let run = folder.run(&["validate"]).ends(1);
    assert!(run.err().contains("\n50 errors; reading stopped there, so there may be more\n"), "{}", run.err());
    // Of the values, all are counted.
    let rules: String = (0..130).map(|n| format!("  rule-{n}: {{allow: [tcp:0x{n}], from: [10.0.0.0/8]}}\n")).collect();
    folder.write("cluster.yaml", &format!("{RIGHT}firewall:\n{rules}"));
    let run = folder.run(&["validate"]).ends(1);
    assert!(run.err().contains("\n130 errors, of which 30 are not shown\n"), "{}", &run.err()[run.err().len() - 400..]);
    assert_eq!(run.err().matches("error[").count(), 100);
}
