//! Where a value is in the lock's text, found by its path of keys: a lock may have any layout, its keys any order, and the same key
//! occurs at several levels.

use crate::source::{Source, Span};

/// Where the value at this path is: the text between the quotes, a number; of an object or a list, its key.
pub(super) fn find(source: &Source, path: &[&str]) -> Option<Span> {
    let scanner = Scanner { text: source.text.as_bytes() };
    scanner.find(0, path).map(|span| source.clamp(&span))
}

/// The same; the start of the file where the lock has no such path.
pub(super) fn locate(source: &Source, path: &[&str]) -> Span {
    find(source, path).unwrap_or_else(|| source.clamp(&(0..1)))
}

/// Reads JSON that serde has accepted already; on anything else it finds nothing.
struct Scanner<'a> {
    text: &'a [u8],
}

impl Scanner<'_> {
    fn find(&self, mut at: usize, path: &[&str]) -> Option<Span> {
        let (wanted, rest) = path.split_first()?;
        at = self.expect(at, b'{')?;
        loop {
            let key = self.string(self.blank(at))?;
            let value = self.blank(self.expect(key.end + 1, b':')?);
            if self.text.get(key.clone())? == wanted.as_bytes() {
                return if rest.is_empty() { Some(self.scalar(value).unwrap_or(key)) } else { self.find(value, rest) };
            }
            at = self.expect(self.skip(value)?, b',')?;
        }
    }

    /// What follows this byte.
    fn expect(&self, at: usize, byte: u8) -> Option<usize> {
        let at = self.blank(at);
        (*self.text.get(at)? == byte).then_some(at + 1)
    }

    fn blank(&self, mut at: usize) -> usize {
        while self.text.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    }

    /// The inside of the string that begins here.
    fn string(&self, at: usize) -> Option<Span> {
        let start = self.expect(at, b'"')?;
        let mut end = start;
        loop {
            match self.text.get(end)? {
                b'"' => return Some(start..end),
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
    }

    /// A string, a number or a word; `None` for what has parts.
    fn scalar(&self, at: usize) -> Option<Span> {
        match self.text.get(at)? {
            b'"' => self.string(at),
            b'{' | b'[' => None,
            _ => Some(at..self.skip(at)?),
        }
    }

    /// Where the value that begins here ends. Without recursion: nothing bounds how deep a text is nested.
    fn skip(&self, mut at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        loop {
            match self.text.get(at)? {
                b'"' => at = self.string(at)?.end + 1,
                b'{' | b'[' => (depth, at) = (depth + 1, at + 1),
                b'}' | b']' if depth == 0 => return Some(at),
                b'}' | b']' => (depth, at) = (depth - 1, at + 1),
                b',' if depth == 0 => return Some(at),
                _ => {
                    at += 1;
                    let ends = |byte: &u8| byte.is_ascii_whitespace() || b",]}".contains(byte);
                    if depth > 0 || self.text.get(at).is_some_and(|byte| !ends(byte)) {
                        continue;
                    }
                }
            }
            if depth == 0 {
                return Some(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(source: &'a Source, path: &[&str]) -> &'a str {
        &source.text[locate(source, path)]
    }

    #[test]
    fn by_path_in_any_order_and_layout() {
        let lines =
            "{ \"a\" : 1 , \"nodes\": {\"pods\": {\"pods\": \"in\", \"l\": [1, {\"pods\": 2}]}},\n \"pods\":\"out\"\n}";
        for text in [lines.to_owned(), lines.replace([' ', '\n'], "")] {
            let source = Source::new("l", text);
            assert_eq!(found(&source, &["pods"]), "out");
            assert_eq!(found(&source, &["nodes", "pods", "pods"]), "in");
            assert_eq!(found(&source, &["nodes", "pods", "l"]), "l");
            assert_eq!(found(&source, &["nodes"]), "nodes");
            assert_eq!(found(&source, &["a"]), "1");
            assert_eq!(locate(&source, &["b"]), 0..1);
            assert_eq!(locate(&source, &["a", "b"]), 0..1);
        }
    }

    #[test]
    fn torn_texts_are_survived() {
        let text = "{\"a\\\"b\": [\"]\", {\"é\": 1.5e3}], \"c\": null}";
        for end in 0..=text.len() {
            let source = Source::new("l", text.get(..end).unwrap_or_default());
            locate(&source, &["c"]);
        }
        assert_eq!(found(&Source::new("l", text), &["c"]), "null");
    }
}
