//! Extra firewall rules in gcloud's short form.

use indexmap::IndexMap;

use super::{Allow, Derived, FirewallRule, name};
use crate::diag::{Code, Diagnostic, Report};
use crate::net::Cidr;
use crate::source::Spanned;
use crate::spec;

/// Protocols by name (the API's discovery document, `Firewall.allowed[].IPProtocol`); numbers work too.
const PROTOCOLS: [&str; 8] = ["tcp", "udp", "icmp", "esp", "ah", "ipip", "sctp", "all"];
/// Those that have ports.
const WITH_PORTS: [&str; 3] = ["tcp", "udp", "sctp"];

/// Numbers that are written for ports and mean protocols nobody uses: without `tcp:` a number is an IP protocol.
const RATHER_PORTS: [&str; 12] = ["20", "21", "22", "23", "25", "53", "80", "110", "123", "143", "161", "179"];

/// Rules in file order. `cluster`: its name, whose derived rules must stay apart from these.
pub(super) fn check(spec: &spec::Spec, cluster: Option<&str>, report: &mut Report) -> Vec<FirewallRule> {
    let mut checked = Vec::new();
    for (key, rule) in spec.firewall.iter().flatten() {
        let unread = |of: &str| spec.is_unread(&format!("firewall.{}.{of}", key.value));
        let named = name::check(key, "the name of a firewall rule", report);
        if let (Some(key), Some(cluster)) = (named, cluster) {
            clash(key, cluster, report);
        }
        let allow = if unread("allow") { Vec::new() } else { allow(key, rule, report) };
        let from = if unread("from") { Vec::new() } else { from(key, rule, report) };
        checked.push(FirewallRule { name: key.value.clone(), allow, from });
    }
    checked
}

/// vpcgen's own rules, and the labels that its Terraform gives them.
fn clash(key: &Spanned<String>, cluster: &str, report: &mut Report) {
    let derived = Derived(cluster);
    let own = [derived.rule_internal(), derived.rule_ssh(), derived.rule_api(), derived.rule_health_checks()];
    if own.contains(&key.value) || ["internal", "ssh", "api", "health-checks"].contains(&key.value.as_str()) {
        let message = format!("`{}` is the name of a rule that vpcgen makes itself", key.value);
        let other = format!("{cluster}-extra-{}", key.value.trim_start_matches(cluster).trim_start_matches('-'));
        let diagnostic = Diagnostic::error(Code::NameClash, message)
            .at(&key.span, "")
            .help(format!("call it something else, such as `{other}`"));
        report.push(if name::is_name(&other) { diagnostic.patch(&key.span, other) } else { diagnostic });
    }
}

fn allow(key: &Spanned<String>, rule: &Spanned<spec::FirewallRule>, report: &mut Report) -> Vec<Allow> {
    let written = rule.value.allow.as_ref().filter(|list| !list.value.is_empty());
    let Some(list) = written else {
        let message = format!("the firewall rule `{}` allows nothing", key.value);
        report.push(Diagnostic::error(Code::InvalidAllow, message).at(&key.span, "").help("add `allow: [tcp:443]`"));
        return Vec::new();
    };
    let mut grouped: IndexMap<String, Option<Vec<String>>> = IndexMap::new();
    for (protocol, port) in list.value.iter().filter_map(|word| one(word, report)) {
        // Ports of one protocol stand together; without a port it is all of them, whatever else is listed.
        let ports = grouped.entry(protocol).or_insert_with(|| Some(Vec::new()));
        match (ports.as_mut(), port) {
            (Some(ports), Some(port)) if !ports.contains(&port) => ports.push(port),
            (_, Some(_)) => {}
            (_, None) => *ports = None,
        }
    }
    grouped.into_iter().map(|(protocol, ports)| Allow { protocol, ports: ports.unwrap_or_default() }).collect()
}

/// `tcp:22` as protocol and port.
fn one(word: &Spanned<String>, report: &mut Report) -> Option<(String, Option<String>)> {
    let text = word.value.as_str();
    let (protocol, ports) = text.split_once(':').map_or((text, None), |(protocol, ports)| (protocol, Some(ports)));
    let number = !protocol.is_empty() && protocol.len() <= 3 && protocol.parse::<u8>().is_ok();
    let checked = if !PROTOCOLS.contains(&protocol) && !number {
        Err(wrong_protocol(text, protocol, ports))
    } else {
        match ports {
            None => Ok(None),
            Some(_) if !WITH_PORTS.contains(&protocol) => {
                Err(Fault { what: format!("`{protocol}` has no ports"), instead: Ok(protocol.to_owned()) })
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
                        .help(format!("the port is `tcp:{text}`"))
                        .patch(&word.span, format!("tcp:{text}")),
                );
            }
            Some((protocol.to_owned(), ports))
        }
        Err(Fault { what, instead }) => {
            let diagnostic = Diagnostic::error(Code::InvalidAllow, what).at(&word.span, "");
            report.push(match instead {
                Ok(instead) => diagnostic.help(format!("write `{instead}`")).patch(&word.span, instead),
                Err(help) => diagnostic.help(help),
            });
            None
        }
    }
}

