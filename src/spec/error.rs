use std::fmt;

use serde::de::{self, Unexpected};

use super::synonyms::{NOT_YET, POOLS_ONLY, ours};
use crate::diag::{Code, Diagnostic, Label, thousands};
use crate::source::Span;

/// Why a node cannot be read, and the path of indexes from the root to the node that has to be removed for the rest to be read.
#[derive(Debug)]
pub(super) struct ReadError {
    pub(super) diagnostic: Box<Diagnostic>,
    pub(super) path: Vec<usize>,
    /// The key that was probably meant by an unknown one, so that it is not reported as missing too.
    pub(super) meant: Option<&'static str>,
}

impl ReadError {
    fn new(diagnostic: Diagnostic) -> Self {
        Self { diagnostic: Box::new(diagnostic), path: Vec::new(), meant: None }
    }

    /// Sets the place of the error and of its patch.
    pub(super) fn at(mut self, span: &Span) -> Self {
        self.diagnostic.primary = Some(Label { span: span.clone(), text: String::new() });
        if let Some(patch) = &mut self.diagnostic.patch {
            patch.span = span.clone();
        }
        self
    }

    /// Adds one level to the path, which is built from its end.
    pub(super) fn inside(mut self, index: usize) -> Self {
        self.path.push(index);
        self
    }
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Diagnostic::error(Code::WrongType, message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        if let (Unexpected::Str(text), "i64") = (found, expected.to_string().as_str())
            && let Some(bound) = exceeded(text)
        {
            let message = format!("`{text}` is out of range: it must be {bound}");
            return Self::new(Diagnostic::error(Code::WrongType, message).help("check the number of digits"));
        }
        let list = expected.to_string() == "a sequence";
        let (found, scalar) = match found {
            Unexpected::Str(text) if fits(text, &expected.to_string()) => {
                (format!("`\"{text}\"`"), Some(text.to_owned()))
            }
            Unexpected::Str(text) => (format!("`{text}`"), Some(text.to_owned())),
            Unexpected::Signed(number) => (format!("`{number}`"), Some(number.to_string())),
            Unexpected::Bool(value) => (format!("`{value}`"), Some(value.to_string())),
            Unexpected::Seq => ("a list".to_owned(), None),
            Unexpected::Map => ("a mapping".to_owned(), None),
            Unexpected::Other(what) => (what.to_owned(), None),
            other => (other.to_string(), None),
        };
        let (expected, help) = match expected.to_string().as_str() {
            "a string" => ("text".to_owned(), "write one value; quote it if YAML would read it as something else"),
            "a boolean" => ("true or false".to_owned(), "write `true` or `false`, without quotes"),
            "i64" => ("a whole number".to_owned(), "write only digits, without sign, unit or quotes"),
            "a sequence" => ("a list".to_owned(), "write `[one, two]`, or one item per line after a dash"),
            "a map" => ("a mapping".to_owned(), "write `key: value` lines below it, indented by two spaces"),
            other if other == BACKEND => (other.to_owned(), backend_help(scalar.as_deref())),
            other if other.contains("`{") => (other.to_owned(), "write its keys by name"),
            other if other.contains(" or ") => (other.to_owned(), "use one of these"),
            other if other.contains("`version`") => (other.to_owned(), "write its keys by name"),
            other => (other.to_owned(), "write `key: value` lines below it, indented by two spaces"),
        };
        let diagnostic = Diagnostic::error(Code::WrongType, format!("expected {expected}, found {found}"));
        // `at` moves the patch to its place.
        let patch = scalar.as_deref().and_then(|text| correction(text, &expected));
        Self::new(match (scalar.filter(|_| list), patch) {
            (Some(text), _) => diagnostic.help("write it as a list").patch(&(0..0), format!("[{text}]")),
            (None, Some(patch)) => diagnostic.help(help).patch(&(0..0), patch),
            (None, None) => diagnostic.help(help),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let diagnostic = Diagnostic::error(Code::UnknownKey, format!("unknown key `{field}`"));
        let usual = || expected.iter().copied().filter(|key| !NOT_YET.contains(key));
        let near = || {
            usual()
                .map(|key| (strsim::damerau_levenshtein(field, key), key))
                .filter(|(distance, key)| *distance <= 1 + key.len() / 4)
                .min()
        };
        // Only the control plane lacks the keys of pools and still has machine keys.
        let machine = expected.contains(&"machine_type");
        if let Some((_, why)) = POOLS_ONLY.iter().find(|(key, _)| machine && *key == field) {
            return Self::new(diagnostic.help(*why));
        }
        let meant = ours(field, expected).or_else(|| Some(near()?.1));
        let error = Self::new(match meant {
            Some("autoscale") => {
                diagnostic.help("autoscaled pools are not supported yet; use a fixed number, such as `count: 2`")
            }
            Some(key) => diagnostic.help(format!("did you mean `{key}`?")).patch(&(0..0), key),
            None => diagnostic.help(format!("the keys here are {}", usual().collect::<Vec<_>>().join(", "))),
        });
        // A pool that follows the load has no fixed number of nodes.
        Self { meant: meant.map(|key| if key == "autoscale" { "count" } else { key }), ..error }
    }
}

const BACKEND: &str = "a mapping with `gcs`";

/// What to write for a backend that is named in one word.
fn backend_help(name: Option<&str>) -> &'static str {
    match name {
        Some("gcs") => "name the bucket: `backend: {gcs: {bucket: my-terraform-state}}`",
        Some("local") => "leave `backend` out: by default, Terraform keeps its state in a local file",
        _ => "the only supported backend is Cloud Storage: `backend: {gcs: {bucket: my-terraform-state}}`",
    }
}

/// The bound of an `i64` that a whole number exceeds. The bounds of each key, which are narrower, are the model's.
fn exceeded(text: &str) -> Option<String> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    let error = text.parse::<i64>().err()?;
    match error.kind() {
        PosOverflow => Some(format!("at most {}", thousands(i64::MAX.unsigned_abs()))),
        NegOverflow => Some(format!("at least -{}", thousands(i64::MIN.unsigned_abs()))),
        _ => None,
    }
}

