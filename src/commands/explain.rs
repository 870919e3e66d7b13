use super::{Exit, fail, print};
use crate::diag::{Code, index};

/// Prints the explanation of an error code, or the list of codes if none is given.
pub(crate) fn explain(code: Option<&str>) -> Exit {
    let Some(text) = code else { return print(&index()) };
    if let Some(code) = Code::parse(text) {
        let page = code.explanation();
        return print(&format!("{code}: {}\n\n{}\n", page.title, page.body));
    }
    match Code::nearest(text) {
        Some(near) => fail(format_args!("there is no code `{text}`; did you mean `{near}`?")),
        None => fail(format_args!("there is no code `{text}`; `vpcgen explain` lists them")),
    }
}
