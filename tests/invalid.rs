//! Wrong descriptions: for each diagnostic code one file in `tests/invalid`, whose report is a snapshot: the text as people
//! see it, then the JSON. Every code has its fixture, every fixture its code. Codes of the lock have their lock beside the
//! description: `lock-entry.lock.json` beside `lock-entry.yaml`.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use vpcgen::diag::{Code, Diagnostic, Report, Severity, draw, json_all};
use vpcgen::source::Source;

mod support;
use support::check_both;

/// The report on a fixture, then on its lock.
fn reports(path: &Path) -> Vec<(Rc<Source>, Report)> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let beside = path.with_extension("lock.json");
    let lock = std::fs::read(&beside).ok();
    let lock_name = name(&beside);
    check_both((&name(path), std::fs::read(path).unwrap()), lock.map(|bytes| (lock_name.as_str(), bytes)))
}

/// Every place that a diagnostic points at lies in its file.
fn inside(diagnostic: &Diagnostic, source: &Source) -> bool {
    let here = diagnostic.primary.iter().chain(&diagnostic.others).all(|label| label.span.end <= source.text.len());
    here && diagnostic.elsewhere.iter().all(|other| {
        let span = &other.label.span;
        !span.is_empty() && span.end <= other.source.text.len()
    })
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
        let reports = reports(&path);
        let all = || reports.iter().flat_map(|(source, report)| report.sorted().into_iter().map(move |d| (source, d)));
        let codes: BTreeSet<_> = all().map(|(_, d)| d.code.as_str()).collect();
        assert!(codes.contains(stem.as_str()), "{stem}.yaml shows {codes:?}");
        for (source, diagnostic) in all() {
            assert!(diagnostic.help.is_some(), "{stem}: no fix: {}", diagnostic.message);
            assert!(inside(diagnostic, source), "{stem}: outside the file: {}", diagnostic.message);
        }
        let drawn: String = reports.iter().map(|(source, report)| draw(report, source)).collect();
        let text = anstream::adapter::strip_str(&drawn).to_string();
        let json = json_all(reports.iter().map(|(source, report)| (report, source.as_ref())));
        insta::with_settings!({snapshot_path => "invalid", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(stem.clone(), format!("{text}\n{json:#}\n"));
        });
        fixtures.insert(stem);
    }
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let fixtures: BTreeSet<&str> = fixtures.iter().map(String::as_str).chain(WITHOUT_FIXTURE).collect();
    assert_eq!(fixtures, codes);
}

/// A description of 10,000 lines, which `tests/commands` makes, and one of two descriptions, in `tests/lock/commands.rs`.
const WITHOUT_FIXTURE: [&str; 2] = ["boot-data-size", "lock-shared"];

/// A patch, applied, removes its diagnostic and causes no error at the same place.
#[test]
fn each_patch_fixes_what_it_is_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid");
    let mut patched = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        // Without the lock: what contradicts it is put back into the description too.
        let description = |bytes: Vec<u8>| check_both(("cluster.yaml", bytes), None).remove(0);
        let (source, before) = description(std::fs::read(&path).unwrap());
        for diagnostic in before.sorted() {
            let Some(patch) = &diagnostic.patch else { continue };
            let mut text = source.text.clone();
            text.replace_range(patch.span.clone(), &patch.text);
            let (_, after) = description(text.into_bytes());
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
