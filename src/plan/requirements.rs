use super::{Account, Accounts};

/// What must exist before the tree can be applied.
#[derive(Debug, Clone)]
pub struct Requirements {
    /// APIs that must be enabled in the project, without `.googleapis.com`.
    pub apis: Vec<&'static str>,
    /// Project roles that applying requires, without `roles/`.
    pub roles: Vec<&'static str>,
}

/// Creating service accounts and granting roles requires additional roles; so does a bucket for snapshots.
pub(super) fn plan(accounts: &Accounts, backup: bool) -> Requirements {
    let grants = matches!(accounts.control_plane, Account::Created(_));
    let creates = grants || accounts.nodes.is_some();
    let apis = [
        (creates, "cloudresourcemanager"),
        (true, "compute"),
        (true, "dns"),
        (creates, "iam"),
        (true, "secretmanager"),
        (backup, "storage"),
    ];
    let roles = [
        (true, "compute.instanceAdmin.v1"),
        (true, "compute.networkAdmin"),
        (true, "compute.securityAdmin"),
        (true, "dns.admin"),
        (grants, "iam.roleAdmin"),
        (creates, "iam.serviceAccountAdmin"),
        (true, "iam.serviceAccountUser"),
        (creates, "resourcemanager.projectIamAdmin"),
        (true, "secretmanager.admin"),
        (backup, "storage.admin"),
    ];
    let needed =
        |all: &[(bool, &'static str)]| all.iter().filter(|(needed, _)| *needed).map(|(_, name)| *name).collect();
    Requirements { apis: needed(&apis), roles: needed(&roles) }
}

/// Permissions that show whether a caller has a role: Terraform needs them, and the other required roles do not contain them.
pub(super) fn permissions(role: &str) -> &'static [&'static str] {
    match role {
        "compute.instanceAdmin.v1" => {
            &["compute.disks.create", "compute.instances.create", "compute.instances.setMetadata"]
        }
        "compute.networkAdmin" => &["compute.networks.create", "compute.routers.create", "compute.subnetworks.create"],
        "compute.securityAdmin" => &["compute.firewalls.create", "compute.networks.updatePolicy"],
        "dns.admin" => &["dns.changes.create", "dns.managedZones.create", "dns.networks.bindPrivateDNSZone"],
        "iam.roleAdmin" => &["iam.roles.create", "iam.roles.update"],
        "iam.serviceAccountAdmin" => &["iam.serviceAccounts.create", "iam.serviceAccounts.setIamPolicy"],
        "iam.serviceAccountUser" => &["iam.serviceAccounts.actAs"],
        "resourcemanager.projectIamAdmin" => &["resourcemanager.projects.setIamPolicy"],
        "secretmanager.admin" => &["secretmanager.secrets.create", "secretmanager.secrets.setIamPolicy"],
        "storage.admin" => &["storage.buckets.create", "storage.buckets.setIamPolicy"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trees_that_create_accounts_require_roles_for_that() {
        let existing = || Account::Existing("a@p.iam.gserviceaccount.com".to_owned());
        let accounts = |control_plane, nodes| Accounts {
            control_plane,
            control_plane_role: None,
            acts_as_nodes: false,
            acts_as_itself: false,
            nodes,
            existing_nodes: Vec::new(),
        };
        let all = plan(&accounts(Account::Created("kub-control-plane".to_owned()), None), true);
        assert_eq!((all.apis.len(), all.roles.len()), (6, 10));
        assert!(all.roles.iter().all(|role| !permissions(role).is_empty()));
        let nodes = plan(&accounts(existing(), Some("kub-nodes".to_owned())), true);
        assert!(nodes.apis.contains(&"iam") && nodes.roles.contains(&"iam.serviceAccountAdmin"));
        assert!(!nodes.roles.contains(&"iam.roleAdmin") && nodes.roles.contains(&"resourcemanager.projectIamAdmin"));
        let none = plan(&accounts(existing(), None), false);
        assert_eq!(none.apis, ["compute", "dns", "secretmanager"]);
        assert!(!none.roles.contains(&"iam.serviceAccountAdmin") && none.roles.contains(&"iam.serviceAccountUser"));
    }
}
