//! `europe-west1#prod`: YAML begins a comment only after a space, so the rest belongs to the value.

use super::node::{Kind, Node};
use crate::diag::{Code, Diagnostic, Report};
use crate::source::Source;

/// Text that may hold a `#`: names of objects in Cloud Storage.
const FREE_TEXT: &str = "prefix";

/// Reports values that end with an intended comment, and removes it, so that the rest is checked as intended.
pub(super) fn split(node: &mut Node, source: &Source, report: &mut Report) {
    match &mut node.kind {
        Kind::Sequence(items) => items.iter_mut().for_each(|item| split(item, source, report)),
        Kind::Mapping(entries) => {
            let checked = entries.iter_mut().filter(|(key, _)| key.text(source) != Some(FREE_TEXT));
            checked.for_each(|(_, value)| split(value, source, report));
        }
        Kind::Text(text) => {
            // Quoted text differs from the file's.
            let plain = source.text.get(node.span.clone()) == Some(text.as_str());
            let Some(at) = text.find('#').filter(|at| plain && *at > 0) else { return };
            let at = node.span.start + at;
            let rest = source.text[node.span.end..].lines().next().unwrap_or_default();
            let message = format!("`{text}` contains `#`, which begins a comment only after a space");
            let diagnostic = Diagnostic::error(Code::Syntax, message).at(&(at..at + 1), "");
            report.push(match rest.trim().is_empty() {
                true => diagnostic.help("put a space before it").patch(&(at..at + 1), " #"),
                // The rest of the line would be part of the comment.
                false => diagnostic.help("move the comment to the end of the line").patch(&(at..node.span.end), ""),
            });
            let value = &text[..at - node.span.start];
            node.kind = match value {
                "true" | "false" => Kind::Bool(value == "true"),
                _ => value.parse().map_or_else(|_| Kind::Text(value.to_owned()), Kind::Integer),
            };
            node.span.end = at;
        }
        Kind::Null | Kind::Bool(_) | Kind::Integer(_) | Kind::Number => {}
    }
}
