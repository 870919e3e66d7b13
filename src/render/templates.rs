//! Templates are compiled into the program: they cost nothing at start-up, and one that does not fit its view does not compile.

use std::fmt::Write;

use askama::Template;

/// A table of templates that share a view, in order: the path of each below `templates/`, and what fills it in. A template uses the
/// view's fields by name.
macro_rules! templates {
    ($(#[$attribute:meta])* $table:ident of $view:ident: $($path:tt),* $(,)?) => {
        $(#[$attribute])*
        static $table: &[$crate::render::templates::Entry<fn(&$view<'_>, &mut dyn std::fmt::Write)>] = &[$({
            #[derive(askama::Template)]
            #[template(path = $path, escape = "none")]
            struct Filled<'a>(&'a $view<'a>);

            impl<'a> std::ops::Deref for Filled<'a> {
                type Target = $view<'a>;

                fn deref(&self) -> &$view<'a> {
                    self.0
                }
            }

            ($path, |view, out| $crate::render::templates::write(&Filled(view), out))
        }),*];
    };
}

pub(super) use templates;

/// The path of a template below `templates/`, and the function that appends it, filled in.
pub(super) type Entry<Fill> = (&'static str, Fill);

/// Appends a filled in template. Askama drops the newline at the end of the file.
pub(super) fn write(template: &impl Template, out: &mut dyn Write) {
    template.render_into(out).expect("our filters and writers do not fail");
    out.write_char('\n').expect("our writers do not fail");
}

/// All templates of a table, filled in, one after the other.
pub(super) fn concatenate<View>(table: &[Entry<impl Fn(&View, &mut dyn Write)>], view: &View) -> String {
    let mut out = String::new();
    for (_, fill) in table {
        fill(view, &mut out);
    }
    out
}

/// Encloses the number of a text in a template's values. No template and no value has control characters.
const INSERT: char = '\u{2}';

/// Stands in a template's values for text `number`, which [`insert`] puts there later. Boot files are most of the output: they do not
/// go through the formatter.
pub(super) fn inserted(number: usize) -> String {
    format!("{INSERT}{number}{INSERT}")
}

/// Appends a text to `out`, with what `put` appends in place of each [`inserted`].
pub(super) fn insert(text: &str, out: &mut String, mut put: impl FnMut(&mut String, usize)) {
    for (index, part) in text.split(INSERT).enumerate() {
        if index % 2 == 0 {
            out.push_str(part);
        } else {
            put(out, part.parse().expect("a number between two signs"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_take_their_places() {
        let mut out = String::new();
        let text = format!("a {}, b {}", inserted(10), inserted(0));
        insert(&text, &mut out, |out, number| out.push_str(&"x".repeat(number)));
        assert_eq!(out, "a xxxxxxxxxx, b ");
    }
}
