//! The command line as transcripts: each file in `tests/cli` is a terminal session; what it prints and how it ends is held
//! to the letter. `TRYCMD=overwrite cargo test --test cli` writes them anew.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cli/*.md").case("README.md");
}
