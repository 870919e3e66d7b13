use std::collections::HashMap;

use crate::diag::Code;
use crate::source::{Source, Span};

/// Identifies findings across runs: by code, file and key, so that neither lines added above nor another wrong value makes a new
/// finding of an old one.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    seen: HashMap<String, usize>,
}

impl Fingerprints {
    /// The next finding's fingerprint. Equal ones are numbered in their order.
    pub(super) fn of(&mut self, code: Code, source: &Source, span: Option<&Span>) -> String {
        let path = span.map(|span| key_path(&source.text, span.start)).unwrap_or_default();
        let identity = format!("{code}\n{}\n{path}", source.name.trim_start_matches("./"));
        let seen = self.seen.entry(identity.clone()).or_default();
        *seen += 1;
        let digest = hmac_sha256::Hash::hash(format!("{identity}\n{seen}").as_bytes());
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The keys that lead to a place in the text, by indentation, which works for files that are not valid YAML too.
fn key_path(text: &str, at: usize) -> String {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let mut keys: Vec<&str> = inner_key(&text[start..at]).into_iter().collect();
    keys.push(key(line));
    let mut depth = indentation(line);
    for above in text[..start].lines().rev() {
        let blank = above.trim_start().is_empty() || above.trim_start().starts_with('#');
        if depth > 0 && !blank && indentation(above) < depth {
            depth = indentation(above);
            keys.push(key(above));
        }
    }
    keys.reverse();
    keys.dedup();
    keys.join(".")
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The key that begins a line, or the whole line if it has none, such as an entry of a list.
fn key(line: &str) -> &str {
    line.split(": ").next().unwrap_or_default().trim().trim_end_matches(':').trim_matches('"')
}

/// The key whose value is at the end of this part of a line: of `network: {mtu: 1, nodes: `, `nodes`.
fn inner_key(before: &str) -> Option<&str> {
    let (keys, _) = before.rsplit_once(':')?;
    keys.rsplit(['{', '[', ',', ' ']).next().map(|key| key.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_that_lead_to_a_value() {
        let text = "name: kub\n# c\nnetwork: {mtu: 9000, nodes: 1.2.3.4}\npools:\n  a:\n    disk:\n\n      size: 1\n  b:\n    - x\n";
        let path = |value: &str| key_path(text, text.find(value).unwrap());
        assert_eq!(path("kub"), "name");
        assert_eq!(path("9000"), "network.mtu");
        assert_eq!(path("1.2"), "network.nodes");
        assert_eq!(path("1\n"), "pools.a.disk.size");
        assert_eq!(path("size"), "pools.a.disk.size");
        assert_eq!(path("x"), "pools.b.- x");
        let lock = "{\n  \"nodes\": {\n    \"kub-m\": { \"pods\": \"10.0.0.0/24\" }\n  }\n}\n";
        assert_eq!(key_path(lock, lock.find("10.0").unwrap()), "{.nodes.kub-m.pods");
    }
}
