//! Characters that look like YAML's punctuation and are not. They come from input methods, word processors and web pages, and a
//! parser reads them as a part of a word.

use crate::diag::{Code, Diagnostic};
use crate::source::{Source, Span};

/// What it is called, and what YAML needs instead.
fn lookalike(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '：' => ("full-width colon", ":"),
        '，' => ("full-width comma", ","),
        '［' => ("full-width bracket", "["),
        '］' => ("full-width bracket", "]"),
        '｛' => ("full-width brace", "{"),
        '｝' => ("full-width brace", "}"),
        '\u{a0}' => ("no-break space", " "),
        '\u{202f}' => ("narrow no-break space", " "),
        '\u{3000}' => ("full-width space", " "),
        '\u{200b}' => ("zero-width space", ""),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => ("typographic dash", "-"),
        '“' | '”' | '„' => ("typographic quote", "\""),
        '‘' | '’' => ("typographic quote", "'"),
        _ => return None,
    })
}

/// All of them outside quotes and comments, as one problem with one patch: pasted text usually has several.
pub(super) fn check(source: &Source) -> Option<Diagnostic> {
    let text = &source.text;
    let found = find(text);
    let (first, last) = (found.first()?, found.last()?);
    let mut names: Vec<String> = Vec::new();
    for (span, _) in &found {
        let c = text[span.clone()].chars().next()?;
        let name = format!("{} (U+{:04X})", lookalike(c)?.0, u32::from(c));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (subject, it) = if found.len() == 1 { ("a character", "it") } else { ("characters", "them") };
    let message = format!("{subject} that YAML does not know: {}", names.join(", "));
    let (mut fixed, mut from) = (String::new(), first.0.start);
    for (span, instead) in &found {
        fixed.push_str(&text[from..span.start]);
        fixed.push_str(instead);
        let spaced = text[span.end..].starts_with(char::is_whitespace);
        if matches!(*instead, ":" | ",") && !spaced {
            fixed.push(' ');
        }
        from = span.end;
    }
    let help = format!("replace {it} with plain ASCII, or quote the text if it is meant");
    let label = if found.len() == 1 { String::new() } else { format!("the first of {}", found.len()) };
    let diagnostic = Diagnostic::error(Code::Syntax, message).at(&first.0, label);
    Some(diagnostic.help(help).patch(&(first.0.start..last.0.end), fixed))
}

fn find(text: &str) -> Vec<(Span, &'static str)> {
    let mut found = Vec::new();
    // Most descriptions have none, and some are a megabyte.
    if text.is_ascii() {
        return found;
    }
    let mut before = '\n';
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let starts_word = before.is_whitespace() || matches!(before, '[' | '{' | ',' | ':' | '：' | '，');
        let skipped = match c {
            '#' if starts_word => Some(text[at..].find('\n').unwrap_or(text.len() - at)),
            '"' | '\'' if starts_word => closing(&text[at + 1..], c).map(|end| end + 1),
            _ => None,
        };
        if let Some(end) = skipped {
            before = if c == '#' { '\n' } else { c };
            chars.by_ref().take_while(|(next, _)| *next < at + end).for_each(drop);
            continue;
        }
        if let Some((_, instead)) = lookalike(c) {
            found.push((at..at + c.len_utf8(), instead));
        }
        before = c;
    }
    found
}

/// Where a quoted text ends.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let escaped = match quote {
            '"' => c == '\\',
            // A quote between single quotes is doubled.
            _ => c == quote && text[at + 1..].starts_with(quote),
        };
        if escaped {
            chars.next();
        } else if c == quote {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> Option<String> {
        let patch = check(&Source::new("x", text))?.patch?;
        Some(format!("{}{}{}", &text[..patch.span.start], patch.text, &text[patch.span.end..]))
    }

    #[test]
    fn outside_quotes_and_comments_only() {
        assert_eq!(fixed("name：kub\nzones: [a，b]\n").as_deref(), Some("name: kub\nzones: [a, b]\n"));
        assert_eq!(fixed("name:\u{a0}kub\n").as_deref(), Some("name: kub\n"));
        assert_eq!(fixed("name: “kub”\n").as_deref(), Some("name: \"kub\"\n"));
        assert_eq!(fixed("name: a # a：b\nx: '：''，' #\nprefix: \"\\\"，\"\nlabels: {团队: 平台}\n"), None);
        assert_eq!(fixed("# a：b\n# c：d\nname: kub # e：f"), None);
        assert_eq!(fixed("name: it's：b\n").as_deref(), Some("name: it's: b\n"));
    }
}
