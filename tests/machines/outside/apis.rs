//! `*.googleapis.com` as a machine sees it: requests are passed on to the stand-in, which knows the caller by its token.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use super::http::{Body, Request, Response};

/// Passes a request on to the stand-in at `host:port`, and its answer back.
pub(crate) fn pass_on(stand_in: &str, request: &Request) -> Response {
    ask(stand_in, request).unwrap_or_else(|error| Response::text(502, error.to_string()))
}

fn ask(stand_in: &str, request: &Request) -> std::io::Result<Response> {
    let mut stream = TcpStream::connect(stand_in)?;
    let kept = request
        .headers
        .iter()
        .filter(|(name, _)| !["connection", "expect"].contains(&name.to_ascii_lowercase().as_str()));
    let headers: String = kept.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(stream, "{} {} HTTP/1.1\r\n{headers}\r\n", request.method, request.target)?;
    stream.write_all(&request.body)?;
    // The stand-in answers with a Content-Length and closes when we do.
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut parsed = httparse::Response::new(&mut headers);
    let head = match parsed.parse(&answer).map_err(std::io::Error::other)? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Err(std::io::Error::other("the stand-in's answer is cut off")),
    };
    let status = parsed.code.unwrap_or_default();
    let kind = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case("Content-Type"));
    let kind = kind.map(|header| String::from_utf8_lossy(header.value).into_owned()).unwrap_or_default();
    let hash = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case("x-goog-hash"));
    let hash = hash.map(|header| String::from_utf8_lossy(header.value).into_owned());
    let response = Response { status, headers: Vec::new(), body: Body::Bytes(answer.split_off(head)) };
    let response = response.with("Content-Type", kind);
    Ok(match hash {
        Some(hash) => response.with("x-goog-hash", hash),
        None => response,
    })
}
