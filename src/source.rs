//! A text with a name, and values that remember where in it they are.

use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// Half-open range of byte offsets in a [`Source`].
pub type Span = Range<usize>;

/// A description as it was read, with the name that diagnostics print for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file's name as the user gave it, `<stdin>` for standard input.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A source with this name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Line and column of a byte offset, both counted from 1; columns count characters.
    /// An offset past the end answers the end.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.floor(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The span moved into the text and onto character boundaries.
    pub fn clamp(&self, span: &Span) -> Span {
        let start = self.floor(span.start);
        start..self.floor(span.end.max(start))
    }

    fn floor(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset.min(self.text.len()))
    }
}

/// A value of the description with the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// The value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

/// Name and fields by which the description's deserializer recognises a [`Spanned`] and hands out the span beside the value.
pub(crate) const SPANNED: (&str, &[&str]) = ("$vpcgen::Spanned", &["start", "end", "value"]);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Three<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Three<T> {
            type Value = Spanned<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value with its place")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                // The three fields come in this order, always: the deserializer is ours.
                map.next_key::<String>()?;
                let start = map.next_value()?;
                map.next_key::<String>()?;
                let end = map.next_value()?;
                map.next_key::<String>()?;
                Ok(Spanned::new(map.next_value()?, start..end))
            }
        }
        deserializer.deserialize_struct(SPANNED.0, SPANNED.1, Three(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::new("x", "é: 1\nb: 2\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(2), (1, 2));
        assert_eq!(source.position(6), (2, 1));
        assert_eq!(source.position(9_999), (3, 1));
        assert_eq!(source.clamp(&(1..4)), 0..4);
    }
}
