//! Existing service accounts: which project each belongs to, which are shared, and the default one.

use super::Derived;
use crate::diag::{Code, Diagnostic, Report};
use crate::source::Spanned;
use crate::spec::Spec;

/// Warns about an account of another project and about the default one, and refuses one that the control plane shares with a pool.
/// `cluster`: the cluster's name, where it is valid.
pub(super) fn check(spec: &Spec, cluster: Option<&str>, report: &mut Report) {
    let control_plane = spec.control_plane.as_ref().and_then(|machine| machine.service_account.as_ref());
    let pools = spec.pools.iter().flatten().filter_map(|(_, pool)| pool.value.service_account.as_ref());
    for account in control_plane.into_iter().chain(pools.clone()) {
        let here = spec.project.as_ref().map(|project| project.value.as_str());
        if let (Some(home), Some(here)) = (project_of(&account.value).filter(|home| Some(*home) != here), here) {
            foreign(account, home, here, report);
        }
    }
    if let Some(account) = control_plane.filter(|account| is_default(&account.value)) {
        let secret = cluster.map_or("with the CA's keys".to_owned(), |name| Derived(name).pki_secret());
        let label = format!("every VM that runs as it can read the secret {secret}: full control of the cluster");
        default(account, "the control plane runs", label, report);
    }
    let apart = |account: &&Spanned<String>| control_plane.is_none_or(|first| first.value != account.value);
    for account in pools.clone().filter(apart).filter(|account| is_default(&account.value)) {
        let label =
            "by default an editor of the project, and so is everything that reaches these nodes' metadata server";
        default(account, "these nodes run", label.to_owned(), report);
    }
    let Some(first) = control_plane else { return };
    for account in pools.filter(|account| account.value == first.value) {
        report.push(
            Diagnostic::error(Code::SharedAccount, "the control plane and this pool use the same service account")
                .at(&account.span, "these nodes could read the secret with the CA's keys")
                .and(&first.span, "the control plane's")
                .help("remove `service_account` from the pool, and an account without roles is created for it"),
        );
    }
}

/// Compute Engine's default service account (cloud.google.com/compute/docs/access/service-accounts#default_service_account).
fn is_default(address: &str) -> bool {
    address.ends_with("-compute@developer.gserviceaccount.com")
}

fn default(account: &Spanned<String>, what: &str, label: String, report: &mut Report) {
    report.push(
        Diagnostic::warning(Code::DefaultAccount, format!("{what} as the default service account of Compute Engine"))
            .at(&account.span, label)
            .help("remove `service_account`, and an account with the fewest permissions is created"),
    );
}

fn foreign(account: &Spanned<String>, home: &str, here: &str, report: &mut Report) {
    report.push(
        Diagnostic::warning(Code::ForeignAccount, format!("the service account is from the project `{home}`, not `{here}`"))
            .at(&account.span, "")
            .help("use an account of this project, or make sure that the organisation policy iam.disableCrossProjectServiceAccountUsage is off there"),
    );
}

/// The project of an account, if its address says so. A default account's address has the project's number only.
fn project_of(address: &str) -> Option<&str> {
    let (id, domain) = address.split_once('@')?;
    match domain.strip_suffix(".iam.gserviceaccount.com") {
        Some(project) => Some(project),
        None if domain == "appspot.gserviceaccount.com" => Some(id),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_project_of_most_accounts() {
        assert_eq!(project_of("nodes@my-project.iam.gserviceaccount.com"), Some("my-project"));
        assert_eq!(project_of("my-project@appspot.gserviceaccount.com"), Some("my-project"));
        assert_eq!(project_of("1234-compute@developer.gserviceaccount.com"), None);
        assert_eq!(project_of("someone@example.com"), None);
    }
}
