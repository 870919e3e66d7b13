//! HTTP on loopback: a thread per connection, which converts requests to JSON and replies to bytes.
//!
//! A small server based on `httparse`, because Terraform keeps its connections open: a server with a thread pool
//! would block as soon as there are more connections than threads.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::Value;

use super::{Request, reply::Reply};

/// A request handler.
type Answering = dyn Fn(Request) -> Reply + Send + Sync;

/// A listening server. After it is dropped, it accepts no new connections; clients close the open ones.
pub(crate) struct Server {
    address: SocketAddr,
    url: String,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) fn start(answer: impl Fn(Request) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let stopped = Arc::new(AtomicBool::new(false));
        let (stop, answer): (_, Arc<Answering>) = (Arc::clone(&stopped), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let answer = Arc::clone(&answer);
                // A client may disconnect at any time.
                thread::spawn(move || converse(&stream, &*answer).ok());
            }
        });
        Server { address, url: format!("http://{address}"), stopped }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Connects to wake up the listener.
        let _ = TcpStream::connect(self.address);
    }
}

/// Serves requests until the client closes the connection.
fn converse(stream: &TcpStream, answer: &Answering) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        let only_head = request.method == "HEAD";
        let Reply { status, content_type, headers, body } = answer(request);
        let mut head =
            format!("HTTP/1.1 {status} \r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let mut reply = (head + "\r\n").into_bytes();
        if !only_head {
            reply.extend(body);
        }
        (&*stream).write_all(&reply)?;
    }
    Ok(())
}

/// Reads the next request; `None` at the end of the connection.
fn read(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed.parse(&head).map_err(io::Error::other)?;
    let header = |name: &str| {
        parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value)
    };
    let chunked = header("Transfer-Encoding").is_some_and(|value| value.eq_ignore_ascii_case(b"chunked"));
    let length = header("Content-Length").and_then(|value| std::str::from_utf8(value).ok()?.parse().ok()).unwrap_or(0);
    // curl expects this before it sends a large file.
    if header("Expect").is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue")) {
        (&**reader.get_ref()).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let body = if chunked { chunks(reader)? } else { exactly(reader, length)? };
    let target = parsed.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let text = |value: &[u8]| String::from_utf8_lossy(value).trim().to_owned();
    let headers: BTreeMap<String, String> =
        parsed.headers.iter().map(|header| (header.name.to_ascii_lowercase(), text(header.value))).collect();
    let service = headers.get("host").and_then(|host| host.split(':').next()?.strip_suffix(".googleapis.com"));
    Ok(Some(Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: below_service(service, &unescape(path)),
        query: query.to_owned(),
        by_name: service.is_some(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        raw: body,
        status: 0,
        refused: None,
    }))
}

fn exactly(reader: &mut BufReader<&TcpStream>, length: usize) -> io::Result<Vec<u8>> {
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

/// Reads a chunked body, as the provider sends for objects.
fn chunks(reader: &mut BufReader<&TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
        body.extend(exactly(reader, size)?);
        reader.read_line(&mut line)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

/// The path at the stand-in's own address, where the service comes first: `secretmanager.googleapis.com/v1/…` becomes
/// `/secretmanager/v1/…`. Some services already have it in their paths: `compute.googleapis.com/compute/v1/…`.
fn below_service(service: Option<&str>, path: &str) -> String {
    match service {
        Some(service) if service != "www" && path.split('/').nth(1) != Some(service) => format!("/{service}{path}"),
        _ => path.to_owned(),
    }
}

/// Decodes percent-encoding, which occurs in email addresses in IAM paths and in list filters.
pub(super) fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.extend(before.bytes());
        bytes.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}
