use std::fmt::Display;

use indexmap::IndexMap;

/// Where a value comes from: nothing for one that was written, else the comment behind it.
pub(super) type Origin = Option<String>;

/// The origin of a value: written, or a default with an explanation, which can be empty.
pub(super) fn default<T>(written: &Option<T>, explanation: &str) -> Origin {
    let comment = if explanation.is_empty() { "default".to_owned() } else { format!("default: {explanation}") };
    written.is_none().then_some(comment)
}

/// Writes YAML: two spaces for each level, lists on one line.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    pub(super) fn text(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str, origin: Origin) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
        if let Some(origin) = origin {
            self.text.push_str("  # ");
            self.text.push_str(&origin);
        }
        self.text.push('\n');
    }

    /// A key whose value is always written.
    pub(super) fn written(&mut self, key: &str, value: &str) {
        self.scalar(key, value, None);
    }

    /// A text.
    pub(super) fn scalar(&mut self, key: &str, value: &str, origin: Origin) {
        self.line(&format!("{key}: {}", quoted(value)), origin);
    }

    /// A number, or true or false.
    pub(super) fn value(&mut self, key: &str, value: impl Display, origin: Origin) {
        self.line(&format!("{key}: {value}"), origin);
    }

    /// A list of texts.
    pub(super) fn list<T: Display>(&mut self, key: &str, items: &[T], origin: Origin) {
        let items: Vec<String> = items.iter().map(|item| quoted(&item.to_string())).collect();
        self.line(&format!("{key}: [{}]", items.join(", ")), origin);
    }

    /// A mapping from text to text.
    pub(super) fn mapping_of_text(&mut self, key: &str, entries: &IndexMap<String, String>, origin: Origin) {
        self.mapping(key, entries.is_empty(), origin, |out| {
            for (key, value) in entries {
                out.written(&quoted(key), value);
            }
        });
    }

    /// A mapping; an empty one is `{}`.
    pub(super) fn mapping(&mut self, key: &str, empty: bool, origin: Origin, write: impl FnOnce(&mut Self)) {
        let open = if empty { format!("{key}: {{}}") } else { format!("{key}:") };
        self.line(&open, origin);
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    /// An entry of a list that has a line for each.
    pub(super) fn item(&mut self, item: &str) {
        self.line(&format!("- {item}"), None);
    }

    /// A default that no value of the key can express.
    pub(super) fn unset(&mut self, key: &str, explanation: &str) {
        self.line(&format!("# {key}: default: {explanation}"), None);
    }
}

/// A text as YAML reads it back, with quotes where it could be read as something else.
pub(super) fn quoted(text: &str) -> String {
    const WORDS: [&str; 8] = ["true", "false", "null", "yes", "no", "on", "off", "nan"];
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@');
    let word = WORDS.contains(&text.to_ascii_lowercase().as_str());
    // A range or a version: more than a number has.
    let numbers = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/')) && text.matches('.').count() > 1;
    if numbers || (starts && !word && text.chars().all(plain) && !text.ends_with(':')) {
        return text.to_owned();
    }
    // JSON's strings are YAML's.
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_something_else_is_quoted() {
        for plain in ["kub", "10.0.0.0/20", "1.36.3", "tcp:22", "pd-ssd", "a@b.c"] {
            assert_eq!(quoted(plain), plain);
        }
        for other in ["", "true", "No", "1", "1.36", "0x1", "::/0", "a: b", "a #b", "ü", "x:", "-", "1e3", "*a", "a\"b"]
        {
            assert!(quoted(other).starts_with('"'), "{other}");
        }
    }
}
