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

/// `{{ value | hcl }}` in a template: writes a string or a list of strings.
pub(super) fn filter(value: tera::Value, _: tera::Kwargs, _: &tera::State<'_>) -> tera::TeraResult<String> {
    if let Some(list) = value.as_array() {
        let items: tera::TeraResult<Vec<String>> = list.iter().map(string).collect();
        return Ok(format!("[{}]", items?.join(", ")));
    }
    string(&value)
}

/// Words that HCL parses as part of an expression even where it expects a key (hclsyntax/spec.md: literals, `for` and
/// conditional expressions, template directives).
const KEYWORDS: [&str; 9] = ["else", "endfor", "endif", "false", "for", "if", "in", "null", "true"];

/// `{{ key | hcl_key }}` in a template: writes a map key, quoted unless it is a plain identifier.
pub(super) fn key_filter(key: &str, _: tera::Kwargs, _: &tera::State<'_>) -> String {
    object_key(key)
}

fn object_key(key: &str) -> String {
    let identifier = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if identifier && !KEYWORDS.contains(&key) { key.to_owned() } else { quote(key) }
}

fn string(value: &tera::Value) -> tera::TeraResult<String> {
    let text = value.as_str().ok_or_else(|| tera::Error::message("`hcl` takes a string or a list of strings"))?;
    Ok(quote(text))
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
