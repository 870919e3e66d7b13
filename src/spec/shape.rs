//! Turns nodes into the serde types of this room. A node that does not fit is a [`ReadError`]: a diagnostic, and what to
//! remove.

use std::fmt;

use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::error::ReadError;
use super::node::{Kind, Node};
use crate::source::{SPANNED, Source};

/// A node that is being read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) node: &'a Node,
    pub(super) source: &'a Source,
}

/// Reads a value of any serde type.
pub(super) fn read<'de, T: de::Deserialize<'de>>(reader: Reader<'de>) -> Result<T, ReadError> {
    T::deserialize(reader).map_err(|error| {
        let mut error = reader.place(error);
        error.path.reverse();
        error
    })
}

impl<'a> Reader<'a> {
    fn at(self, node: &'a Node) -> Self {
        Self { node, ..self }
    }

    /// An error without a span is about this node.
    fn place(self, error: ReadError) -> ReadError {
        if error.diagnostic.primary.is_none() { error.at(&self.node.span) } else { error }
    }

    fn unexpected(self) -> Unexpected<'a> {
        match self.node.text(self.source) {
            Some(text) => Unexpected::Str(text),
            None => Unexpected::Other(self.node.describe()),
        }
    }

    fn wrong<T>(self, expected: &dyn de::Expected) -> Result<T, ReadError> {
        Err(self.place(de::Error::invalid_type(self.unexpected(), expected)))
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let read = match &self.node.kind {
            Kind::Null => return self.wrong(&visitor),
            Kind::Bool(value) => visitor.visit_bool(*value),
            Kind::Integer(value) => visitor.visit_i64(*value),
            Kind::Number => visitor.visit_str(self.node.text(self.source).unwrap_or_default()),
            Kind::Text(text) => visitor.visit_str(text),
            Kind::Sequence(items) => visitor.visit_seq(Items { reader: self, items, next: 0 }),
            Kind::Mapping(entries) => visitor.visit_map(Entries { reader: self, entries, next: 0 }),
        };
        read.map_err(|error| self.place(error))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.node.text(self.source) {
            Some(text) => visitor.visit_str(text).map_err(|error| self.place(error)),
            None => self.wrong(&visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == SPANNED.0 {
            visitor.visit_map(Three { reader: self, next: 0 })
        } else if let Kind::Mapping(_) = self.node.kind {
            self.deserialize_any(visitor)
        } else {
            // serde would read a list as the fields in their order.
            self.wrong(&visitor)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let text = self.node.text(self.source);
        match text.filter(|text| variants.contains(text)) {
            Some(text) => visitor.visit_enum(Variant(text)).map_err(|error| self.place(error)),
            None => self.wrong(&OneOf(variants)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct
        seq tuple tuple_struct map
    }
}

/// One of these words.
struct OneOf(&'static [&'static str]);

impl de::Expected for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" or "))
    }
}

struct Items<'a> {
    reader: Reader<'a>,
    items: &'a [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ReadError> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(self.reader.at(item))
            .map(Some)
            .map_err(|error| self.reader.at(item).place(error).inside(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

struct Entries<'a> {
    reader: Reader<'a>,
    entries: &'a [(Node, Node)],
    next: usize,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = ReadError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ReadError> {
        let Some((key, _)) = self.entries.get(self.next) else { return Ok(None) };
        let inside = |error: ReadError| error.at(&key.span).inside(self.next);
        seed.deserialize(self.reader.at(key)).map(Some).map_err(inside)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ReadError> {
        let (key, value) = &self.entries[self.next];
        let index = self.next;
        self.next += 1;
        seed.deserialize(self.reader.at(value)).map_err(|error| {
            // An absent value and a mapping in block style have no place of their own: the key's is the one to show.
            let nowhere = error.diagnostic.primary.as_ref().is_none_or(|label| label.span.is_empty());
            if nowhere { error.at(&key.span).inside(index) } else { error.inside(index) }
        })
    }
}

/// The three fields of a `Spanned`.
struct Three<'a> {
    reader: Reader<'a>,
    next: usize,
}

impl<'de> MapAccess<'de> for Three<'de> {
    type Error = ReadError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ReadError> {
        let Some(name) = SPANNED.1.get(self.next) else { return Ok(None) };
        let name: StrDeserializer<'_, ReadError> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ReadError> {
        let span = &self.reader.node.span;
        self.next += 1;
        match self.next {
            1 => seed.deserialize(span.start.into_deserializer()),
            2 => seed.deserialize(span.end.into_deserializer()),
            _ => seed.deserialize(self.reader),
        }
    }
}

struct Variant<'a>(&'a str);

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), ReadError> {
        let name: StringDeserializer<ReadError> = self.0.to_owned().into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Ok(())
    }
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, ReadError> {
        Err(de::Error::custom("a word, not a value"))
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ReadError> {
        Err(de::Error::custom("a word, not a list"))
    }
    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, ReadError> {
        Err(de::Error::custom("a word, not a mapping"))
    }
}
