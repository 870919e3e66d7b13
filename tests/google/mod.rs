//! A stand-in for the Google APIs: it listens on loopback, keeps its state in memory and rejects what Google rejects.
//!
//!     http.rs ──▶ caller.rs ──▶ permissions/ ──▶ compute/  storage/  dns  secret_manager  iam  project_iam  service_usage
//!                                   │            (one file per service; Compute Engine: one per collection)
//!                                   └─ rules.rs: every reason to reject a request
//!
//! `Google` keeps a log of requests, and exposes its state as typed snapshots (state/).
//!
//! It implements what the examples and their machines need, and returns 501 for everything else.
// Every test binary that includes this module uses only part of it.
#![allow(dead_code)]

mod caller;
mod cidr;
pub(crate) mod client;
mod compute;
mod custom_roles;
mod dns;
mod dns_records;
mod http;
mod iam;
mod iam_policy;
pub(crate) mod json;
mod link;
mod metadata;
mod names;
mod permissions;
mod places;
mod project_iam;
mod refusal;
mod reply;
pub(crate) mod rules;
mod secret_manager;
mod secret_versions;
mod service_usage;
pub(crate) mod state;
mod storage;
mod world;

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};

use refusal::Refusal;
use reply::Reply;
use rules::Rule;
use state::State;
use world::World;

/// The response of a service: the body of a 200, or an error.
pub(crate) type Answer = Result<Value, Refusal>;

/// A request and its outcome.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Value,
    /// The raw body.
    pub(crate) raw: Vec<u8>,
    /// Headers by lowercase name.
    pub(crate) headers: BTreeMap<String, String>,
    /// Whether the client called `SERVICE.googleapis.com`, as instances do.
    pub(crate) by_name: bool,
    pub(crate) status: u16,
    /// The rule that rejected the request, if any, and the message. Google reports some errors in an operation, with status 200.
    pub(crate) refused: Option<(&'static Rule, String)>,
}

