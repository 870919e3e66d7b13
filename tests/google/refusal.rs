//! A rejected request, and the error in Google's format.

use serde_json::{Value, json};

use super::rules::{Rule, Shape};

/// The violated rule and the error message.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) rule: &'static Rule,
    pub(crate) message: String,
}

impl Rule {
    /// An error with a message close to Google's.
    pub(crate) fn refuse(&'static self, message: impl Into<String>) -> Refusal {
        Refusal { rule: self, message: message.into() }
    }

    /// An error with Compute Engine's usual message for a field.
    pub(crate) fn field(&'static self, field: impl AsRef<str>, value: &Value, why: impl AsRef<str>) -> Refusal {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.refuse(format!("Invalid value for field '{}': '{value:.300}'. {}", field.as_ref(), why.as_ref()))
    }
}

impl Refusal {
    /// Status and body. For an error that Google detects only during the operation, the body is an operation that has failed.
    pub(crate) fn answer(&self) -> (u16, Value) {
        match self.rule.shape {
            Shape::Http(code, reason) => {
                let error = json!({
                    "code": code,
                    "message": self.message,
                    "status": status(code),
                    "errors": [{"message": self.message, "domain": "global", "reason": reason}],
                });
                (code, json!({"error": error}))
            }
            Shape::Operation(code) => {
                let operation = json!({
                    "kind": "compute#operation",
                    "name": "operation-failed",
                    "status": "DONE",
                    "progress": 100,
                    "httpErrorStatusCode": 400,
                    "httpErrorMessage": "BAD REQUEST",
                    "error": {"errors": [{"code": code, "message": self.message}]},
                });
                (200, operation)
            }
        }
    }
}

fn status(code: u16) -> &'static str {
    match code {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ALREADY_EXISTS",
        412 => "FAILED_PRECONDITION",
        501 => "UNIMPLEMENTED",
        _ => "INVALID_ARGUMENT",
    }
}
