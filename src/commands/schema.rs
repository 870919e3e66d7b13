use super::{Exit, print};
use crate::spec;

/// The JSON Schema of descriptions, as committed under docs and written beside a new description.
pub(crate) fn text() -> String {
    format!("{:#}\n", spec::schema())
}

/// Prints the JSON Schema of a description.
pub(crate) fn schema() -> Exit {
    print(&text())
}
