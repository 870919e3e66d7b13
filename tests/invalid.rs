//! Wrong descriptions: for each diagnostic code one file in `tests/invalid`, whose report is a snapshot: the text as people
//! see it, then the JSON. Every code has its fixture, every fixture its code.

use std::collections::BTreeSet;
use std::path::Path;

use vpcgen::diag::{Code, Diagnostic, Report, Severity, draw, json};
use vpcgen::source::Source;
use vpcgen::{model, spec};

fn report(name: &str, bytes: Vec<u8>) -> (Source, Report) {
    let source = match spec::decode(name, bytes) {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let mut report = Report::default();
    if let Some(spec) = spec::read(&source, &mut report) {
        let cluster = model::validate(&spec, &mut report);
        assert_eq!(cluster.is_none(), report.has_errors(), "{name}: a cluster exactly where there is no error");
    }
    (source, report)
}

#[test]
fn each_code_has_a_fixture_that_shows_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid");
    let mut fixtures = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let (source, report) = report(&format!("{stem}.yaml"), std::fs::read(&path).unwrap());
        let codes: BTreeSet<_> = report.sorted().iter().map(|d| d.code.as_str()).collect();
        assert!(codes.contains(stem.as_str()), "{stem}.yaml shows {codes:?}");
        for diagnostic in report.sorted() {
            assert!(diagnostic.help.is_some(), "{stem}: no fix: {}", diagnostic.message);
            for span in diagnostic.primary.iter().chain(&diagnostic.others).map(|label| &label.span) {
                assert!(span.end <= source.text.len(), "{stem}: outside the file: {}", diagnostic.message);
            }
        }
        let text = anstream::adapter::strip_str(&draw(&report, &source)).to_string();
        insta::with_settings!({snapshot_path => "invalid", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(stem.clone(), format!("{text}\n{:#}\n", json(&report, &source)));
        });
        fixtures.insert(stem);
    }
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let fixtures: BTreeSet<&str> = fixtures.iter().map(String::as_str).chain(TOO_LARGE_FOR_A_FIXTURE).collect();
    assert_eq!(fixtures, codes);
}

/// A description of 10,000 lines: `tests/commands.rs` makes it.
const TOO_LARGE_FOR_A_FIXTURE: [&str; 1] = ["boot-data-size"];

/// Applying a patch takes its diagnostic away, and brings no error to the same place.
#[test]
fn each_patch_mends_what_it_is_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid");
    let mut patched = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let (source, before) = report(name, std::fs::read(&path).unwrap());
        for diagnostic in before.sorted() {
            let Some(patch) = &diagnostic.patch else { continue };
            let mut text = source.text.clone();
            text.replace_range(patch.span.clone(), &patch.text);
            let (_, after) = report(name, text.into_bytes());
            let place = |d: &Diagnostic| d.primary.as_ref().map(|label| label.span.start);
            let other = |message: &str| before.sorted().iter().any(|d| *d != diagnostic && d.message == message);
            let worse = |d: &Diagnostic| d.severity == Severity::Error || d.code == diagnostic.code;
            let here = |d: &&Diagnostic| place(d) == place(diagnostic) && worse(d) && !other(&d.message);
            let again = after.sorted().into_iter().find(here);
            assert!(again.is_none(), "{}\n=> {}\n{:?}", diagnostic.message, patch.text, again);
            patched += 1;
        }
    }
    assert!(patched > 40, "{patched}");
}
