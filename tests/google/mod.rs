//! A stand-in for the Google APIs: it listens on loopback, keeps its state in memory and refuses what Google refuses.
//!
//!     http.rs ──▶ Google::answer ──▶ compute/  dns  secret_manager  iam  project_iam  service_usage
//!                        │                     (one file per service; Compute Engine: one per collection)
//!                        └─ journal of requests            rules.rs: every refusal, with its reason
//!
//! It is as large as the examples need. What it does not know it answers with 501, so that nothing passes unseen.
// Every test binary that includes this module uses a part of it.
#![allow(dead_code)]

mod cidr;
pub(crate) mod client;
mod compute;
mod dns;
mod dns_records;
mod http;
mod iam;
mod iam_policy;
pub(crate) mod json;
mod link;
mod metadata;
mod names;
mod places;
mod project_iam;
mod refusal;
pub(crate) mod rules;
mod secret_manager;
mod service_usage;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use refusal::Refusal;
use rules::Rule;
use world::World;

/// What a service answers: the body of a 200, or a refusal.
pub(crate) type Answer = Result<Value, Refusal>;

/// One request as it came, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Value,
    pub(crate) status: u16,
    /// The rule that refused it and the message, if one did. Google reports some refusals inside an operation, whose status is 200.
    pub(crate) refused: Option<(&'static Rule, String)>,
}

impl Request {
    /// Everything but reading; Google asks for an IAM policy with a POST.
    pub(crate) fn writes(&self) -> bool {
        self.method != "GET" && !self.path.ends_with(":getIamPolicy")
    }
}

/// A running stand-in; it stops when it is dropped.
pub(crate) struct Google {
    shared: Arc<Mutex<Shared>>,
    server: http::Server,
}

#[derive(Default)]
struct Shared {
    world: World,
    journal: Vec<Request>,
}

impl Google {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) fn start() -> Google {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let answering = Arc::clone(&shared);
        let server = http::Server::start(move |request| lock(&answering).answer(request));
        Google { shared, server }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    /// Every request so far, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.shared).journal.clone()
    }

    /// The requests that were refused, by which rule and in which words. Asking for what is not there is no fault.
    pub(crate) fn refusals(&self) -> Vec<(Request, &'static Rule, String)> {
        let refused = self
            .requests()
            .into_iter()
            .filter_map(|request| request.refused.clone().map(|(rule, message)| (request, rule, message)));
        refused.filter(|(request, rule, _)| request.writes() || **rule != rules::NOT_FOUND).collect()
    }

    /// What exists, by name: resources, and the bindings of the IAM policies. Empty after a destroy, except for kept disks.
    pub(crate) fn left(&self) -> Vec<String> {
        lock(&self.shared).world.left()
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Answers one request and writes it into the journal. A refused request changes nothing.
    fn answer(&mut self, mut request: Request) -> (u16, Value) {
        let before = request.writes().then(|| self.world.clone());
        let answer = match self.world.serve(&request) {
            Ok(body) => (200, body),
            Err(refusal) => {
                if let Some(before) = before {
                    self.world = before;
                }
                let answer = refusal.answer();
                request.refused = Some((refusal.rule, refusal.message));
                answer
            }
        };
        request.status = answer.0;
        self.journal.push(request);
        answer
    }
}

impl World {
    /// The first part of the path is the service; the provider is told these endpoints in `../proof/provider.rs`.
    fn serve(&mut self, request: &Request) -> Answer {
        let path = request.path.trim_start_matches('/');
        let Some((service, rest)) = path.split_once('/') else {
            return Err(rules::UNKNOWN_METHOD.refuse(format!("no such API: {}", request.path)));
        };
        let call = Call { method: &request.method, path: rest, query: &request.query, body: &request.body };
        match service {
            "compute" => compute::serve(self, &call),
            "dns" => dns::serve(self, &call),
            "secretmanager" => secret_manager::serve(self, &call),
            "iam" => iam::serve(self, &call),
            "cloudresourcemanager" => project_iam::serve(self, &call),
            "serviceusage" => service_usage::serve(self, &call),
            _ => Err(rules::UNKNOWN_METHOD.refuse(format!("no such API: {}", request.path))),
        }
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
    /// The path's parts behind the version; a custom verb (`:setIamPolicy`) is a part of its own.
    fn parts(&self) -> Vec<&str> {
        self.path.split(['/', ':']).skip(1).collect()
    }

    /// A query parameter; none of those that matter here needs unescaping.
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

/// The answer to a DELETE that says nothing.
fn nothing() -> Value {
    json!({})
}
