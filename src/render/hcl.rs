//! Writes values as HCL (github.com/hashicorp/hcl, hclsyntax/spec.md).

use std::fmt::Write as _;

/// A quoted string. Doubles template markers, so that Terraform reads the text literally.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c if c.is_control() => write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a string"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Appends a heredoc with exactly this text. It is not indented, because `<<-` would take blank lines into account for the indentation.
pub(super) fn heredoc(out: &mut String, text: &str) {
    let ends = |marker: &&str| text.contains(marker) && text.lines().any(|line| line.trim() == *marker);
    let marker = ["EOT", "END_OF_FILE", "VPCGEN_EOT"].into_iter().find(|marker| !ends(marker));
    let marker = marker.expect("no boot file contains every marker");
    out.extend(["<<", marker, "\n"]);
    let mut parts = text.split('{');
    out.extend(parts.next());
    for part in parts {
        if let Some(sign @ ('$' | '%')) = out.chars().next_back() {
            out.push(sign);
        }
        out.push('{');
        out.push_str(part);
    }
    out.push_str(marker);
}

/// The filters that templates use.
#[allow(unreachable_pub, reason = "the attribute of Askama makes them public")]
pub(super) mod filters {
    use std::fmt::Display;

    use askama::{Result, Values, filter_fn};

    /// `{{ value | hcl }}` writes a string.
    #[filter_fn]
    pub(crate) fn hcl(value: impl Display, _: &dyn Values) -> Result<String> {
        Ok(super::quote(&value.to_string()))
    }

    /// `{{ values | hcl_list }}` writes a list of strings.
    #[filter_fn]
    pub(crate) fn hcl_list<T: Display>(values: &[T], _: &dyn Values) -> Result<String> {
        let values: Vec<String> = values.iter().map(|value| super::quote(&value.to_string())).collect();
        Ok(format!("[{}]", values.join(", ")))
    }

    /// `{{ key | hcl_key }}` writes a map key, quoted unless it is a plain identifier.
    #[filter_fn]
    pub(crate) fn hcl_key(key: &str, _: &dyn Values) -> Result<String> {
        Ok(super::object_key(key))
    }
}

/// Words that HCL parses as part of an expression even where it expects a key (hclsyntax/spec.md: literals, `for` and
/// conditional expressions, template directives).
const KEYWORDS: [&str; 9] = ["else", "endfor", "endif", "false", "for", "if", "in", "null", "true"];

fn object_key(key: &str) -> String {
    let identifier = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if identifier && !KEYWORDS.contains(&key) { key.to_owned() } else { quote(key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keys_that_are_not_plain_identifiers() {
        for plain in ["team", "for-all", "a_1", "format", "In"] {
            assert_eq!(object_key(plain), plain);
        }
        for quoted in ["for", "null", "true", "in", "1st", "größe", "_x", "a.b", ""] {
            assert_eq!(object_key(quoted), format!("\"{quoted}\""));
        }
    }

    #[test]
    fn escapes_everything_that_hcl_interprets() {
        assert_eq!(quote("a\"b\\c\n${x} $y %{z} 100%"), r#""a\"b\\c\n$${x} $y %%{z} 100%""#);
        assert_eq!(quote("\u{1b}[0m"), r#""\u001b[0m""#);
        let heredoc = |text| {
            let mut out = String::new();
            heredoc(&mut out, text);
            out
        };
        assert_eq!(heredoc("a ${b}\nEOT\n"), "<<END_OF_FILE\na $${b}\nEOT\nEND_OF_FILE");
        assert_eq!(heredoc("{ $${b} %{c}\n $ {{\n"), "<<EOT\n{ $$${b} %%{c}\n $ {{\nEOT");
    }
}
