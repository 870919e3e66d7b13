//! An HTTP response.

use serde_json::Value;

/// Status, headers and body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    /// Headers other than those about the body.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A JSON response, as for nearly every request.
    pub(crate) fn json(status: u16, body: &Value) -> Reply {
        let content_type = "application/json; charset=UTF-8".to_owned();
        Reply { status, content_type, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    /// A response with another content type.
    pub(crate) fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Reply {
        Reply { status, content_type: content_type.to_owned(), headers: Vec::new(), body }
    }
}