/// What is wrong with an entry, and what to write instead, else how such things are written.
struct Fault {
    what: String,
    instead: Result<String, String>,
}

fn wrong_protocol(text: &str, protocol: &str, ports: Option<&str>) -> Fault {
    let rest = ports.map(|ports| format!(":{ports}")).unwrap_or_default();
    if ports.is_none() && protocol.starts_with(|c: char| c.is_ascii_digit()) {
        return Fault { what: format!("`{text}` has no protocol"), instead: Ok(format!("tcp:{text}")) };
    }
    if let Some(near) = PROTOCOLS.iter().find(|known| protocol.eq_ignore_ascii_case(known)) {
        let what = format!("`{protocol}` is not written in lower case");
        return Fault { what, instead: Ok(format!("{near}{rest}")) };
    }
    let lower = protocol.to_lowercase();
    let near = PROTOCOLS.iter().find(|known| strsim::damerau_levenshtein(&lower, known) == 1);
    Fault {
        what: format!("`{protocol}` is not a protocol"),
        instead: match near {
            Some(near) => Ok(format!("{near}{rest}")),
            None => Err(format!("Google takes {} or a protocol number", PROTOCOLS.join(", "))),
        },
    }
}

/// A port, or a range of ports from the smaller to the larger.
fn range(protocol: &str, ports: &str) -> Result<String, Fault> {
    let port = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    match (port(first), port(last)) {
        (Some(first), Some(last)) if first > last => Err(Fault {
            what: format!("the port range {first}-{last} is reversed"),
            instead: Ok(format!("{protocol}:{last}-{first}")),
        }),
        (Some(first), Some(last)) if first == last => Ok(first.to_string()),
        (Some(first), Some(last)) => Ok(format!("{first}-{last}")),
        _ => Err(Fault {
            what: format!("`{ports}` is neither a port nor a range of ports"),
            instead: Err(
                "ports are numbers up to 65535: `tcp:443`, `tcp:30000-32767`; one entry for each range".to_owned()
            ),
        }),
    }
}

fn from(key: &Spanned<String>, rule: &Spanned<spec::FirewallRule>, report: &mut Report) -> Vec<String> {
    let written = rule.value.from.as_ref().filter(|list| !list.value.is_empty());
    let Some(list) = written else {
        let message = format!("the firewall rule `{}` names no source", key.value);
        report.push(
            Diagnostic::error(Code::InvalidSource, message)
                .at(&key.span, "Google would take that for everywhere")
                .help("add `from: [10.0.0.0/8]`; everywhere is `from: [0.0.0.0/0]`"),
        );
        return Vec::new();
    };
    let first_v6 = list.value.iter().find(|text| text.value.contains(':'));
    let first_v4 = list.value.iter().find(|text| !text.value.contains(':'));
    if let (Some(v6), Some(v4)) = (first_v6, first_v4) {
        let message = format!("the firewall rule `{}` mixes IPv4 and IPv6", key.value);
        report.push(
            Diagnostic::error(Code::InvalidSource, message)
                .at(&v6.span, "IPv6")
                .and(&v4.span, "IPv4")
                .help("make it two rules: Google takes one family in each"),
        );
        return Vec::new();
    }
    list.value.iter().filter_map(|text| source(text, report)).collect()
}

fn source(text: &Spanned<String>, report: &mut Report) -> Option<String> {
    if let Ok(v6) = text.value.parse::<ipnet::Ipv6Net>() {
        if v6.trunc().to_string() == text.value {
            return Some(text.value.clone());
        }
        let message = format!("`{}` is not an IPv6 range in canonical notation", text.value);
        report.push(
            Diagnostic::error(Code::HostBits, message)
                .at(&text.span, "")
                .help(format!("it is {}", v6.trunc()))
                .patch(&text.span, v6.trunc().to_string()),
        );
        return None;
    }
    super::ranges::parse(text, 32, report).map(|range: Cidr| range.to_string())
}
