//! Whether a written value is of an attribute's type. Terraform would turn `"100"` into a number; a reader would wonder,
//! so it counts as an error here. What is computed (a reference, a call, a `for`) is Terraform's to judge.

use hcl::Expression;
use hcl::expr::ObjectKey;
use serde_json::Value;

pub(crate) fn check(at: &str, written: &Expression, kind: &Value, failures: &mut Vec<String>) {
    let fits = match written {
        Expression::Parenthesis(inner) => return check(at, inner, kind, failures),
        Expression::Conditional(either) => {
            check(at, &either.true_expr, kind, failures);
            return check(at, &either.false_expr, kind, failures);
        }
        Expression::Bool(_) => kind == "bool",
        Expression::Number(_) => kind == "number",
        Expression::String(_) => kind == "string",
        // `"${x}"` alone is x itself, whatever that is; with text around it, it is a string.
        Expression::TemplateExpr(_) => kind == "string",
        Expression::Array(items) => match of(kind) {
            Some(("list" | "set", inner)) => {
                items.iter().for_each(|item| check(at, item, inner, failures));
                true
            }
            _ => false,
        },
        Expression::Object(entries) => {
            let name = |key: &ObjectKey| match key {
                ObjectKey::Identifier(name) => name.as_str().to_owned(),
                ObjectKey::Expression(Expression::String(name)) => name.clone(),
                other => other.to_string(),
            };
            match of(kind) {
                Some(("map", inner)) => {
                    entries
                        .iter()
                        .for_each(|(key, value)| check(&format!("{at}.{}", name(key)), value, inner, failures));
                    true
                }
                Some(("object", inner)) => {
                    for (key, value) in entries.iter() {
                        match inner.get(name(key)) {
                            Some(inner) => check(&format!("{at}.{}", name(key)), value, inner, failures),
                            None => failures.push(format!("{at}.{}: unknown attribute", name(key))),
                        }
                    }
                    true
                }
                _ => false,
            }
        }
        Expression::ForExpr(each) => matches!(
            (of(kind), each.key_expr.is_some()),
            (Some(("list" | "set", _)), false) | (Some(("map" | "object", _)), true)
        ),
        _ => true,
    };
    if !fits {
        failures.push(format!("{at}: {written} where the type is {kind}"));
    }
}

/// `["list", T]` and the like.
fn of(kind: &Value) -> Option<(&str, &Value)> {
    Some((kind.get(0)?.as_str()?, kind.get(1)?))
}
