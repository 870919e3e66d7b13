//! The keys of a description as they are written, for those who compare two descriptions.

use super::node::{self, Kind, Node};
use crate::source::{Source, Span};

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The keys that lead to it, joined by dots: `pools.web.count`.
    pub path: String,
    /// The value as text, a list on one line; empty for a mapping, whose keys follow.
    pub value: String,
    /// Where the key is.
    pub key: Span,
    /// Where the value is; of a mapping in block style, nowhere.
    pub span: Span,
}

/// All keys in the order of the file. Nothing of a text that is not YAML.
pub fn written(source: &Source) -> Vec<Written> {
    let mut all = Vec::new();
    if let Ok(root) = node::parse(source) {
        collect(&root, "", source, &mut all);
    }
    all.retain(|written| !written.path.starts_with("x-"));
    all
}

fn collect(node: &Node, prefix: &str, source: &Source, all: &mut Vec<Written>) {
    let Kind::Mapping(entries) = &node.kind else { return };
    for (key, value) in entries {
        let Some(name) = key.text(source) else { continue };
        let path = format!("{prefix}{name}");
        let text = if matches!(value.kind, Kind::Mapping(_)) { String::new() } else { text(value, source) };
        all.push(Written { path: path.clone(), value: text, key: key.span.clone(), span: value.span.clone() });
        collect(value, &format!("{path}."), source, all);
    }
}

fn text(node: &Node, source: &Source) -> String {
    let list = |items: Vec<String>, [open, close]: [&str; 2]| format!("{open}{}{close}", items.join(", "));
    match &node.kind {
        Kind::Sequence(items) => list(items.iter().map(|item| text(item, source)).collect(), ["[", "]"]),
        Kind::Mapping(entries) => {
            let entry = |(key, value): &(Node, Node)| format!("{}: {}", text(key, source), text(value, source));
            list(entries.iter().map(entry).collect(), ["{", "}"])
        }
        _ => node.text(source).unwrap_or_default().to_owned(),
    }
}
