//! Wrong descriptions: for each diagnostic code one file in `tests/invalid`, whose report is a snapshot: the text as people
//! see it, then the JSON. Every code has its fixture, every fixture its code. Codes of the lock have their lock beside the
//! description: `lock-entry.lock.json` beside `lock-entry.yaml`.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use vpcgen::diag::{Code, Diagnostic, Report, Severity, draw, json_all};
use vpcgen::source::Source;
use vpcgen::{lock, model, spec};

/// What there is to say about a description, then about its lock.
fn reports(path: &Path) -> Vec<(Rc<Source>, Report)> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let source = match spec::decode(&name(path), std::fs::read(path).unwrap()) {
        Ok(source) => source,
        Err((source, report)) => return vec![(Rc::new(source), report)],
    };
    let beside = path.with_extension("lock.json");
    let Ok(bytes) = std::fs::read(&beside) else {
        let report = report(&name(path), &source);
        return vec![(Rc::new(source), report)];
    };
    let (mut report, mut own) = (Report::default(), Report::default());
    let (locked, before) = lock::read(&name(&beside), bytes, &mut own);
    let locked = Rc::new(locked);
    assert_eq!(before.is_none(), own.has_errors(), "{beside:?}: a lock exactly where there is no error");
    let spec = spec::read(&source, &mut report).unwrap();
    let cluster = model::validate(&spec, &mut report).unwrap();
    if let Some(before) = before
        && lock::agree(&before, &cluster, &spec, &locked, &mut report)
        && let Some(behind) = lock::behind(Some(&before), &lock::Lock::assign(&cluster, Some(&before)))
    {
        report.push(behind.diagnostic(&locked.name, Severity::Error));
    }
    vec![(Rc::new(source), report), (locked, own)]
}

fn report(name: &str, source: &Source) -> Report {
    let mut report = Report::default();
    if let Some(spec) = spec::read(source, &mut report) {
        let cluster = model::validate(&spec, &mut report);
        assert_eq!(cluster.is_none(), report.has_errors(), "{name}: a cluster exactly where there is no error");
    }
    report
}

/// Every place that a diagnostic speaks of lies in its file.
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
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(fixtures, codes);
}
