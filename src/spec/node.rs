//! The description as a tree of YAML nodes with spans, before its keys are interpreted.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned as Parsed};

use crate::diag::{Code, Diagnostic};
use crate::source::{Source, Span};

/// A YAML node with its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Of scalars: the text. Of mappings and sequences: their first character, if they are written in flow style.
    pub(super) span: Span,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number that does not fit an `i64`; only its text is used.
    Number,
    Text(String),
    Sequence(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// Its kind, as messages name it.
    pub(super) fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true or false",
            Kind::Integer(_) | Kind::Number => "a number",
            Kind::Text(_) => "text",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a mapping",
        }
    }

    /// A scalar as it was typed: `1.30` stays `1.30`, although it is a number to YAML.
    pub(super) fn text<'a>(&'a self, source: &'a Source) -> Option<&'a str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::Bool(_) | Kind::Integer(_) | Kind::Number => source.text.get(self.span.clone()),
            _ => None,
        }
    }
}

/// Parses YAML. Duplicate keys are passed through: `duplicates` reports them.
pub(super) fn parse(source: &Source) -> Result<Node, Box<Diagnostic>> {
    let options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        with_snippet: false,
        // 5,000 machine names take a tenth of these nodes; no description is nested deeper than six levels.
        // An alias copies its value: twice the largest file is enough for all text together.
        budget: serde_saphyr::budget! {
            max_nodes: 50_000,
            max_depth: 32,
            flow_nesting_limit: 32,
            max_total_scalar_bytes: 2 << 20,
            max_recorded_anchor_bytes: 2 << 20,
            max_recorded_anchor_events: 100_000,
        },
    };
    let parsed: Parsed<Tree> = serde_saphyr::from_str_with_options(&source.text, options)
        .map_err(|error| Box::new(refusal(&error, source)))?;
    Ok(node(parsed))
}

fn refusal(error: &serde_saphyr::Error, source: &Source) -> Diagnostic {
    use serde_saphyr::Error;
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    let at = error.location().map_or(0..0, |location| place(location, source));
    let limits = ["budget breached", "recursion limit", "alias replay", "alias expansion"];
    if matches!(error, Error::Budget { .. }) || limits.iter().any(|limit| message.starts_with(limit)) {
        return Diagnostic::error(Code::Excess, "too deeply nested, or too many repetitions")
            .at(&at, "reading stopped here")
            .help("remove the nesting or the aliases; even 5,000 nodes need only a few lines");
    }
    if matches!(error, Error::MultipleDocuments { .. }) {
        return Diagnostic::error(Code::Syntax, "more than one YAML document in the file")
            .at(&at, "a second one begins here")
            .help("a file describes one cluster: put each document into a file of its own");
    }
    let help = match message.contains("mapping values are not allowed") {
        true => {
            "check that this line and the one above it are indented like their neighbours, two spaces for each level"
        }
        false => "the file must be YAML (or JSON, its subset): `key: value` lines, two spaces for each level, no tabs",
    };
    // Some of the parser's messages are written for programmers.
    let internal = ["Option", "policy", "from_str", "enum", "struct", "serde", "internal"];
    let message = if internal.iter().any(|word| message.contains(word)) { "invalid YAML".to_owned() } else { message };
    Diagnostic::error(Code::Syntax, message).at(&at, "").help(help)
}

/// The scanner's errors count characters, not bytes.
fn place(location: Location, source: &Source) -> Span {
    let span = location.span();
    let to_byte = |chars: u64| {
        let chars = usize::try_from(chars).unwrap_or(usize::MAX);
        source.text.char_indices().nth(chars).map_or(source.text.len(), |(at, _)| at)
    };
    let start = to_byte(span.offset());
    start..to_byte(span.offset().saturating_add(span.len())).max(start)
}

fn node(parsed: Parsed<Tree>) -> Node {
    // The value of an alias was written elsewhere: that is the place to change.
    let span = parsed.defined.span();
    let to_usize = |n: Option<u64>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let start = to_usize(span.byte_offset());
    let kind = match parsed.value {
        Tree::Scalar(kind) => kind,
        Tree::Sequence(items) => Kind::Sequence(items.into_iter().map(node).collect()),
        Tree::Mapping(items) => Kind::Mapping(items.into_iter().map(|(k, v)| (node(k), node(v))).collect()),
    };
    Node { kind, span: start..start + to_usize(span.byte_len()) }
}

/// The tree with the parser's own spans.
enum Tree {
    Scalar(Kind),
    Sequence(Vec<Parsed<Tree>>),
    Mapping(Vec<(Parsed<Tree>, Parsed<Tree>)>),
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("YAML")
    }
    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Kind::Null))
    }
    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Kind::Null))
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        Tree::deserialize(deserializer)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar(Kind::Bool(value)))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Kind::Integer(value)))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar(i64::try_from(value).map_or(Kind::Number, Kind::Integer)))
    }
    fn visit_i128<E>(self, _: i128) -> Result<Tree, E> {
        Ok(Tree::Scalar(Kind::Number))
    }
    fn visit_u128<E>(self, _: u128) -> Result<Tree, E> {
        Ok(Tree::Scalar(Kind::Number))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Kind::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Scalar(Kind::Text(value.to_owned())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Tree::Sequence(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_entry()? {
            items.push(item);
        }
        Ok(Tree::Mapping(items))
    }
}
