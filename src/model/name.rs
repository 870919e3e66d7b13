//! Names: Google's grammar, and every name that is derived from the description's.

use crate::diag::{Code, Diagnostic, Report};
use crate::source::{Span, Spanned};
use crate::spec::Spec;

/// Longest name of a Compute Engine resource (RFC 1035).
const LONGEST: usize = 63;
/// Longest id of a service account.
const LONGEST_ACCOUNT: usize = 30;

/// The names derived from a cluster's, in one place: validation measures them, the plan uses them.
#[derive(Debug, Clone, Copy)]
pub struct Derived<'a>(pub &'a str);

impl Derived<'_> {
    /// The VPC, if the description does not name it.
    pub fn vpc(self) -> String {
        format!("{}-vpc", self.0)
    }
    /// The subnet, if the description does not name it.
    pub fn subnet(self, region: &str) -> String {
        format!("{}-{region}", self.0)
    }
    /// The first control plane; further ones are numbered from 2, so that growing never renames.
    pub fn control_plane(self, number: usize) -> String {
        if number == 1 { format!("{}-m", self.0) } else { format!("{}-m-{number}", self.0) }
    }
    /// State disk of a control plane with this instance name.
    pub fn state_disk(instance: &str) -> String {
        format!("{instance}-state")
    }
    /// The instance group of the control planes of each zone.
    pub fn control_plane_group(self) -> String {
        format!("{}-control-plane", self.0)
    }
    /// Address, health check, backend service and forwarding rule of the API's load balancer.
    pub fn api(self) -> String {
        format!("{}-api", self.0)
    }
    /// The `number`th node of a pool, counted from 1.
    pub fn node(self, pool: &str, number: usize) -> String {
        format!("{}-{pool}-{number}", self.0)
    }
    /// Service account of the control plane.
    pub fn control_plane_account(self) -> String {
        format!("{}-control-plane", self.0)
    }
    /// Service account of the nodes.
    pub fn node_account(self) -> String {
        format!("{}-nodes", self.0)
    }
    /// Network tag of control planes.
    pub fn control_plane_tag(self) -> String {
        format!("{}-control-plane", self.0)
    }
    /// Network tag of machines that load balancers send to; gce.conf names it.
    pub fn node_tag(self) -> String {
        format!("{}-node", self.0)
    }
    /// Router and Cloud NAT.
    pub fn nat(self) -> String {
        format!("{}-nat", self.0)
    }
    /// Private DNS zone.
    pub fn zone(self) -> String {
        format!("{}-internal", self.0)
    }
    /// Domain of the private DNS zone, without its last dot.
    pub fn domain(self) -> String {
        format!("{}.internal", self.0)
    }
    /// Name of the API endpoint.
    pub fn endpoint(self) -> String {
        format!("api.{}", self.domain())
    }
    /// Secret that holds the join data.
    pub fn join_secret(self) -> String {
        format!("{}-join", self.0)
    }
    /// Secret that holds the cluster's CA.
    pub fn pki_secret(self) -> String {
        format!("{}-pki", self.0)
    }
    /// Firewall rule: nodes and pods among themselves.
    pub fn rule_internal(self) -> String {
        format!("{}-internal", self.0)
    }
    /// Firewall rule: SSH.
    pub fn rule_ssh(self) -> String {
        format!("{}-ssh", self.0)
    }
    /// Firewall rule: the API server.
    pub fn rule_api(self) -> String {
        format!("{}-api", self.0)
    }
    /// Firewall rule: health checks of the API's load balancer.
    pub fn rule_api_health_checks(self) -> String {
        format!("{}-api-health-checks", self.0)
    }
    /// Firewall rule: load balancers' health checks.
    pub fn rule_health_checks(self) -> String {
        format!("{}-health-checks", self.0)
    }
}

