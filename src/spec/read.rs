use super::error::ReadError;
use super::node::{self, Kind, Node};
use super::shape::Reader;
use super::{Spec, comments, duplicates, lookalikes, schema, shape};
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::source::Source;

/// A description is a few lines; this is more than 10,000 of them.
const LARGEST: usize = 1 << 20;

/// The most errors of this kind that are reported; the rest of such a file is not worth reading.
const MAX_ERRORS: usize = 50;

/// Reads a description. What cannot be read is reported and left out of the result, so that the rest is still checked:
/// serde stops at the first error, so the key with the error is removed and the rest is read again.
pub fn read(source: &Source, report: &mut Report) -> Option<Spec> {
    if source.text.len() > LARGEST {
        report.push(too_large(source.text.len()));
        return None;
    }
    if let Some(diagnostic) = lookalikes::check(source) {
        report.push(diagnostic);
        return None;
    }
    let mut root = match node::parse(source) {
        Ok(root) => root,
        Err(diagnostic) => {
            report.push(*diagnostic);
            return None;
        }
    };
    duplicates::take_out(&mut root, source, report);
    ignore_extensions(&mut root, source);
    comments::split(&mut root, source, report);
    if let Some(diagnostic) = wrapped(&root, source) {
        report.push(diagnostic);
        return None;
    }
    let mut unread = Vec::new();
    for _ in 0..MAX_ERRORS {
        match shape::read::<Spec>(Reader { node: &root, source }) {
            Ok(spec) => return Some(Spec { unread, ..spec }),
            Err(ReadError { mut diagnostic, path, meant }) => {
                let taken = take(&mut root, &path, source);
                if let Some(help) = example(taken.as_deref().unwrap_or_default(), &diagnostic) {
                    diagnostic.help = Some(help.to_owned());
                }
                report.push(*diagnostic);
                let taken = taken?;
                unread.extend(meant.map(|meant| match taken.rsplit_once('.') {
                    Some((above, _)) => format!("{above}.{meant}"),
                    None => meant.to_owned(),
                }));
                unread.push(taken);
            }
        }
    }
    report.stop();
    None
}

/// Removes the keys at the top level that begin with `x-`: a place for anchors.
fn ignore_extensions(root: &mut Node, source: &Source) {
    if let Kind::Mapping(entries) = &mut root.kind {
        entries.retain(|(key, _)| !key.text(source).is_some_and(|key| key.starts_with("x-")));
    }
}

/// A description that is nested under a key, as in other tools: one mistake, not one for each of its keys.
fn wrapped(root: &Node, source: &Source) -> Option<Diagnostic> {
    let Kind::Mapping(entries) = &root.kind else { return None };
    let has = |entries: &[(Node, Node)]| {
        entries.iter().any(|(key, _)| matches!(key.text(source), Some("project" | "region")))
    };
    let wrapper = |(_, value): &&(Node, Node)| matches!(&value.kind, Kind::Mapping(below) if has(below));
    let (key, _) = entries.iter().find(wrapper).filter(|_| !has(entries))?;
    let name = key.text(source)?;
    // A label may be called `project` too.
    if schema()["properties"].get(name).is_some() {
        return None;
    }
    let message = format!("the configuration is nested under `{name}`");
    Some(Diagnostic::error(Code::UnknownKey, message).at(&key.span, "unknown key").help(
        "move `name`, `project`, `region` and the other keys to the top level of the file, and remove everything else",
    ))
}

/// An example of the file, or of a mapping at its top level, for a value of another type.
fn example(key: &str, diagnostic: &Diagnostic) -> Option<&'static str> {
    if !diagnostic.message.starts_with("expected a mapping") {
        return None;
    }
    match key {
        "" => Some("three lines are enough: `name`, `project` and `region`; `vpcgen init` writes them"),
        "pools" => Some("write each pool under its name: `pools: {n: {count: 2}}`"),
        "firewall" => {
            Some("write each rule under its name: `firewall: {my-rule: {allow: [tcp:443], from: [10.0.0.0/8]}}`")
        }
        "labels" => Some("write each value under its key: `labels: {env: prod}`"),
        _ => None,
    }
}

/// Takes the node at the end of the path out of the tree and says which keys led there, joined by dots. `None` where that
/// is the root itself.
fn take(mut node: &mut Node, path: &[usize], source: &Source) -> Option<String> {
    let (last, way) = path.split_last()?;
    let mut keys = Vec::new();
    for &index in way {
        node = match &mut node.kind {
            Kind::Sequence(items) => &mut items[index],
            Kind::Mapping(entries) => {
                let (key, value) = &mut entries[index];
                keys.extend(key.text(source).map(str::to_owned));
                value
            }
            _ => return None,
        };
    }
    match &mut node.kind {
        Kind::Sequence(items) => drop(items.remove(*last)),
        Kind::Mapping(entries) => keys.extend(entries.remove(*last).0.text(source).map(str::to_owned)),
        _ => return None,
    }
    Some(keys.join("."))
}

/// The text of a file, or why it has none.
///
/// # Errors
/// Bytes that are not UTF-8, or more than 1 MiB of them.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<Source, Box<Diagnostic>> {
    if bytes.len() > LARGEST {
        return Err(Box::new(too_large(bytes.len())));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Diagnostic::error(Code::Unreadable, format!("not a text file: byte {at} is not valid UTF-8"))
            .help("a description is YAML, encoded in UTF-8; is this the right file?")
    })?;
    Ok(Source::new(name, text.strip_prefix('\u{feff}').unwrap_or(&text)))
}

fn too_large(bytes: usize) -> Diagnostic {
    let message = format!(
        "the file has {} bytes; a description must be at most {}",
        thousands(bytes as u64),
        thousands(LARGEST as u64)
    );
    Diagnostic::error(Code::Unreadable, message).help("is this the right file?")
}
