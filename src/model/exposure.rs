//! What a description opens or gives away although few would want to: allowed, but reported.

use std::ops::RangeInclusive;

use super::PodSecurity;
use super::reach::{Machines, applying};
use crate::diag::{Code, Diagnostic, Report};
use crate::net::Cidr;
use crate::source::{Span, Spanned};
use crate::spec::Spec;

/// TCP ports for administration, which the whole internet should not reach, and whether only control planes listen to them.
const ADMINISTRATION: [(RangeInclusive<u16>, &str, bool); 5] = [
    (22..=22, "SSH", false),
    (2379..=2381, "etcd", true),
    (6443..=6443, "the API server", true),
    (10250..=10250, "the kubelet", false),
    (30000..=32767, "the node ports of all Services", false),
];

/// Warns about administration ports that are open to the internet. Machines without an external address are not on the internet.
pub(super) fn to_the_world(spec: &Spec, machines: &Machines<'_>, report: &mut Report) {
    let control_plane = machines.control_plane.machine.external_ip;
    let any = control_plane || machines.pools.iter().any(|pool| pool.machine.external_ip);
    let access = spec.access.as_ref();
    let ssh = access.and_then(|access| access.ssh.as_ref()).map(|ssh| &ssh.value).filter(|_| any);
    let api = access.and_then(|access| access.api.as_ref()).filter(|_| control_plane);
    for (sources, key, what) in [(ssh, "access.ssh", "SSH"), (api, "access.api", "the API server")] {
        if let Some(source) = sources.and_then(|sources| world(sources)) {
            open(format!("`{key}` opens {what} to the internet"), &source.span, report);
        }
    }
    let written = spec.firewall.iter().flatten().map(|(_, rule)| rule.value.from.as_ref());
    for (rule, from) in machines.rules.iter().zip(written) {
        let Some(source) = from.and_then(|from| world(&from.value)) else { continue };
        let applies = |to_control_planes| {
            applying(std::slice::from_ref(rule), to_control_planes, machines.pools.is_empty()).next().is_some()
        };
        let on_control_planes = control_plane && applies(true);
        let on_nodes = applies(false) && machines.pools.iter().any(|pool| pool.machine.external_ip);
        let admits = |ports: &RangeInclusive<u16>| rule.allow.iter().any(|allow| allow.admits_tcp(ports));
        let listens = |(ports, _, control_planes_only): &&(RangeInclusive<u16>, &str, bool)| {
            admits(ports) && (on_control_planes || on_nodes && !control_planes_only)
        };
        let opened: Vec<&str> = ADMINISTRATION.iter().filter(listens).map(|(_, what, _)| *what).collect();
        if let Some((last, before)) = opened.split_last() {
            let list = if before.is_empty() { (*last).to_owned() } else { format!("{} and {last}", before.join(", ")) };
            open(format!("the rule `{}` opens {list} to the internet", rule.name), &source.span, report);
        }
    }
}

fn open(message: String, source: &Span, report: &mut Report) {
    report.push(
        Diagnostic::warning(Code::OpenToWorld, message)
            .at(source, "every address")
            .help("list the ranges that need it; SSH and kubectl also work through Identity-Aware Proxy, without a rule of your own"),
    );
}

/// The first of these sources that contains half of all addresses or more: a list of two halves is the world too.
fn world(sources: &[Spanned<String>]) -> Option<&Spanned<String>> {
    let half = |text: &str| match text.parse::<Cidr>() {
        Ok(range) => range.prefix() <= 1,
        // 2000::/3 is all of the IPv6 internet.
        Err(_) => text.parse::<ipnet::Ipv6Net>().is_ok_and(|range| range.prefix_len() <= 3),
    };
    sources.iter().find(|source| half(&source.value))
}

/// Warns where every namespace admits pods that can take over their node.
pub(super) fn privileged_pods(spec: &Spec, report: &mut Report) {
    let written = spec.kubernetes.as_ref().and_then(|kubernetes| kubernetes.pod_security.as_ref());
    let Some(written) = written.filter(|written| written.value == PodSecurity::Privileged) else { return };
    report.push(
        Diagnostic::warning(Code::PrivilegedPods, "every namespace admits privileged pods")
            .at(&written.span, "whoever creates a pod can take over its node")
            .help("use `baseline`, and label the namespaces that need more: pod-security.kubernetes.io/enforce=privileged")
            .patch(&written.span, "baseline"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_all_addresses_is_the_world() {
        let sources = |text: &str| [Spanned::new("10.0.0.0/8".to_owned(), 0..1), Spanned::new(text.to_owned(), 1..2)];
        for open in ["0.0.0.0/0", "128.0.0.0/1", "::/0", "2000::/3"] {
            assert_eq!(world(&sources(open)).map(|source| source.value.as_str()), Some(open));
        }
        for narrow in ["64.0.0.0/2", "203.0.113.0/24", "2001:db8::/32", "nonsense"] {
            assert_eq!(world(&sources(narrow)), None, "{narrow}");
        }
    }
}
