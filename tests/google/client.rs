//! A plain HTTP client for the stand-in, for tests that do not use Terraform.

use serde_json::Value;

use super::Google;

/// A placeholder for a fingerprint in a body, replaced by the resource's fingerprint when the request is sent.
pub(crate) const CURRENT: &str = "current";

impl Google {
    /// Sends a request, and returns status and body.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.send_with(method, path, body, &[])
    }

    /// Sends a request as an instance does: to the API's host name, with the token of its service account.
    pub(crate) fn send_as(&self, instance_id: u64, host: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let token = format!("Bearer {}", self.token(instance_id));
        self.send_with(method, path, body, &[("Host", host), ("Authorization", &token)])
    }

    /// Sends a request with headers, and returns status and body.
    pub(crate) fn send_with(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> (u16, Value) {
        let mut body = body.clone();
        if body["fingerprint"] == CURRENT {
            let (_, there) = self.send("GET", path, &Value::Null);
            body["fingerprint"] = there["fingerprint"].clone();
        }
        // Ignores proxy settings in the environment, because the server is on loopback.
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // A string is sent unchanged; if it starts with a boundary, it is a multipart body.
        if let Some(boundary) = body.as_str().and_then(|text| text.strip_prefix("--")?.lines().next()) {
            request = request.header("Content-Type", format!("multipart/related; boundary={boundary}"));
        }
        let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        let request = request.body(text).expect("a valid request");
        let mut answer = agent.run(request).expect("the stand-in answers");
        let text = answer.body_mut().read_to_string().expect("the response is text");
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}
