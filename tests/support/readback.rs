//! Parses rendered HCL and compares it with the plan's list of resources: both must contain the same resources with the same
//! arguments.

use std::collections::BTreeMap;

use hcl::{Block, Body, Expression, ObjectKey, TemplateExpr};
use serde_json::{Map, Value};
use vpcgen::plan::Plan;

/// Fails if they differ.
pub(crate) fn compare(text: &str, plan: &Plan) {
    let body: Body = hcl::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let planned: BTreeMap<String, Value> = plan
        .resources()
        .into_iter()
        .map(|resource| (resource.address.to_string(), Value::Object(resource.arguments)))
        .collect();
    assert_eq!(planned.len(), plan.resources().len(), "duplicate resource in the plan");
    let mut rendered = resources(&body);
    for (address, arguments) in &mut rendered {
        // A single main.tf contains a heredoc instead of a file.
        let data = arguments
            .pointer_mut("/metadata/user-data")
            .filter(|data| data.as_str().unwrap().contains("#cloud-config"));
        if let (Some(data), Some(planned)) = (data, planned.get(address)) {
            *data = planned["metadata"]["user-data"].clone();
        }
    }
    let names = |all: &BTreeMap<String, Value>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&rendered), names(&planned));
    for (address, arguments) in &rendered {
        assert_eq!(arguments, &planned[address], "{address}: left as rendered, right as planned");
    }
    let providers = body.blocks().filter(|block| block.identifier() == "provider").count();
    assert_eq!(providers, usize::from(!plan.module));
}

/// Every resource by its address, with `for_each` expanded.
fn resources(body: &Body) -> BTreeMap<String, Value> {
    let locals: Map<String, Value> = body
        .blocks()
        .filter(|block| block.identifier() == "locals")
        .flat_map(|block| block.body().attributes())
        .map(|attribute| (attribute.key().to_owned(), local(attribute.expr())))
        .collect();
    let mut found = BTreeMap::new();
    for block in body.blocks().filter(|block| block.identifier() == "resource") {
        let name = block.labels().iter().map(|label| label.as_str()).collect::<Vec<_>>().join(".");
        let mut arguments = arguments(block, &locals);
        let instances = match arguments.remove("for_each") {
            None => vec![(name, Value::Object(arguments))],
            Some(each) => keys(&each, &locals)
                .into_iter()
                .map(|(key, value)| {
                    let mut instance = Value::Object(arguments.clone());
                    resolve(&mut instance, &key, &value);
                    (format!("{name}[\"{key}\"]"), instance)
                })
                .collect(),
        };
        for (address, arguments) in instances {
            assert!(found.insert(address.clone(), arguments).is_none(), "{address} twice");
        }
    }
    found
}

/// A local value: the list behind `{ for node in […] : node.name => node }`, or a map as it is.
fn local(expression: &Expression) -> Value {
    match expression {
        Expression::ForExpr(each) => hcl_to_json(&each.collection_expr),
        other => hcl_to_json(other),
    }
}

/// Literal values as they are, everything else as `${…}`.
fn hcl_to_json(expression: &Expression) -> Value {
    match expression {
        Expression::Null => Value::Null,
        Expression::Bool(value) => Value::Bool(*value),
        Expression::Number(number) => serde_json::to_value(number).expect("a number"),
        Expression::String(text) => Value::String(text.clone()),
        Expression::Array(items) => items.iter().map(hcl_to_json).collect(),
        Expression::Object(object) => object
            .iter()
            .map(|(key, value)| match key {
                ObjectKey::Identifier(name) => (name.to_string(), hcl_to_json(value)),
                ObjectKey::Expression(Expression::String(text)) => (text.clone(), hcl_to_json(value)),
                other => panic!("a key that is not a string: {other}"),
            })
            .collect(),
        Expression::TemplateExpr(template) => Value::String(match template.as_ref() {
            TemplateExpr::QuotedString(text) => text.clone(),
            TemplateExpr::Heredoc(heredoc) => heredoc.template.clone(),
        }),
        other => Value::String(format!("${{{other}}}")),
    }
}

fn arguments(block: &Block, locals: &Map<String, Value>) -> Map<String, Value> {
    let mut arguments = content(block.body());
    labels(&mut arguments, locals);
    let Value::Object(arguments) = arguments else { unreachable!() };
    arguments
}

/// A body in Terraform's JSON syntax: attributes, and a list for each block type.
fn content(body: &Body) -> Value {
    let mut map = Map::new();
    for attribute in body.attributes() {
        map.insert(attribute.key().to_owned(), hcl_to_json(attribute.expr()));
    }
    for block in body.blocks() {
        let list = map.entry(block.identifier()).or_insert_with(|| Value::Array(Vec::new()));
        list.as_array_mut().expect("no attribute has the name of a block").push(content(block.body()));
    }
    Value::Object(map)
}

/// Replaces `local.labels` with its value.
fn labels(value: &mut Value, locals: &Map<String, Value>) {
    match value {
        Value::String(text) if text == "${local.labels}" => *value = locals["labels"].clone(),
        Value::Array(items) => items.iter_mut().for_each(|item| labels(item, locals)),
        Value::Object(map) => map.values_mut().for_each(|value| labels(value, locals)),
        _ => {}
    }
}

/// The keys and values of a `for_each`: the machines of a list, or the members of a set.
fn keys(each: &Value, locals: &Map<String, Value>) -> Vec<(String, Value)> {
    let text = each.as_str().expect("an expression");
    let inner = text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).expect("an expression");
    if let Some(list) = inner.strip_prefix("local.") {
        let nodes = locals[list].as_array().unwrap_or_else(|| panic!("no list {list}"));
        return nodes.iter().map(|node| (node["name"].as_str().unwrap().to_owned(), node.clone())).collect();
    }
    let set = inner.strip_prefix("toset(").and_then(|text| text.strip_suffix(')')).expect("a list or a set");
    let members: Vec<String> = serde_json::from_str(set).unwrap_or_else(|error| panic!("{set}: {error}"));
    members.into_iter().map(|member| (member.clone(), Value::String(member))).collect()
}

/// Replaces `each.key` and `each.value` with those of an instance.
fn resolve(value: &mut Value, key: &str, each: &Value) {
    let is_null = |(name, field): (&String, &Value)| field.is_null() && *value == format!("${{each.value.{name}}}");
    if each.as_object().into_iter().flatten().any(is_null) {
        *value = Value::Null;
    }
    match value {
        Value::String(text) => {
            *text = text.replace("${each.key}", key).replace("[each.key]", &format!("[\"{key}\"]"));
            for (name, field) in each.as_object().into_iter().flatten() {
                *text = text.replace(&format!("${{each.value.{name}}}"), field.as_str().unwrap_or_default());
                *text = text.replace(&format!("[each.value.{name}]"), &format!("[{field}]"));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, key, each)),
        Value::Object(map) => {
            map.values_mut().for_each(|value| resolve(value, key, each));
            // An argument that is null is left out.
            map.retain(|_, value| !value.is_null());
        }
        _ => {}
    }
}
