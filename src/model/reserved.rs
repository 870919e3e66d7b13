//! Names that are valid but already in use, by Google in every project or by Google's DNS.

use super::{Derived, name};
use crate::diag::{Code, Diagnostic, Report};
use crate::source::Spanned;
use crate::spec::Spec;

/// The VPC that Google creates in a new project (cloud.google.com/vpc/docs/vpc#default-network).
const DEFAULT_NETWORK: &str = "default";
/// What the names of its firewall rules begin with: `default-allow-ssh`, `default-allow-internal` and so on.
const DEFAULT_RULES: &str = "default-allow-";
/// Whose `internal` zone holds the metadata server's name (cloud.google.com/compute/docs/internal-dns).
const GOOGLE: &str = "google";

/// Checks the cluster's name, the VPC's and those of firewall rules. `cluster`: the first of these, where it is a name.
pub(super) fn check(spec: &Spec, cluster: Option<&str>, report: &mut Report) {
    let zone = spec.name.as_ref().filter(|name| cluster == Some(&name.value));
    if let Some(name) = zone {
        zone_of_google(name, spec.project.as_ref(), report);
    }
    let vpc = spec.network.as_ref().and_then(|network| network.name.as_ref());
    if let Some(vpc) = vpc.filter(|vpc| vpc.value == DEFAULT_NETWORK) {
        let message =
            format!("the VPC name `{DEFAULT_NETWORK}` is already in use: Google creates one in every project");
        let diagnostic = Diagnostic::error(Code::ReservedName, message).at(&vpc.span, "");
        let other = cluster.map(|cluster| Derived(cluster).vpc()).filter(|other| name::is_name(other));
        report.push(match other {
            Some(other) => diagnostic.help(format!("choose another name, such as `{other}`")).patch(&vpc.span, other),
            None => diagnostic.help("choose another name"),
        });
    }
    for (rule, _) in spec.firewall.iter().flatten() {
        let Some(rest) = rule.value.strip_prefix(DEFAULT_RULES).filter(|_| name::is_name(&rule.value)) else {
            continue;
        };
        let message = format!("firewall rules named `{DEFAULT_RULES}…` belong to Google's default network");
        let diagnostic = Diagnostic::error(Code::ReservedName, message).at(&rule.span, "exists in most projects");
        let other = cluster.map(|cluster| format!("{cluster}-allow-{rest}"));
        let is_free = |other: &String| {
            name::is_name(other) && !spec.firewall.iter().flatten().any(|(taken, _)| taken.value == *other)
        };
        report.push(match other.filter(is_free) {
            Some(other) => diagnostic.help(format!("choose another name, such as `{other}`")).patch(&rule.span, other),
            None => diagnostic.help("choose another name"),
        });
    }
}

/// The cluster's private zone `NAME.internal` would hide names that Google's own DNS answers in the VPC.
fn zone_of_google(name: &Spanned<String>, project: Option<&Spanned<String>>, report: &mut Report) {
    let project = project.filter(|project| project.value == name.value);
    let hidden = match project {
        Some(project) => format!("c.{}.internal, where Google keeps the names of the VMs", project.value),
        None if name.value == GOOGLE => "metadata.google.internal, the metadata server".to_owned(),
        None => return,
    };
    let message = format!("the private zone {}.internal would hide {hidden}", name.value);
    report.push(
        Diagnostic::error(Code::ReservedName, message)
            .at(&name.span, "")
            .and(project.map(|project| &project.span), "the same as the project's id")
            .help("choose another name for the cluster, such as `kub`")
            .patch(&name.span, "kub"),
    );
}
