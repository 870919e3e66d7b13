//! A plain HTTP client of the stand-in, for tests that do without Terraform.

use serde_json::Value;

use super::Google;

/// In place of a fingerprint in a body: the one that the resource has when the request is sent.
pub(crate) const CURRENT: &str = "current";

impl Google {
    /// Sends a request; answers status and body.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.send_with(method, path, body, &[])
    }

    /// Sends a request as an instance does: to the API's name, with the token of its service account.
    pub(crate) fn send_as(&self, instance_id: u64, host: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let token = format!("Bearer {}", self.token(instance_id));
        self.send_with(method, path, body, &[("Host", host), ("Authorization", &token)])
    }

    /// Sends a request with headers; answers status and body.
    pub(crate) fn send_with(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> (u16, Value) {
        let mut body = body.clone();
        if body["fingerprint"] == CURRENT {
            let (_, there) = self.send("GET", path, &Value::Null);
            body["fingerprint"] = there["fingerprint"].clone();
        }
        // No proxy, whatever the environment says: the way to loopback is short.
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // A text is sent as it is; one that begins with a boundary is a body of several parts.
        if let Some(boundary) = body.as_str().and_then(|text| text.strip_prefix("--")?.lines().next()) {
            request = request.header("Content-Type", format!("multipart/related; boundary={boundary}"));
        }
        let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        let request = request.body(text).expect("a valid request");
        let mut answer = agent.run(request).expect("the stand-in answers");
        let text = answer.body_mut().read_to_string().expect("the answer is text");
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}
