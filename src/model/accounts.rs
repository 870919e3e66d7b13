//! Existing service accounts: which project each belongs to, and which are shared.

use crate::diag::{Code, Diagnostic, Report};
use crate::source::Spanned;
use crate::spec::Spec;

/// Warns about an account of another project, and refuses one that the control plane shares with a pool.
pub(super) fn check(spec: &Spec, report: &mut Report) {
    let control_plane = spec.control_plane.as_ref().and_then(|machine| machine.service_account.as_ref());
    let pools = spec.pools.iter().flatten().filter_map(|(_, pool)| pool.value.service_account.as_ref());
    for account in control_plane.into_iter().chain(pools.clone()) {
        let here = spec.project.as_ref().map(|project| project.value.as_str());
        if let (Some(home), Some(here)) = (project_of(&account.value).filter(|home| Some(*home) != here), here) {
            foreign(account, home, here, report);
        }
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
