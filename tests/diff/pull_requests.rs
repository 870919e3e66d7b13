//! Ten pull requests as people write them, and the comment on each: `tests/diff/pull_requests`. The comment alone must tell a reviewer
//! whether to merge.

use vpcgen::diff::{markdown, text};

use crate::matrix::Edit;
use crate::tools::project;

fn all() -> Vec<(String, Edit)> {
    let mut files: Vec<_> = std::fs::read_dir(project("tests/diff/pull_requests"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, Edit::parse(&std::fs::read_to_string(path).unwrap()))
    };
    files.into_iter().map(read).collect()
}

#[test]
fn the_comment_on_each_pull_request() {
    let all = all();
    assert_eq!(all.len(), 10);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("pull_requests");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, edit) in all {
            let diff = edit.diff_against("origin/main");
            let comment = markdown(&diff);
            assert!(comment.chars().count() < 60_000);
            insta::assert_snapshot!(name.clone(), comment, &edit.title);
            let plain = anstream::adapter::strip_str(&text(&diff)).to_string();
            insta::assert_snapshot!(format!("{name}.terminal"), plain, &edit.title);
        }
    });
}
