use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::Spec;
use crate::source::Spanned;

/// The JSON Schema (draft 2020-12) of a description: the types of this room, their doc comments as descriptions.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(as_the_parser_reads));
    settings.into_generator().into_root_schema_for::<Spec>().to_value()
}

/// A key may be omitted but not null, and the widths of Rust's integers mean nothing to an author.
fn as_the_parser_reads(schema: &mut Schema) {
    schema.remove("format");
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if schema.get("pattern").is_some() {
        // What editors show instead of the pattern (VS Code's and the YAML language server's own key).
        let example = schema.get("examples").and_then(|examples| examples[0].as_str());
        let described = schema.get("description").and_then(Value::as_str).map(str::to_owned);
        let words = described.or_else(|| Some(format!("Written like {}.", example?)));
        if let Some(words) = words {
            schema.insert("patternErrorMessage".to_owned(), words.into());
        }
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let null = |of: &Value| of.get("type").is_some_and(|kind| kind == "null");
    if let Some(Value::Array(mut any)) = schema.remove("anyOf") {
        any.retain(|of| !null(of));
        match (any.pop(), any.is_empty()) {
            (Some(Value::Object(only)), true) => only.into_iter().for_each(|(key, value)| {
                schema.insert(key, value);
            }),
            (last, _) => {
                any.extend(last);
                schema.insert("anyOf".to_owned(), any.into());
            }
        }
    }
}

/// A value's span is not part of the schema.
impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
