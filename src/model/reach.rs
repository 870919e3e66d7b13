//! Who reaches a machine from outside the VPC, and how: a firewall rule alone is not a route.

use super::{Access, Cluster, ControlPlane, FirewallRule, Pool, RuleTarget};
use crate::diag::{Code, Diagnostic, Report};
use crate::net::{Cidr, INTERNAL};
use crate::source::Spanned;
use crate::spec;

/// Identity-Aware Proxy's TCP forwarding (cloud.google.com/iap/docs/using-tcp-forwarding).
pub(crate) const IAP: Cidr = Cidr::literal(35, 235, 240, 0, 20);

const SSH: u16 = 22;
const API: u16 = 6443;

/// How to log in to a machine from outside the VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Through Identity-Aware Proxy.
    IdentityAwareProxy,
    /// Over the internet, to the machine's external address.
    ExternalAddress,
    /// Over a VPN, an interconnect or a peering, to the machine's internal address.
    InternalAddress,
}

impl Cluster {
    /// How to log in to a control plane, or to the machines of a pool; `None`: nobody outside the VPC can.
    pub fn ssh_route(&self, pool: Option<&Pool>) -> Option<Route> {
        let machine = pool.map_or(&self.control_plane.machine, |pool| &pool.machine);
        let rules = applying(&self.firewall, pool.is_none(), self.pools.is_empty());
        route(&sources(&self.access.ssh, rules, SSH), &self.network.peers, machine.external_ip)
    }

    /// Whether the internet, or a part of it, reaches the API server.
    pub fn api_is_public(&self) -> bool {
        let public = |source: &Cidr| !is_inside(*source, &self.network.peers);
        self.control_plane.machine.external_ip
            && sources(&self.access.api, applying(&self.firewall, true, self.pools.is_empty()), API).iter().any(public)
    }
}

impl Access {
    /// Whether Identity-Aware Proxy's range is all that reaches port 22.
    pub fn ssh_from_iap_alone(&self) -> bool {
        self.ssh == [IAP]
    }
}

/// The extra rules that apply to control planes, or to the machines of pools.
pub(super) fn applying(
    rules: &[FirewallRule],
    control_plane: bool,
    no_pools: bool,
) -> impl Iterator<Item = &FirewallRule> {
    // Without pools, the control planes are the nodes.
    let nodes = !control_plane || no_pools;
    rules.iter().filter(move |rule| match rule.to {
        None => true,
        Some(RuleTarget::ControlPlane) => control_plane,
        Some(RuleTarget::Nodes) => nodes,
    })
}

/// The ranges that firewall rules admit to a TCP port: those of `access`, and those of extra rules.
fn sources<'a>(access: &[Cidr], rules: impl Iterator<Item = &'a FirewallRule>, port: u16) -> Vec<Cidr> {
    let opening = rules.filter(|rule| opens(rule, port));
    let extra = opening.flat_map(|rule| &rule.from).filter_map(|from| from.parse().ok());
    access.iter().copied().chain(extra).collect()
}

fn opens(rule: &FirewallRule, port: u16) -> bool {
    rule.allow.iter().any(|allow| allow.admits_tcp(&(port..=port)))
}

fn is_inside(range: Cidr, peers: &[Cidr]) -> bool {
    INTERNAL.iter().chain(peers).any(|block| block.contains(range))
}

fn route(sources: &[Cidr], peers: &[Cidr], external_ip: bool) -> Option<Route> {
    let overlaps_inside = |source: &Cidr| INTERNAL.iter().chain(peers).any(|block| block.overlaps(*source));
    if sources.iter().any(|source| source.contains(IAP)) {
        Some(Route::IdentityAwareProxy)
    } else if external_ip && sources.iter().any(|source| !is_inside(*source, peers)) {
        Some(Route::ExternalAddress)
    } else if sources.iter().any(overlaps_inside) {
        Some(Route::InternalAddress)
    } else {
        None
    }
}

/// The machines, as far as it matters who reaches them.
pub(super) struct Machines<'a> {
    pub(super) control_plane: &'a ControlPlane,
    pub(super) pools: &'a [Pool],
    /// The cluster's own ranges.
    pub(super) own: &'a [Cidr],
    pub(super) peers: &'a [Cidr],
    /// Extra firewall rules.
    pub(super) rules: &'a [FirewallRule],
}

impl Machines<'_> {
    /// The third way in, where there is one: a peer must not overlap the cluster's own ranges.
    fn over_vpn(&self, range: &Spanned<String>) -> &'static str {
        let own = |range: Cidr| self.own.iter().any(|own| own.overlaps(range));
        match range.value.parse().is_ok_and(own) {
            true => "",
            false => "; if the range is reached over a VPN, add it to `network.peers`",
        }
    }
}

/// Warns where the sources that `access` admits have no route to a machine.
pub(super) fn check(written: Option<&spec::Access>, access: &Access, machines: &Machines<'_>, report: &mut Report) {
    ssh(written.and_then(|access| access.ssh.as_ref()), access, machines, report);
    api(written.and_then(|access| access.api.as_ref()), machines, report);
}

