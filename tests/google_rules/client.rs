//! A client of the stand-in, and the fixture for the cases: a network `net` with the subnetwork `nodes` (10.0.0.0/20,
//! secondary range `pods` 10.4.0.0/16), a service account, and an instance `a` with the alias range 10.4.0.0/24.

use serde_json::{Value, json};

use crate::{
    google::{Google, rules::Shape},
    requests::{Case, Request, machine, post, subnetwork, with},
};

/// A stand-in that contains the fixture.
pub(crate) struct Client {
    pub(crate) google: Google,
}

impl Client {
    /// A stand-in with a new fixture.
    pub(crate) fn new() -> Client {
        let client = Client { google: Google::start() };
        let pods = json!([{"rangeName": "pods", "ipCidrRange": "10.4.0.0/16"}]);
        let nodes = with(subnetwork("nodes", "10.0.0.0/20"), "/secondaryIpRanges", pods);
        client.grant(&post("global/networks", json!({"name": "net", "autoCreateSubnetworks": false})));
        client.grant(&post("regions/us-east1/subnetworks", nodes));
        client.grant(&post(
            "/iam/v1/projects/test-project/serviceAccounts",
            json!({"accountId": "worker", "serviceAccount": {}}),
        ));
        client.grant(&post("zones/us-east1-b/instances", machine("a", "10.4.0.0/24")));
        client
    }

    /// Sends a request, with the token of the instance that sends it. For a missing instance, the token is invalid.
    pub(crate) fn send(&self, request: &Request) -> (u16, Value) {
        let Request { method, path, body, .. } = request;
        let Some(instance) = request.instance else {
            return self.google.send(method, path, body);
        };
        let (service, _) = path.trim_start_matches('/').split_once('/').expect("a path starts with a service");
        let id = self.google.state().instance(instance).map_or(0, |instance| instance.id);
        self.google.send_as(id, &format!("{service}.googleapis.com"), method, path, body)
    }

    /// Sends a request that must succeed, and returns the body.
    pub(crate) fn grant(&self, request: &Request) -> Value {
        let (status, body) = self.send(request);
        assert!(status == 200 && body["error"].is_null(), "{} {}: {body}", request.method, request.path);
        body
    }

    /// Sends a request that must succeed with an empty response.
    pub(crate) fn grant_empty(&self, request: &Request) {
        let (status, body) = self.send(request);
        assert!(status == 204 && body == "", "{} {}: {status} {body}", request.method, request.path);
    }

    /// Checks that the case's rule rejects the last request, with an error in Google's format.
    pub(crate) fn check(&self, case: &Case) -> Result<(), String> {
        let (last, before) = case.requests.split_last().expect("a case has a request");
        before.iter().for_each(|request| drop(self.grant(request)));
        let (status, body) = self.send(last);
        let rule = case.rule;
        let refusals = self.google.refusals();
        let Some((_, broken, _)) = refusals.last() else {
            return Err(format!("{}: {} {} was granted: {body}", rule.id, last.method, last.path));
        };
        if broken != &rule {
            return Err(format!("{}: refused by {} instead: {}", rule.id, broken.id, body["error"]));
        }
        let error = &body["error"];
        let good = match rule.shape {
            Shape::Http(code, reason) => {
                status == code && error["code"] == code && error["errors"][0]["reason"] == reason
            }
            Shape::Operation(code) => status == 200 && body["status"] == "DONE" && error["errors"][0]["code"] == code,
        };
        if good { Ok(()) } else { Err(format!("{}: unexpected response format: {status} {body}", rule.id)) }
    }
}
