//! Whether those who are let in can get there.

use super::{ControlPlane, Pool};
use crate::diag::{Code, Diagnostic, Report};
use crate::net::Cidr;
use crate::source::Spanned;
use crate::spec;

/// What is reached over the VPC, a VPN or a peering: RFC 1918, RFC 6598, RFC 2544, class E.
const INSIDE: [Cidr; 6] = [
    Cidr::literal(10, 0, 0, 0, 8),
    Cidr::literal(172, 16, 0, 0, 12),
    Cidr::literal(192, 168, 0, 0, 16),
    Cidr::literal(100, 64, 0, 0, 10),
    Cidr::literal(198, 18, 0, 0, 15),
    Cidr::literal(240, 0, 0, 0, 4),
];

/// A firewall rule opens nothing for a machine without an external address: the internet has no way to it.
pub(super) fn check(
    access: Option<&spec::Access>,
    peers: &[Cidr],
    iap: Cidr,
    control_plane: &ControlPlane,
    pools: &[Pool],
    report: &mut Report,
) {
    let control_plane = control_plane.machine.external_ip;
    let any = control_plane || pools.iter().any(|pool| pool.machine.external_ip);
    let outside = |range: &&Spanned<String>| {
        let parsed: Result<Cidr, _> = range.value.parse();
        parsed.is_ok_and(|range| !INSIDE.iter().chain(peers).chain([&iap]).any(|block| block.contains(range)))
    };
    let keys = [
        ("access.ssh", access.and_then(|a| a.ssh.as_ref()), any, "the machines have"),
        ("access.api", access.and_then(|a| a.api.as_ref()), control_plane, "the control plane has"),
    ];
    for (key, ranges, reachable, who) in keys {
        let Some(range) = ranges.into_iter().flatten().find(outside).filter(|_| !reachable) else { continue };
        let message = format!("`{key}` lets in {}, but {who} no external address", range.value);
        let help = match key {
            "access.ssh" => {
                "leave `ssh` out and use Identity-Aware Proxy (`gcloud compute ssh --tunnel-through-iap`), or set `external_ip: true`; if a VPN leads there, name the range under `network.peers`"
            }
            _ => {
                "set `external_ip: true` under `control_plane`; if a VPN leads there, name the range under `network.peers`"
            }
        };
        report.push(
            Diagnostic::warning(Code::Unreachable, message).at(&range.span, "nobody out there gets through").help(help),
        );
    }
}