fn ssh(written: Option<&Spanned<Vec<Spanned<String>>>>, access: &Access, machines: &Machines<'_>, report: &mut Report) {
    let Some(written) = written else { return };
    let Machines { control_plane, pools, peers, rules, .. } = *machines;
    let any_external = control_plane.machine.external_ip || pools.iter().any(|pool| pool.machine.external_ip);
    let outside = |range: &&Spanned<String>| {
        range.value.parse().is_ok_and(|range: Cidr| !is_inside(range, peers) && !range.contains(IAP))
    };
    let help = |range| {
        let proxy = "remove `ssh` and use Identity-Aware Proxy (`gcloud compute ssh --tunnel-through-iap`)";
        format!("{proxy}, or set `external_ip: true`{}", machines.over_vpn(range))
    };
    let outside = written.value.iter().find(outside);
    if let Some(range) = outside.filter(|_| !any_external) {
        let message = format!("`access.ssh` admits {}, but no machine has an external address", range.value);
        report.push(
            Diagnostic::warning(Code::Unreachable, message)
                .at(&range.span, "no route to any machine")
                .help(help(range)),
        );
        return;
    }
    // What could not be read was reported, and may have been the range that matters.
    let all_read = access.ssh.len() == written.value.len();
    let sources = sources(&access.ssh, applying(rules, true, pools.is_empty()), SSH);
    if !all_read || route(&sources, peers, control_plane.machine.external_ip).is_some() {
        return;
    }
    let diagnostic = match outside {
        Some(range) => {
            let message = format!("`access.ssh` admits {}, but the control plane has no external address", range.value);
            Diagnostic::warning(Code::Unreachable, message)
                .at(&range.span, "no route to the control plane")
                .help(help(range))
        }
        None => {
            let label = "nobody outside the VPC can log in or fetch the kubeconfig";
            Diagnostic::warning(Code::Unreachable, "`access.ssh` admits nobody")
                .at(&written.span, label)
                .help(format!("remove `ssh` to admit Identity-Aware Proxy ({IAP}), or list the ranges to admit"))
        }
    };
    report.push(diagnostic);
}

fn api(written: Option<&Vec<Spanned<String>>>, machines: &Machines<'_>, report: &mut Report) {
    let outside = |range: &&Spanned<String>| {
        range.value.parse().is_ok_and(|range: Cidr| !is_inside(range, machines.peers) && !IAP.contains(range))
    };
    let range = written.into_iter().flatten().find(outside);
    let Some(range) = range.filter(|_| !machines.control_plane.machine.external_ip) else { return };
    let message = format!("`access.api` admits {}, but the control plane has no external address", range.value);
    let help = format!("set `external_ip: true` under `control_plane`{}", machines.over_vpn(range));
    report.push(
        Diagnostic::warning(Code::Unreachable, message).at(&range.span, "no route to the control plane").help(help),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Allow;

    #[test]
    fn containment_decides_how_a_machine_is_reached() {
        let peers = [Cidr::literal(203, 0, 113, 0, 24)];
        let by = |source: &str, external| route(&[source.parse().unwrap()], &peers, external);
        for iap in ["35.235.240.0/20", "0.0.0.0/0", "35.0.0.0/8"] {
            assert_eq!(by(iap, false), Some(Route::IdentityAwareProxy), "{iap}");
            assert_eq!(by(iap, true), Some(Route::IdentityAwareProxy), "{iap}");
        }
        assert_eq!(by("198.51.100.0/24", true), Some(Route::ExternalAddress));
        assert_eq!(by("198.51.100.0/24", false), None);
        for inside in ["10.9.0.0/16", "203.0.113.7/32"] {
            assert_eq!(by(inside, false), Some(Route::InternalAddress), "{inside}");
            assert_eq!(by(inside, true), Some(Route::InternalAddress), "{inside}");
        }
        assert_eq!(route(&[], &peers, true), None);
    }

    #[test]
    fn an_extra_rule_admits_too() {
        let rule = |protocol: &str, ports: &[&str]| FirewallRule {
            name: "extra".to_owned(),
            allow: vec![Allow {
                protocol: protocol.to_owned(),
                ports: ports.iter().map(|p| (*p).to_owned()).collect(),
            }],
            from: vec!["0.0.0.0/0".to_owned(), "2001:db8::/32".to_owned()],
            to: None,
        };
        let all = [Cidr::literal(0, 0, 0, 0, 0)];
        assert_eq!(sources(&[], [rule("tcp", &["20-22"])].iter(), SSH), all);
        assert_eq!(sources(&[], [rule("all", &[]), rule("tcp", &[])].iter(), SSH).len(), 2);
        assert_eq!(sources(&[], [rule("udp", &["22"]), rule("tcp", &["23", "220-230"])].iter(), SSH), []);
        for (to, wanted) in [(RuleTarget::ControlPlane, 1), (RuleTarget::Nodes, 0)] {
            let rules = [FirewallRule { to: Some(to), ..rule("tcp", &["22"]) }];
            assert_eq!(applying(&rules, true, false).count(), wanted);
            assert_eq!(applying(&rules, false, false).count(), 1 - wanted);
            assert_eq!(applying(&rules, true, true).count(), 1);
        }
    }
}
