//! One entry of `allow`, in gcloud's short form: `tcp:22`, `tcp:30000-32767`, `icmp`.

use std::ops::RangeInclusive;

use crate::diag::{Code, Diagnostic, Report};
use crate::model::Allow;
use crate::source::Spanned;

impl Allow {
    /// Whether it admits TCP to any of these ports.
    pub(in crate::model) fn admits_tcp(&self, wanted: &RangeInclusive<u16>) -> bool {
        let overlaps = |ports: &String| {
            let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
            let reaches = last.parse::<u16>().is_ok_and(|last| wanted.start() <= &last);
            reaches && first.parse::<u16>().is_ok_and(|first| &first <= wanted.end())
        };
        matches!(self.protocol.as_str(), "tcp" | "6" | "all")
            && (self.ports.is_empty() || self.ports.iter().any(overlaps))
    }
}

/// Protocols by name (the API's discovery document, `Firewall.allowed[].IPProtocol`); numbers work too.
const PROTOCOLS: [&str; 8] = ["tcp", "udp", "icmp", "esp", "ah", "ipip", "sctp", "all"];
/// Those that have ports.
const WITH_PORTS: [&str; 3] = ["tcp", "udp", "sctp"];

/// Numbers that are probably ports: without `tcp:`, a number is an IP protocol, and these are hardly used.
const RATHER_PORTS: [&str; 12] = ["20", "21", "22", "23", "25", "53", "80", "110", "123", "143", "161", "179"];

/// `tcp:22` as protocol and port.
pub(super) fn one(word: &Spanned<String>, report: &mut Report) -> Option<(String, Option<String>)> {
    let text = word.value.as_str();
    let (protocol, ports) = text.split_once(':').map_or((text, None), |(protocol, ports)| (protocol, Some(ports)));
    let number = !protocol.is_empty() && protocol.len() <= 3 && protocol.parse::<u8>().is_ok();
    let checked = if !PROTOCOLS.contains(&protocol) && !number {
        Err(wrong_protocol(text, protocol, ports))
    } else {
        match ports {
            None => Ok(None),
            Some(_) if !WITH_PORTS.contains(&protocol) => {
                Err(Invalid::write(format!("`{protocol}` has no ports"), protocol))
            }
            Some(ports) => range(protocol, ports).map(Some),
        }
    };
    match checked {
        Ok(ports) => {
            if RATHER_PORTS.contains(&text) {
                report.push(
                    Diagnostic::warning(Code::InvalidAllow, format!("`{text}` is IP protocol {text}, not a port"))
                        .at(&word.span, "")
                        .help(format!("for the port, write `tcp:{text}`"))
                        .patch(&word.span, format!("tcp:{text}")),
                );
            }
            Some((protocol.to_owned(), ports))
        }
        Err(Invalid { message, fix }) => {
            let diagnostic = Diagnostic::error(Code::InvalidAllow, message).at(&word.span, "");
            report.push(match fix {
                Fix::Write(instead) => diagnostic.help(format!("write `{instead}`")).patch(&word.span, instead),
                Fix::Help(help) => diagnostic.help(help),
            });
            None
        }
    }
}

/// Well-known services, which gcloud does not know by name.
const SERVICES: [(&str, &str); 6] = [
    ("http", "tcp:80"),
    ("https", "tcp:443"),
    ("ssh", "tcp:22"),
    ("dns", "udp:53"),
    ("rdp", "tcp:3389"),
    ("ping", "icmp"),
];

/// Why an entry is invalid.
struct Invalid {
    message: String,
    fix: Fix,
}

enum Fix {
    /// The entry that is probably meant.
    Write(String),
    /// What entries look like.
    Help(String),
}

impl Invalid {
    fn write(message: String, instead: impl Into<String>) -> Self {
        Self { message, fix: Fix::Write(instead.into()) }
    }
}

fn wrong_protocol(text: &str, protocol: &str, ports: Option<&str>) -> Invalid {
    let rest = ports.map(|ports| format!(":{ports}")).unwrap_or_default();
    if ports.is_none() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return match range("tcp", text) {
            Ok(ports) => Invalid::write(format!("`{text}` has no protocol"), format!("tcp:{ports}")),
            Err(invalid) => invalid,
        };
    }
    if let Some(near) = PROTOCOLS.iter().find(|known| protocol.eq_ignore_ascii_case(known)) {
        return Invalid::write(format!("the protocol `{protocol}` must be lower case"), format!("{near}{rest}"));
    }
    let lower = protocol.to_lowercase();
    if let Some(instead) = other_order(&lower) {
        return Invalid::write(format!("`{text}` is not in gcloud's format"), instead);
    }
    if let Some((_, instead)) = SERVICES.iter().find(|(service, _)| *service == lower && ports.is_none()) {
        return Invalid::write(format!("`{text}` is a service, not a protocol"), *instead);
    }
    let near = PROTOCOLS.iter().find(|known| strsim::damerau_levenshtein(&lower, known) == 1);
    Invalid {
        message: format!("unknown protocol `{protocol}`"),
        fix: match near {
            Some(near) => Fix::Write(format!("{near}{rest}")),
            None => Fix::Help(format!("use one of {}, or a protocol number", PROTOCOLS.join(", "))),
        },
    }
}

/// `udp/53` and `53/udp` in gcloud's format.
fn other_order(text: &str) -> Option<String> {
    let (one, other) = text.split_once('/')?;
    let (protocol, ports) = if WITH_PORTS.contains(&other) { (other, one) } else { (one, other) };
    let written = WITH_PORTS.contains(&protocol).then(|| range(protocol, ports).ok())?;
    written.map(|ports| format!("{protocol}:{ports}"))
}

/// A port, or a range of ports from the smaller to the larger.
fn range(protocol: &str, ports: &str) -> Result<String, Invalid> {
    let port = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    match (port(first), port(last)) {
        (Some(first), Some(last)) if first > last => Err(Invalid::write(
            format!("the port range {first}-{last} is reversed"),
            format!("{protocol}:{last}-{first}"),
        )),
        (Some(first), Some(last)) if first == last => Ok(first.to_string()),
        (Some(first), Some(last)) => Ok(format!("{first}-{last}")),
        _ => Err(Invalid {
            message: format!("`{ports}` is not a valid port or port range"),
            fix: Fix::Help(
                "use numbers up to 65535, one entry for each port or range: `tcp:443`, `tcp:30000-32767`".to_owned(),
            ),
        }),
    }
}
