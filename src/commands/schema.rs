use super::{Exit, print};
use crate::spec;

/// The JSON Schema of descriptions, as committed in docs and written by `init`.
pub(crate) fn text() -> String {
    format!("{:#}\n", spec::schema())
}

/// Prints the JSON Schema of descriptions.
pub(crate) fn schema() -> Exit {
    print(&text())
}
