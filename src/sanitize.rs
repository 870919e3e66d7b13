//! Makes text from elsewhere safe to print. A name can contain escapes that colour, move or erase, marks that reverse the reading
//! order, and characters that are invisible; the reader of a message must see what is there.

use std::borrow::Cow;

/// Printed instead of a character that is not.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Whether a character is anything but visible text: Unicode's control and format characters, its line and paragraph
/// separators, and fillers that look like spaces (categories Cc, Cf, Zl, Zp of Unicode 16).
fn is_control(c: char) -> bool {
    // Nearly all text is ASCII, and whole files are shown.
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
            | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Several lines: line feeds and tabs stay, all other control characters are replaced.
pub fn text(text: &str) -> Cow<'_, str> {
    replace(text, |c| is_control(c) && !matches!(c, '\n' | '\t'), |_| REPLACEMENT.to_string())
}

/// A single line, whatever the text contains.
pub fn line(text: &str) -> Cow<'_, str> {
    replace(text, is_control, |_| REPLACEMENT.to_string())
}

/// Like [`text()`], but a replacement has as many bytes as what it replaces, so that spans stay valid.
pub fn in_place(text: &str) -> Cow<'_, str> {
    let replacement = |c: char| match c.len_utf8() {
        1 => " ".to_owned(),
        2 => "¿".to_owned(),
        3 => REPLACEMENT.to_string(),
        _ => format!("{REPLACEMENT} "),
    };
    replace(text, |c| is_control(c) && !matches!(c, '\n' | '\t'), replacement)
}

/// JSON with all control characters escaped, also those that JSON itself allows. They occur only in strings.
pub fn json(json: &str) -> Cow<'_, str> {
    let escape = |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    replace(json, |c| is_control(c) && c != '\n', escape)
}

fn replace(text: &str, which: impl Fn(char) -> bool, with: impl Fn(char) -> String) -> Cow<'_, str> {
    if !text.chars().any(&which) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if which(c) { shown.push_str(&with(c)) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRICKS: &str = "a\u{1b}[31m\r\u{7}\u{9b}b\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}\u{ad}\u{e0041}é\n\tc";

    #[test]
    fn no_control_character_remains() {
        assert!(!text(TRICKS).chars().any(|c| is_control(c) && c != '\n' && c != '\t'));
        assert!(!line(TRICKS).chars().any(is_control));
        assert!(matches!(text("é 統一 🦀\n\tplain"), Cow::Borrowed(_)));
    }

    #[test]
    fn spans_stay_valid() {
        let shown = in_place(TRICKS);
        assert_eq!(shown.len(), TRICKS.len());
        assert_eq!(shown.find('é'), TRICKS.find('é'));
    }

    #[test]
    fn json_keeps_its_meaning() {
        let plain = serde_json::to_string(TRICKS).unwrap();
        let escaped = json(&plain);
        assert!(!escaped.chars().any(is_control));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), TRICKS);
    }
}
