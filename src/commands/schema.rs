use super::{Exit, print};
use crate::spec;

/// The JSON Schema of a description, as it is committed in docs and written beside a new description.
pub(crate) fn text() -> String {
    format!("{:#}\n", spec::schema())
}

/// Prints the JSON Schema of a description.
pub(crate) fn schema() -> Exit {
    print(&text())
}
