//! Lines for the person who watches: one for each example that holds, one for each level that is skipped.

use std::io::{self, Write};

/// Prints a line, also where the test harness hides what tests print.
pub(crate) fn say(line: impl AsRef<str>) {
    // A closed terminal is no reason to fail.
    let _ = writeln!(io::stdout().lock(), "{}", line.as_ref());
}

/// Says what is not tested because a tool is missing, and how to get it. On a CI machine every tool must be there, so there it fails.
pub(crate) fn skip(what: &str, missing: &str, get_it: &str) {
    let line = format!("skipped: {what}: no {missing}; {get_it}");
    assert!(std::env::var_os("CI").is_none(), "{line}");
    say(line);
}
