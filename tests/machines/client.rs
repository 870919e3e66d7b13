//! A client that never rests: it asks twice a second, each time with a new connection, and remembers for how long nobody answered.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{cluster::Api, outside, tools};

/// Asks until it is stopped or dropped.
pub(crate) struct Client {
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<Seen>>,
}

/// What a client saw.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) asked: usize,
    pub(crate) failed: usize,
    /// The longest time without an answer.
    pub(crate) longest: Duration,
    /// When the first failure came, after the start.
    first: Option<Duration>,
}

impl Client {
    /// A client of the API by its endpoint's name, on a node: a control plane reaches its own API server.
    pub(crate) fn of_api(api: Api, node: &str, endpoint: &str) -> Client {
        Client::start(api, node, format!("https://{endpoint}:6443/readyz"))
    }

    /// A client of that URL on that machine.
    pub(crate) fn start(api: Api, machine: &str, url: String) -> Client {
        let machine = machine.to_owned();
        Client::asking(move || api.on(&machine, &["curl", "-skf", "--max-time", "2", &url]).is_ok())
    }

    /// A client of that URL on the internet.
    pub(crate) fn outside(url: String) -> Client {
        let from = outside::CLIENT.to_string();
        Client::asking(move || {
            tools::run(Command::new("curl").args(["-sf", "--max-time", "2", "--interface", &from, &url])).is_ok()
        })
    }

    fn asking(ask: impl Fn() -> bool + Send + 'static) -> Client {
        let stopped = Arc::<AtomicBool>::default();
        let stop = Arc::clone(&stopped);
        let thread = thread::spawn(move || {
            let (mut seen, started, mut answered) = (Seen::default(), Instant::now(), Instant::now());
            while !stop.load(Ordering::Relaxed) {
                let asked = Instant::now();
                seen.asked += 1;
                if ask() {
                    answered = Instant::now();
                } else {
                    seen.failed += 1;
                    seen.first.get_or_insert(asked - started);
                }
                seen.longest = seen.longest.max(answered.elapsed());
                thread::sleep(Duration::from_millis(500).saturating_sub(asked.elapsed()));
            }
            seen
        });
        Client { stopped, thread: Some(thread) }
    }

    /// Stops, and returns what it saw.
    pub(crate) fn stop(mut self) -> Seen {
        self.stopped.store(true, Ordering::Relaxed);
        self.thread.take().and_then(|thread| thread.join().ok()).expect("the client ends")
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Seen { asked, failed, longest, first } = self;
        match first {
            None => write!(f, "{asked} of {asked} answered"),
            Some(first) => write!(
                f,
                "{failed} of {asked} failed, {} s at most, first after {} s",
                longest.as_secs(),
                first.as_secs()
            ),
        }
    }
}
