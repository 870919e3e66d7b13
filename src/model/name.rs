//! Names: Google's grammar, and every name that is derived from the description's.

use crate::diag::{Code, Diagnostic, Report};
use crate::source::{Span, Spanned};
use crate::spec::Spec;

/// Longest name of a Compute Engine resource (RFC 1035).
pub(super) const LONGEST: usize = 63;
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
    /// The pool that a node of this name belongs to if the description does not name it.
    pub fn pool_of<'n>(&self, node: &'n str) -> Option<&'n str> {
        let (pool, number) = node.strip_prefix(self.0)?.strip_prefix('-')?.rsplit_once('-')?;
        let canonical = !number.starts_with(['0', '+']) && number.parse::<usize>().is_ok();
        // `kub-m-2` is a control plane.
        (canonical && !pool.is_empty() && format!("{}-{pool}", self.0) != self.control_plane(1)).then_some(pool)
    }
    /// Terraform's label of a pool's machines.
    pub fn label(pool: &str) -> String {
        pool.replace('-', "_")
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
    /// Id of the control plane's custom role: IAM allows no hyphens in it.
    pub fn control_plane_role(self) -> String {
        format!("{}_control_plane", self.0.replace('-', "_"))
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
    /// Bucket for etcd's snapshots. Names of buckets are global, so it begins with the project's id.
    pub fn backup_bucket(self, project: &str) -> String {
        format!("{project}-{}-etcd", self.0)
    }
    /// Firewall rule: traffic among nodes and pods.
    pub fn rule_internal(self) -> String {
        format!("{}-internal", self.0)
    }
    /// Firewall rule: pods do not reach sshd.
    pub fn rule_deny_ssh(self) -> String {
        format!("{}-deny-ssh", self.0)
    }
    /// Firewall rule: neither pods nor nodes reach etcd.
    pub fn rule_deny_etcd(self) -> String {
        format!("{}-deny-etcd", self.0)
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

/// Whether it is a valid name of a resource: `[a-z]([-a-z0-9]{0,61}[a-z0-9])?`
/// (the API's discovery document, `name` of every Compute Engine resource).
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Checks a name that the description gives; `what`: its kind, for the message. Returned only if it is valid.
pub(super) fn check<'a>(name: &'a Spanned<String>, what: &str, report: &mut Report) -> Option<&'a Spanned<String>> {
    check_within(name, what, LONGEST, report)
}

/// The same where names are derived from it. `room`: how long it may be for these; only what is suggested keeps to that.
pub(super) fn check_within<'a>(
    name: &'a Spanned<String>,
    what: &str,
    room: usize,
    report: &mut Report,
) -> Option<&'a Spanned<String>> {
    if is_name(&name.value) {
        return Some(name);
    }
    let diagnostic =
        Diagnostic::error(Code::InvalidName, format!("`{}` is not a valid {what}", name.value)).at(&name.span, "");
    let rule =
        "use 1 to 63 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen";
    let sanitized = sanitize(&name.value);
    let sanitized = shorten(&sanitized, room);
    report.push(match is_name(sanitized) {
        true => diagnostic.help(format!("{rule}: `{sanitized}`")).patch(&name.span, sanitized),
        false => diagnostic.help(rule),
    });
    None
}

/// The nearest valid name.
pub(super) fn sanitize(text: &str) -> String {
    let lower: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .skip_while(|c| !c.is_ascii_lowercase())
        .take(LONGEST)
        .collect();
    lower.trim_end_matches('-').to_owned()
}

/// The cluster's own name, with everything that is derived from it alone; of a wrong one, the name that is suggested instead, if
/// there is one. `accounts`: which service accounts are created, the control plane's and the nodes'; `region`: where the subnet's name
/// is derived too.
pub(super) fn cluster(
    spec: &Spec,
    accounts: [bool; 2],
    region: Option<&str>,
    report: &mut Report,
) -> Result<String, Option<String>> {
    let help = "it is the prefix of every name: add `name: kub`";
    let name = required(spec, "name", spec.name.as_ref(), help, report).ok_or(None)?;
    let derived = |name: &str| {
        let derived = Derived(name);
        let account = |created: bool, id: String| created.then_some(("the service account id", id, LONGEST_ACCOUNT));
        let plain = |what, text| Some((what, text, LONGEST));
        let range = region.map(|region| format!("{}-pod", derived.subnet(region)));
        let names = [
            account(accounts[0], derived.control_plane_account()),
            account(accounts[1], derived.node_account()),
            plain("the firewall rule", derived.rule_api_health_checks()),
            range.and_then(|range| plain("the secondary range", range)),
        ];
        names.into_iter().flatten().collect::<Vec<_>>()
    };
    let room = derived("").iter().map(|(_, suffix, most)| most.saturating_sub(suffix.len())).min().unwrap_or_default();
    let suggested = || Some(shorten(&sanitize(&name.value), room).to_owned()).filter(|suggested| is_name(suggested));
    let valid = check_within(name, "cluster name", room, report).ok_or_else(suggested)?;
    let names = derived(&valid.value);
    let over = |(_, text, most): &&(&str, String, usize)| text.len().saturating_sub(*most);
    let tightest = names.iter().max_by_key(over).filter(|name| over(name) > 0);
    let Some((what, text, most)) = tightest else { return Ok(valid.value.clone()) };
    let help = format!("shorten `name` to at most {room} characters; it has {}", valid.value.len());
    let diagnostic = too_long(&name.span, what, text, *most).help(help);
    let suggested = suggested();
    report.push(match &suggested {
        Some(suggested) => diagnostic.patch(&name.span, suggested),
        None => diagnostic,
    });
    Err(suggested)
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
        report.push(Diagnostic::error(Code::MissingKey, format!("missing required key `{key}`")).help(help));
    }
    value
}

/// A derived name over its limit.
pub(super) fn too_long(span: &Span, what: &str, name: &str, most: usize) -> Diagnostic {
    let message = format!("{what} `{name}` has {} characters; it must have at most {most}", name.len());
    Diagnostic::error(Code::NameTooLong, message).at(span, "too long for names that are derived from it")
}

/// A name cut to so many characters, and still a name.
pub(super) fn shorten(name: &str, room: usize) -> &str {
    name.get(..room).unwrap_or(name).trim_end_matches('-')
}

/// The instance name that is derived from a pool's, whose key is at `span`; one that is too long is reported, and `None`.
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
    fn names_follow_rfc_1035() {
        for right in ["a", "kub-m", "k8s-vpc", &"a".repeat(63)] {
            assert!(is_name(right), "{right}");
        }
        for wrong in ["", "1a", "-a", "a-", "A", "a_b", "ä", &"a".repeat(64)] {
            assert!(!is_name(wrong), "{wrong}");
        }
        assert_eq!(sanitize("My_Cluster."), "my-cluster");
        assert_eq!(sanitize("1st web"), "st-web");
    }
}