impl Request {
    /// Whether the request can change something. A POST can also read an IAM policy.
    pub(crate) fn writes(&self) -> bool {
        !["GET", "HEAD"].contains(&self.method.as_str()) && !self.path.ends_with(":getIamPolicy")
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// A running stand-in; it stops when it is dropped.
pub(crate) struct Google {
    shared: Arc<Shared>,
    server: http::Server,
}

#[derive(Default)]
struct Shared {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    world: World,
    journal: Vec<Request>,
    /// The number of changes so far.
    changes: u64,
}

impl Google {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) fn start() -> Google {
        let shared = Arc::new(Shared::default());
        let answering = Arc::clone(&shared);
        let server = http::Server::start(move |request| answering.answer(request));
        Google { shared, server }
    }

    /// Another one with the same state, at an address of its own; what happens to one does not happen to the other.
    pub(crate) fn fork(&self) -> Google {
        let world = self.shared.lock().world.clone();
        let shared = Arc::new(Shared { inner: Mutex::new(Inner { world, ..Inner::default() }), ..Shared::default() });
        let answering = Arc::clone(&shared);
        let server = http::Server::start(move |request| answering.answer(request));
        Google { shared, server }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    /// Every request so far, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.lock().journal.clone()
    }

    /// The rejected requests, each with its rule and message. A GET of a missing resource is not an error.
    pub(crate) fn refusals(&self) -> Vec<(Request, &'static Rule, String)> {
        let refused = self
            .requests()
            .into_iter()
            .filter_map(|request| request.refused.clone().map(|(rule, message)| (request, rule, message)));
        refused.filter(|(request, rule, _)| request.writes() || **rule != rules::NOT_FOUND).collect()
    }

    /// The names of all remaining resources and IAM bindings. After a destroy, only kept disks and snapshots remain.
    pub(crate) fn left(&self) -> Vec<String> {
        self.shared.lock().world.left()
    }

    /// A typed snapshot of everything that exists.
    pub(crate) fn state(&self) -> State {
        State::of(&self.shared.lock().world)
    }

    /// Waits for a change that the caller has not seen, or for the timeout; returns the number of changes so far.
    pub(crate) fn wait_for_change(&self, seen: u64, timeout: Duration) -> u64 {
        let unchanged = |inner: &mut Inner| inner.changes <= seen;
        let waited = self.shared.changed.wait_timeout_while(self.shared.lock(), timeout, unchanged);
        waited.unwrap_or_else(PoisonError::into_inner).0.changes
    }

    /// The access token that the metadata server issues to the instance with this id, for its service account.
    pub(crate) fn token(&self, instance_id: u64) -> String {
        caller::token(instance_id)
    }

    /// Records that the instance with that id shut itself down (`poweroff`). Does nothing if it was deleted or replaced.
    pub(crate) fn guest_powered_off(&self, id: u64) {
        let mut inner = self.shared.lock();
        let id = id.to_string();
        let found = inner.world.resources.values_mut();
        found.filter(|instance| instance["kind"] == "compute#instance" && instance["id"] == id).for_each(|instance| {
            instance["status"] = "TERMINATED".into();
        });
        self.shared.count_change(inner);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count_change(&self, mut inner: MutexGuard<'_, Inner>) {
        inner.changes += 1;
        self.changed.notify_all();
    }

    /// Handles a request and logs it. A rejected request changes nothing.
    fn answer(&self, mut request: Request) -> Reply {
        let mut inner = self.lock();
        let before = request.writes().then(|| inner.world.clone());
        let answer = match inner.world.serve(&request) {
            Ok(reply) => reply,
            Err(refusal) => {
                if let Some(before) = before {
                    inner.world = before;
                }
                let usual = || {
                    let (status, body) = refusal.answer();
                    Reply::json(status, &body)
                };
                let answer = storage::refusal(&request.path, &refusal).unwrap_or_else(usual);
                request.refused = Some((refusal.rule, refusal.message));
                answer
            }
        };
        request.status = answer.status;
        let changed = request.writes() && request.refused.is_none();
        inner.journal.push(request);
        if changed {
            self.count_change(inner);
        }
        answer
    }
}

impl World {
    /// Dispatches by the first path segment, the service; `../proof/provider.rs` configures the provider with these endpoints.
    fn serve(&mut self, request: &Request) -> Result<Reply, Refusal> {
        let path = request.path.trim_start_matches('/');
        let Some((service, rest)) = path.split_once('/') else {
            return Err(rules::UNKNOWN_METHOD.refuse(format!("no such API: {}", request.path)));
        };
        let caller = caller::of(self, request)?;
        // The disk driver asks for disks in the beta version, which differs in nothing that the stand-in knows.
        let stable = rest.strip_prefix("beta/").filter(|_| service == "compute").map(|rest| format!("v1/{rest}"));
        let rest = stable.as_deref().unwrap_or(rest);
        let call = Call { method: &request.method, path: rest, query: &request.query, body: &request.body };
        permissions::check(self, &caller, service, &call)?;
        if ["storage", "upload", "download"].contains(&service) {
            return storage::serve(self, &caller, request);
        }
        let answer = match service {
            "compute" => compute::serve(self, &call),
            "dns" => dns::serve(self, &call),
            "secretmanager" => secret_manager::serve(self, &call),
            "iam" => iam::serve(self, &call),
            "cloudresourcemanager" => project_iam::serve(self, &call),
            "serviceusage" => service_usage::serve(self, &call),
            _ => Err(rules::UNKNOWN_METHOD.refuse(format!("no such API: {}", request.path))),
        };
        answer.map(|body| Reply::json(200, &body))
    }
}

/// A request as a service sees it: the path starts with the API's version.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: &'a Value,
}

impl Call<'_> {
    /// The path segments after the version; a custom verb (`:setIamPolicy`) is a separate segment.
    fn parts(&self) -> Vec<&str> {
        self.path.split(['/', ':']).skip(1).collect()
    }

    /// A query parameter, unescaped.
    fn text(&self, key: &str) -> Option<String> {
        self.query(key).map(|value| http::unescape(&value.replace('+', " ")))
    }

    /// A query parameter that needs no unescaping.
    fn query(&self, key: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    fn unknown(&self) -> Answer {
        Err(rules::UNKNOWN_METHOD.refuse(format!("the stand-in does not know {} {}", self.method, self.path)))
    }
}

/// The empty response to a DELETE.
fn nothing() -> Value {
    json!({})
}
