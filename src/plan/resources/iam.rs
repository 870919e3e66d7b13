use serde_json::{Value, json};

use super::{Address, Resource};
use crate::plan::{Account, CustomRole, Plan};

/// Service accounts, their roles, and the secrets for the join data and the CA with their IAM members.
pub(super) fn of(plan: &Plan) -> Vec<Resource> {
    let Plan { project, accounts, join_secret, .. } = plan;
    let email = |id: &str| format!("{id}@{project}.iam.gserviceaccount.com");
    let account = |label: &str, id: &str, display: &str| {
        Resource::new(
            Address::one("google_service_account", label),
            format!("projects/{project}/serviceAccounts/{}", email(id)),
            json!({ "account_id": id, "display_name": format!("{}: {display}", plan.name) }),
        )
    };
    let mut all = Vec::new();
    let (writer, writer_email) = match &accounts.control_plane {
        Account::Created(id) => {
            all.push(account("control_plane", id, "control plane"));
            let member = "${google_service_account.control_plane.member}";
            all.extend(accounts.control_plane_role.iter().flat_map(|role| custom_role(plan, role, member, &email(id))));
            (member.to_owned(), email(id))
        }
        Account::Existing(existing) => (format!("serviceAccount:{existing}"), existing.clone()),
    };
    if let Some(id) = &accounts.nodes {
        all.push(account("nodes", id, "nodes"));
    }
    let created = [("control_plane", created_id(&accounts.control_plane)), ("nodes", accounts.nodes.as_deref())];
    all.extend(created.into_iter().filter_map(|(label, id)| {
        let role = "roles/artifactregistry.reader";
        Some(Resource::new(
            Address::one("google_project_iam_member", format!("{label}_images")),
            format!("{project} {role} serviceAccount:{}", email(id?)),
            json!({ "project": project, "role": role, "member": format!("${{google_service_account.{label}.member}}") }),
        ))
    }));
    let acts_as = [
        ("nodes", accounts.acts_as_nodes.then_some(accounts.nodes.as_deref()).flatten()),
        ("control_plane", accounts.acts_as_itself.then_some(created_id(&accounts.control_plane)).flatten()),
    ];
    all.extend(acts_as.into_iter().filter_map(|(label, id)| {
        let role = "roles/iam.serviceAccountUser";
        Some(Resource::new(
            Address::one("google_service_account_iam_member", label),
            format!("projects/{project}/serviceAccounts/{} {role} serviceAccount:{writer_email}", email(id?)),
            json!({
                "service_account_id": format!("${{google_service_account.{label}.name}}"),
                "role": role,
                "member": writer,
            }),
        ))
    }));
    let secret = |label: &'static str, id: &str, guard: Option<Value>| {
        let mut arguments = json!({
            "secret_id": id,
            "replication": [{ "user_managed": [{ "replicas": [{ "location": plan.region }] }] }],
        });
        if let Some(guard) = guard {
            arguments["lifecycle"] = guard;
        }
        Resource::new(
            Address::one("google_secret_manager_secret", label),
            format!("projects/{project}/secrets/{id}"),
            plan.labelled(arguments),
        )
    };
    let may = |label: &str, id: &str, address: Address, role: &str, member: &str, email: &str| {
        Resource::new(
            address,
            format!("projects/{project}/secrets/{id} {role} serviceAccount:{email}"),
            json!({ "secret_id": format!("${{google_secret_manager_secret.{label}.id}}"), "role": role, "member": member }),
        )
    };
    all.push(secret("join", join_secret, None));
    let member = |address: Address, role: &str, member: String, email: &str| {
        may("join", join_secret, address, role, &member, email)
    };
    let kind = "google_secret_manager_secret_iam_member";
    let (write, read) = ("roles/secretmanager.secretVersionManager", "roles/secretmanager.secretAccessor");
    all.push(member(Address::one(kind, "join_writer"), write, writer.clone(), &writer_email));
    if let Some(id) = &accounts.nodes {
        let nodes = "${google_service_account.nodes.member}".to_owned();
        all.push(member(Address::one(kind, "join_reader"), read, nodes, &email(id)));
    }
    all.extend(accounts.existing_nodes.iter().map(|existing| {
        let address = Address::each(kind, "join_reader_existing", existing);
        member(address, read, format!("serviceAccount:{existing}"), existing)
    }));
    if plan.load_balancer.is_some() {
        all.push(member(Address::one(kind, "join_reader_control_plane"), read, writer.clone(), &writer_email));
    }
    all.push(secret("pki", &plan.state.secret, Some(json!([{ "prevent_destroy": true }]))));
    all.extend(
        [read, "roles/secretmanager.secretVersionAdder"]
            .map(|role| may("pki", &plan.state.secret, Address::each(kind, "pki", role), role, &writer, &writer_email)),
    );
    all
}

fn created_id(account: &Account) -> Option<&str> {
    match account {
        Account::Created(id) => Some(id),
        Account::Existing(_) => None,
    }
}

/// The control plane's custom role, and its holder.
fn custom_role(plan: &Plan, role: &CustomRole, member: &str, email: &str) -> [Resource; 2] {
    let project = &plan.project;
    let name = format!("projects/{project}/roles/{}", role.id);
    [
        Resource::new(
            Address::one("google_project_iam_custom_role", "control_plane"),
            name.clone(),
            json!({
                "role_id": role.id,
                "title": format!("{}: control plane", plan.name),
                "permissions": role.permissions.concat(),
            }),
        ),
        Resource::new(
            Address::one("google_project_iam_member", "control_plane"),
            format!("{project} {name} serviceAccount:{email}"),
            json!({
                "project": project,
                "role": "${google_project_iam_custom_role.control_plane.name}",
                "member": member,
            }),
        ),
    ]
}
