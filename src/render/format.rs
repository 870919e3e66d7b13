//! Formats HCL as `terraform fmt` does: two spaces for each open bracket, and the `=` of consecutive one-line attributes aligned.
//!
//! Works on lines without parsing, because the input comes from our own templates: one item per line, spaces within lines correct.

/// Returns the text in canonical format. Keeps heredocs unchanged and collapses consecutive blank lines into one.
pub fn format(text: &str) -> String {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut depth = Depth::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (raw, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        let content = raw.trim_ascii();
        if content.is_empty() {
            if lines.last().is_some_and(|last| !last.text.is_empty()) {
                lines.push(Line::default());
            }
            continue;
        }
        let (opened, closed) = brackets(content);
        depth.close(closed.saturating_sub(opened));
        let indent = depth.levels.len();
        depth.open(opened.saturating_sub(closed));
        let equals = if opened == closed { equals(content) } else { None };
        let length = heredoc_marker(content).map_or(0, |marker| heredoc_length(rest, marker));
        let (heredoc, after) = rest.split_at(length);
        rest = after;
        lines.push(Line { text: content, heredoc, indent, equals, padding: 0 });
    }
    while lines.last().is_some_and(|last| last.text.is_empty()) {
        lines.pop();
    }
    align(&mut lines);
    let mut out = String::with_capacity(text.len() + lines.len() * 4);
    for line in &lines {
        line.print(&mut out);
    }
    out
}

#[derive(Default)]
struct Line<'a> {
    text: &'a str,
    /// The lines of a heredoc that starts on this line, end marker included; empty if none does. It does not end a run of attributes.
    heredoc: &'a str,
    indent: usize,
    /// Byte offset of the `=` of an attribute that is complete on this line.
    equals: Option<usize>,
    /// The number of spaces to insert before that `=`.
    padding: usize,
}

impl<'a> Line<'a> {
    /// The name and value of an attribute.
    fn attribute(&self) -> Option<(&'a str, &'a str)> {
        self.equals.map(|at| (self.text[..at].trim_end(), self.text[at + 1..].trim_start()))
    }

    fn print(&self, out: &mut String) {
        if !self.text.is_empty() {
            out.extend(std::iter::repeat_n("  ", self.indent));
        }
        match self.attribute() {
            None => out.push_str(self.text),
            Some((name, value)) => {
                out.push_str(name);
                out.extend(std::iter::repeat_n(' ', self.padding));
                out.push_str(" = ");
                out.push_str(value);
            }
        }
        out.push('\n');
        out.push_str(self.heredoc);
    }
}

/// The open brackets. All brackets that one line opens count as one level.
#[derive(Default)]
struct Depth {
    levels: Vec<usize>,
}

impl Depth {
    fn open(&mut self, count: usize) {
        if count > 0 {
            self.levels.push(count);
        }
    }

    fn close(&mut self, mut count: usize) {
        while let Some(level) = self.levels.last_mut().filter(|_| count > 0) {
            let closed = count.min(*level);
            *level -= closed;
            count -= closed;
            if *level == 0 {
                self.levels.pop();
            }
        }
    }
}

/// Aligns the `=` of each run of attributes.
fn align(lines: &mut [Line<'_>]) {
    for run in lines.chunk_by_mut(|a, b| a.equals.is_some() && b.equals.is_some() && a.indent == b.indent) {
        let width = |line: &Line<'_>| line.attribute().map_or(0, |(name, _)| name.chars().count());
        let widest = run.iter().map(width).max().unwrap_or_default();
        for line in run {
            line.padding = widest - width(line);
        }
    }
}

/// The number of brackets that a line opens and closes, outside strings and comments.
fn brackets(line: &str) -> (usize, usize) {
    let mut count = (0, 0);
    each_code_byte(line, |_, byte| {
        match byte {
            b'{' | b'[' | b'(' => count.0 += 1,
            b'}' | b']' | b')' => count.1 += 1,
            _ => {}
        }
        true
    });
    count
}

/// The position of the `=` if the line is an attribute.
fn equals(line: &str) -> Option<usize> {
    let mut at = None;
    each_code_byte(line, |index, byte| {
        let next = line.as_bytes().get(index + 1);
        let plain = byte == b'=' && !matches!(next, Some(b'=' | b'>'));
        if plain {
            at = Some(index);
        }
        // Only a name, possibly quoted or in parentheses, can precede it.
        !plain && !b"{[:?!<>".contains(&byte)
    });
    at
}

/// Calls `visit` for each byte outside strings and comments until it returns `false`.
fn each_code_byte(line: &str, mut visit: impl FnMut(usize, u8) -> bool) {
    let bytes = line.as_bytes();
    let (mut index, mut quoted) = (0, false);
    // Nesting depth of `${ … }` inside a string. It contains code again, but its brackets are balanced on the line.
    let mut inside = 0_usize;
    while index < bytes.len() {
        let byte = bytes[index];
        if quoted && inside == 0 {
            match byte {
                b'\\' => index += 1,
                b'$' | b'%' if bytes[index + 1..].starts_with(&[byte, b'{']) => index += 2,
                b'$' | b'%' if bytes.get(index + 1) == Some(&b'{') => {
                    inside = 1;
                    index += 1;
                }
                b'"' => quoted = false,
                _ => {}
            }
        } else if inside > 0 {
            match byte {
                b'{' => inside += 1,
                b'}' => inside -= 1,
                _ => {}
            }
        } else {
            match byte {
                b'"' => quoted = true,
                b'#' => return,
                b'/' if bytes.get(index + 1) == Some(&b'/') => return,
                byte => {
                    if !visit(index, byte) {
                        return;
                    }
                }
            }
        }
        index += 1;
    }
}

/// The marker of a heredoc that starts on this line.
fn heredoc_marker(line: &str) -> Option<&str> {
    let (before, marker) = line.rsplit_once('<')?;
    let marker = marker.strip_prefix('-').unwrap_or(marker);
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (before.ends_with('<') && !marker.is_empty() && marker.bytes().all(word)).then_some(marker)
}

/// The length of a heredoc, including the line with its end marker.
fn heredoc_length(text: &str, marker: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.len();
        if line.trim_ascii() == marker {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn formats_like_terraform_fmt() {
        let loose = "a {\nname = \"x\"\n\n\n  longer_name = 1\n x = { \"a = b\" = 2 }\n# why\ny = [\n1,\n]\nz = 3\n  user-data = <<EOT\n  raw = 1\n    x   = 2\nEOT\n  enable-oslogin = 1\n}\n\n";
        let canonical = "a {\n  name = \"x\"\n\n  longer_name = 1\n  x           = { \"a = b\" = 2 }\n  # why\n  y = [\n    1,\n  ]\n  z              = 3\n  user-data      = <<EOT\n  raw = 1\n    x   = 2\nEOT\n  enable-oslogin = 1\n}\n";
        assert_eq!(format(loose), canonical);
        assert_eq!(format(canonical), canonical);
    }

    #[test]
    fn brackets_on_one_line_are_one_level() {
        let text = "locals {\n  n = { for node in [\n    { name = \"a\" },\n  ] : node.name => node }\n  m = 1\n}\n";
        assert_eq!(format(&text.replace("  ", "")), text);
    }

    #[test]
    fn expressions_are_not_attributes() {
        let text = "x {\n  a = [for k, v in m : k => v if v == 1]\n  value = {\n    for name, node in n :\n    name => \"${name} { = \"\n  }\n}\n";
        assert_eq!(format(text), text);
    }
}
