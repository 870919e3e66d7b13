//! Extra firewall rules in gcloud's short form.

mod allow;

use indexmap::IndexMap;

use self::allow::one;
use super::{Allow, Derived, FirewallRule, name, ranges};
use crate::diag::{Code, Diagnostic, Report};
use crate::net::Cidr;
use crate::source::Spanned;
use crate::spec;

/// Rules in file order. `cluster`: what the names of vpcgen's own rules begin with, which must differ from these.
pub(super) fn check(spec: &spec::Spec, cluster: Option<&str>, report: &mut Report) -> Vec<FirewallRule> {
    let mut checked = Vec::new();
    for (key, rule) in spec.firewall.iter().flatten() {
        let unread = |of: &str| spec.is_unread(&format!("firewall.{}.{of}", key.value));
        let named = name::check(key, "firewall rule name", report);
        if let (Some(key), Some(cluster)) = (named, cluster) {
            clash(key, cluster, spec, report);
        }
        let allow = if unread("allow") { Vec::new() } else { allow(key, rule, report) };
        let from = if unread("from") { Vec::new() } else { from(key, rule, report) };
        checked.push(FirewallRule { name: key.value.clone(), allow, from, to: rule.value.to });
    }
    checked
}

/// vpcgen's own rules, and the labels that they have in Terraform.
fn clash(key: &Spanned<String>, cluster: &str, spec: &spec::Spec, report: &mut Report) {
    let derived = Derived(cluster);
    let own = [
        derived.rule_internal(),
        derived.rule_ssh(),
        derived.rule_api(),
        derived.rule_health_checks(),
        derived.rule_api_health_checks(),
        derived.rule_deny_ssh(),
        derived.rule_deny_etcd(),
    ];
    let labels = ["internal", "ssh", "api", "health-checks", "api-health-checks", "deny-ssh", "deny-etcd"];
    if !own.contains(&key.value) && !labels.contains(&key.value.as_str()) {
        return;
    }
    let base = key.value.trim_start_matches(cluster).trim_start_matches('-');
    let is_free = |other: &String| !spec.firewall.iter().flatten().any(|(taken, _)| taken.value == *other);
    let names = std::iter::once(format!("{cluster}-extra-{base}"));
    let mut names = names.chain((2..).map(|number| format!("{cluster}-extra-{base}-{number}")));
    let other = names.find(is_free).filter(|other| name::is_name(other));
    let message = format!("the name `{}` is already in use by a rule that vpcgen creates", key.value);
    let diagnostic = Diagnostic::error(Code::NameClash, message).at(&key.span, "");
    report.push(match other {
        Some(other) => diagnostic.help(format!("choose another name, such as `{other}`")).patch(&key.span, other),
        None => diagnostic.help("choose another name"),
    });
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
        // One entry for each protocol with all its ports; an entry without a port means all of them.
        let ports = grouped.entry(protocol).or_insert_with(|| Some(Vec::new()));
        match (ports.as_mut(), port) {
            (Some(ports), Some(port)) if !ports.contains(&port) => ports.push(port),
            (_, Some(_)) => {}
            (_, None) => *ports = None,
        }
    }
    grouped.into_iter().map(|(protocol, ports)| Allow { protocol, ports: ports.unwrap_or_default() }).collect()
}

fn from(key: &Spanned<String>, rule: &Spanned<spec::FirewallRule>, report: &mut Report) -> Vec<String> {
    let written = rule.value.from.as_ref().filter(|list| !list.value.is_empty());
    let Some(list) = written else {
        let message = format!("the firewall rule `{}` has no source", key.value);
        report.push(
            Diagnostic::error(Code::InvalidSource, message)
                .at(&key.span, "Google would admit every address")
                .help("add `from: [10.0.0.0/8]`, or `from: [0.0.0.0/0]` for every address"),
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
                .help("split it into two rules: each can have one address family"),
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
                .help(format!("write `{}`", v6.trunc()))
                .patch(&text.span, v6.trunc().to_string()),
        );
        return None;
    }
    ranges::parse(text, 32, report).map(|range: Cidr| range.to_string())
}
