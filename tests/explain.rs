//! Every code has a page: its wrong example has the problem, its right example does not, and `docs/diagnostics.md` consists of these
//! pages. `make docs` writes it.

use std::path::Path;

use vpcgen::diag::{Code, Example, draw, handbook, index};

mod support;
use support::check_both;

/// Codes whose pages have no example; the pages say why.
const WITHOUT_EXAMPLE: [Code; 3] = [Code::Unreadable, Code::BootDataSize, Code::LockShared];

/// The codes that an example has, and the reports.
fn says(example: &Example) -> (Vec<Code>, String) {
    let lock = example.lock.as_ref().map(|text| ("cluster.lock.json", text.clone().into_bytes()));
    let reports = check_both(("cluster.yaml", example.description.clone().into_bytes()), lock);
    let codes = reports.iter().flat_map(|(_, report)| report.sorted()).map(|diagnostic| diagnostic.code).collect();
    (codes, reports.iter().map(|(source, report)| draw(report, source)).collect())
}

#[test]
fn each_wrong_example_has_the_problem_and_each_right_one_has_not() {
    let mut failures = String::new();
    for &code in Code::ALL {
        let page = code.explanation();
        let (wrong, right) = (page.example("Wrong"), page.example("Right"));
        assert_eq!(wrong.is_none(), WITHOUT_EXAMPLE.contains(&code), "{code}");
        assert_eq!(right.is_none(), wrong.is_none(), "{code}");
        let (Some(wrong), Some(right)) = (wrong, right) else { continue };
        let (mut codes, drawn) = says(&wrong);
        // Changes that are allowed change the lock too.
        let allowed = [Code::OrphanedDisk, Code::PoolRemoved, Code::DisruptiveChange].contains(&code);
        codes.retain(|found| !allowed || *found != Code::LockBehind);
        if codes != [code] {
            failures += &format!("{code}: one mistake, one diagnostic:\n{}\n{drawn}\n", wrong.description);
        }
        let (codes, drawn) = says(&right);
        if !codes.is_empty() {
            failures += &format!("{code}: the right example is not:\n{}\n{drawn}\n", right.description);
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn each_page_has_a_title_a_text_and_a_source() {
    for &code in Code::ALL {
        let page = code.explanation();
        assert!(
            !page.title.is_empty() && !page.title.ends_with('.') && page.title.len() < 100,
            "{code}: {}",
            page.title
        );
        assert!(page.body.len() > 150, "{code} is hardly explained");
        assert!(page.body.lines().last().unwrap().starts_with("Source: https://"), "{code} names no source");
        assert!(page.body.lines().all(|line| line.len() <= 140), "{code} has a line that is too wide for a terminal");
    }
    assert_eq!(index().lines().count(), Code::ALL.len());
}

#[test]
fn the_handbook_in_docs_is_these_pages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    if std::env::var_os("VPCGEN_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, handbook()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == handbook(), "docs/diagnostics.md is not what `make docs` writes");
}

#[test]
fn codes_are_found_by_name_and_by_near_misses() {
    for &code in Code::ALL {
        assert_eq!(Code::parse(code.as_str()), Some(code));
        assert_eq!(Code::nearest(&code.as_str().replace('-', "_")), Some(code));
    }
    assert_eq!(Code::parse("overlapp"), None);
    assert_eq!(Code::nearest("overlapp"), Some(Code::Overlap));
    assert_eq!(Code::nearest("E0308"), None);
}
