use std::collections::HashMap;

use super::node::{Kind, Node};
use crate::diag::{Code, Diagnostic, Report};
use crate::source::Source;

/// Reports duplicate keys and keeps the first of each.
pub(super) fn take_out(node: &mut Node, source: &Source, report: &mut Report) {
    match &mut node.kind {
        Kind::Sequence(items) => items.iter_mut().for_each(|item| take_out(item, source, report)),
        Kind::Mapping(entries) => {
            let mut seen = HashMap::new();
            entries.retain(|(key, _)| {
                let Some(text) = key.text(source) else { return true };
                let Some(first) = seen.get(text) else {
                    seen.insert(text.to_owned(), key.span.clone());
                    return true;
                };
                report.push(
                    Diagnostic::error(Code::DuplicateKey, format!("duplicate key `{text}`"))
                        .at(&key.span, "again here")
                        .and(first, "first here")
                        .help("remove one of them"),
                );
                false
            });
            entries.iter_mut().for_each(|(_, value)| take_out(value, source, report));
        }
        _ => {}
    }
}
