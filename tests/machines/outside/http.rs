//! HTTP for the servers that machines ask: a thread for each connection, with or without TLS.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request and who sent it.
pub(crate) struct Request {
    pub(crate) from: SocketAddr,
    pub(crate) method: String,
    /// The path, and the query behind a question mark if there is one.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The host name that the client asked for.
    pub(crate) fn host(&self) -> &str {
        self.header("Host").unwrap_or_default().split(':').next().unwrap_or_default()
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// What is answered.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl Response {
    pub(crate) fn text(status: u16, text: impl Into<String>) -> Response {
        Response { status, headers: Vec::new(), body: Body::Bytes(text.into().into_bytes()) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Response {
        self.headers.push((name, value.into()));
        self
    }
}

/// Listens from now on, for as long as the process lives.
pub(crate) fn serve(
    address: &str,
    tls: Option<Arc<ServerConfig>>,
    answer: impl Fn(&Request) -> Response + Send + Sync + 'static,
) {
    let listener = TcpListener::bind(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (answer, tls) = (Arc::clone(&answer), tls.clone());
            // A client that goes away is not an error of the server's.
            thread::spawn(move || accept(stream, tls, &*answer).ok());
        }
    });
}

fn accept(stream: TcpStream, tls: Option<Arc<ServerConfig>>, answer: &dyn Fn(&Request) -> Response) -> io::Result<()> {
    let from = stream.peer_addr()?;
    stream.set_nodelay(true)?;
    match tls {
        None => converse(stream, from, answer),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            converse(StreamOwned::new(connection, stream), from, answer)
        }
    }
}

fn converse(stream: impl Read + Write, from: SocketAddr, answer: &dyn Fn(&Request) -> Response) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream, from)? {
        write(stream.get_mut(), &request, answer(&request))?;
        if request.header("Connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            return Ok(());
        }
    }
    Ok(())
}

/// The next request; nothing at the end of the connection.
fn read(stream: &mut BufReader<impl Read>, from: SocketAddr) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed.parse(&head).map_err(io::Error::other)?;
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let mut request = Request {
        from,
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        headers: parsed.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect(),
        body: Vec::new(),
    };
    let length = request.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body)?;
    Ok(Some(request))
}

fn write(stream: &mut impl Write, request: &Request, response: Response) -> io::Result<()> {
    let (mut bytes, length): (Box<dyn Read>, u64) = match response.body {
        Body::Bytes(bytes) => {
            let length = bytes.len() as u64;
            (Box::new(io::Cursor::new(bytes)), length)
        }
        Body::File(path) => {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            (Box::new(file), length)
        }
    };
    let headers: String = response.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(stream, "HTTP/1.1 {} \r\n{headers}Content-Length: {length}\r\n\r\n", response.status)?;
    if request.method != "HEAD" {
        // Large pieces: a container image has a hundred megabytes.
        io::copy(&mut io::BufReader::with_capacity(1 << 18, &mut bytes), stream)?;
    }
    stream.flush()
}