/// Whether a text would have the expected type without its quotes.
fn fits(text: &str, expected: &str) -> bool {
    match expected {
        "i64" => text.parse::<i64>().is_ok(),
        "a boolean" => matches!(text, "true" | "false"),
        _ => false,
    }
}

/// The intended form of an unusual number, of YAML 1.1's words for true and false, of a taint in kubectl's format, or of a scalar
/// where a mapping with that key is expected.
fn correction(text: &str, expected: &str) -> Option<String> {
    match (expected, text.to_lowercase().as_str()) {
        ("true or false", "yes" | "on" | "true" | "y") => Some("true".to_owned()),
        ("true or false", "no" | "off" | "false" | "n") => Some("false".to_owned()),
        ("a whole number", lower) => number(lower),
        (pool, lower) if pool.ends_with("`{count: 2}`") => Some(format!("{{count: {}}}", number(lower)?)),
        (disk, lower) if disk.starts_with("a mapping such as `{size:") => {
            Some(number(lower).map_or_else(|| format!("{{type: {lower}}}"), |gb| format!("{{size: {gb}}}")))
        }
        (words, lower) if words.split(" or ").any(|word| word == lower) => Some(lower.to_owned()),
        (kubernetes, lower) if kubernetes.contains("`version`") => {
            let version = lower.trim_start_matches('v');
            version.split('.').all(|part| part.parse::<u8>().is_ok()).then(|| format!("{{version: \"{version}\"}}"))
        }
        (taint, _) if taint.starts_with("a mapping such as `{key:") => {
            let (pair, effect) = text.rsplit_once(':')?;
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = if value.is_empty() { String::new() } else { format!("value: {value}, ") };
            Some(format!("{{key: {key}, {value}effect: {effect}}}"))
        }
        _ => None,
    }
}

/// The digits of an integer that is written with leading zeros, separators, a sign or a unit such as GB.
fn number(lower: &str) -> Option<String> {
    let bare = lower.trim_start_matches('+');
    let bare = bare.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit = lower.get(lower.len() - (lower.trim_start_matches('+').len() - bare.len())..)?;
    let digits: String = bare.strip_suffix(".0").unwrap_or(bare).replace(['_', ','], "");
    let number = !digits.is_empty() && digits.len() < 10 && digits.bytes().all(|b| b.is_ascii_digit());
    let plain = match digits.trim_start_matches('0') {
        "" => "0",
        plain => plain,
    };
    (number && matches!(unit.trim(), "" | "g" | "gb" | "gib")).then(|| plain.to_owned())
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for ReadError {}