/// Whether Google takes it for a resource's name: `[a-z]([-a-z0-9]{0,61}[a-z0-9])?`
/// (the API's discovery document, `name` of every Compute Engine resource).
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A name that was written out; `what` says whose. Returned only where it is right.
pub(super) fn check<'a>(name: &'a Spanned<String>, what: &str, report: &mut Report) -> Option<&'a Spanned<String>> {
    if is_name(&name.value) {
        return Some(name);
    }
    let message = format!("`{}` cannot be {what}", name.value);
    let rule = "1 to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last";
    let diagnostic = Diagnostic::error(Code::InvalidName, message).at(&name.span, "");
    let mended = mend(&name.value);
    report.push(if is_name(&mended) {
        diagnostic.help(format!("Google takes {rule}: `{mended}`")).patch(&name.span, mended)
    } else {
        diagnostic.help(format!("Google takes {rule}"))
    });
    None
}

/// The nearest right name.
pub(super) fn mend(text: &str) -> String {
    let lower: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .take(LONGEST)
        .collect();
    lower.trim_matches(|c: char| c == '-').to_owned()
}

/// The cluster's own name, with everything that is derived from it alone. `accounts`: whose service accounts are created.
pub(super) fn cluster(spec: &Spec, accounts: [bool; 2], subnet: Option<String>, report: &mut Report) -> Option<String> {
    let name = required(spec, "name", spec.name.as_ref(), "the prefix of every name: add `name: kub`", report)?;
    let right = check(name, "the name of a cluster", report)?;
    let derived = Derived(&right.value);
    let account = |made: bool, id: String| made.then_some(("the service account id", id, LONGEST_ACCOUNT));
    let plain = |what, text| Some((what, text, LONGEST));
    let names = [
        account(accounts[0], derived.control_plane_account()),
        account(accounts[1], derived.node_account()),
        plain("the firewall rule", derived.rule_api_health_checks()),
        subnet.and_then(|subnet| plain("the secondary range", format!("{subnet}-pod"))),
    ];
    let over = |(_, text, most): &(&str, String, usize)| text.len().saturating_sub(*most);
    let tightest = names.into_iter().flatten().max_by_key(over).filter(|n| over(n) > 0);
    let Some((what, text, most)) = tightest else { return Some(right.value.clone()) };
    let room = right.value.len().saturating_sub(text.len() - most);
    let help = format!("shorten `name` to at most {room} characters; it has {}", right.value.len());
    let diagnostic = too_long(&name.span, what, &text, most).help(help);
    report.push(if room > 0 { diagnostic.patch(&name.span, shorten(&right.value, room)) } else { diagnostic });
    None
}

/// A key of the whole description that has no default.
pub(super) fn required<'a>(
    spec: &Spec,
    key: &str,
    value: Option<&'a Spanned<String>>,
    help: &str,
    report: &mut Report,
) -> Option<&'a Spanned<String>> {
    if value.is_none() && !spec.is_unread(key) {
        report.push(Diagnostic::error(Code::MissingKey, format!("the description has no `{key}`")).help(help));
    }
    value
}

/// A derived name over its limit.
pub(super) fn too_long(span: &Span, what: &str, name: &str, most: usize) -> Diagnostic {
    let message = format!("{what} `{name}` has {} characters; Google takes at most {most}", name.len());
    Diagnostic::error(Code::NameTooLong, message).at(span, "too long once derived")
}

/// A name cut to so many characters, and still a name.
pub(super) fn shorten(name: &str, room: usize) -> &str {
    name.get(..room).unwrap_or(name).trim_end_matches('-')
}

/// The instance name derived from the pool's, which stands at `span`; an unusable one is reported and `None`.
pub(super) fn instance(name: String, pool: &str, span: &Span, report: &mut Report) -> Option<String> {
    if name.len() <= LONGEST {
        return Some(name);
    }
    let over = name.len() - LONGEST;
    let diagnostic =
        too_long(span, "the instance name", &name, LONGEST).help("shorten the pool's or the cluster's name");
    report.push(match pool.len().checked_sub(over).filter(|room| *room > 0) {
        Some(room) => diagnostic.patch(span, shorten(pool, room)),
        None => diagnostic,
    });
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_google_writes_them() {
        for right in ["a", "kub-m", "k8s-vpc", &"a".repeat(63)] {
            assert!(is_name(right), "{right}");
        }
        for wrong in ["", "1a", "-a", "a-", "A", "a_b", "ä", &"a".repeat(64)] {
            assert!(!is_name(wrong), "{wrong}");
        }
        assert_eq!(mend("My_Cluster."), "my-cluster");
    }
}
