//! Text from descriptions in Markdown: it must not end a cell, begin a heading or call anyone.

/// Text in a paragraph. `` `code` `` stays code; everything else that has a meaning in Markdown or HTML loses it.
pub(super) fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1;
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        let in_code = at % 2 == 1 && (paired || at + 1 < parts.len());
        if in_code {
            out.push_str(&code(part));
        } else {
            if at > 0 && !paired && at + 1 == parts.len() {
                out.push_str("&#96;");
            }
            out.push_str(&plain(part));
        }
    }
    out
}

/// The same in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    inline(text)
}

/// A piece of code. Not in backticks: a bar in them would end a cell, and a backtick the code.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

/// Names that start in lower case everywhere.
const LOWER_CASE: [&str; 4] = ["vpcgen", "etcd", "kubeadm", "kubelet"];

/// The first letter in upper case, unless the first word is a name.
pub(super) fn sentence(text: &str) -> String {
    let first = text.split([' ', ',', ':']).next().unwrap_or_default();
    if LOWER_CASE.contains(&first) || !first.chars().all(char::is_alphabetic) {
        return text.to_owned();
    }
    let mut all = text.chars();
    all.next().map_or(String::new(), |first| first.to_uppercase().chain(all).collect())
}

/// Text without any meaning.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut all = text.chars().peekable();
    while let Some(c) = all.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("&#124;"),
            '`' => out.push_str("&#96;"),
            '*' => out.push_str("&#42;"),
            // Within a word it means nothing.
            '_' if !(before.is_alphanumeric() && all.peek().is_some_and(|next| next.is_alphanumeric())) => {
                out.push_str("&#95;")
            }
            '~' => out.push_str("&#126;"),
            '[' => out.push_str("&#91;"),
            ']' => out.push_str("&#93;"),
            '\\' => out.push_str("&#92;"),
            '\n' | '\r' => out.push(' '),
            // A mention or a reference to an issue, which also count as entities; not in an email address.
            '@' if !before.is_alphanumeric() => out.push_str("@\u{200b}"),
            '#' if all.peek().is_some_and(char::is_ascii_digit) => out.push_str("#\u{200b}"),
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// A block of code. Its fence is longer than any that the text has.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_description_has_a_meaning() {
        assert_eq!(
            inline("`a|b` x | *y* @me a@b #12 <b>"),
            "<code>a&#124;b</code> x &#124; &#42;y&#42; @\u{200b}me a@b #\u{200b}12 &lt;b&gt;"
        );
        assert_eq!(inline("an ` alone"), "an &#96; alone");
        assert_eq!(fenced("sh", "echo ````\n"), "`````sh\necho ````\n`````\n");
    }
}
