use std::ops::Deref;

use super::format::format;
use super::hcl::{filters, quote};
use super::templates::templates;
use crate::model::Route;
use crate::plan::{Account, Group, Node, Plan, Role};

templates! {
    /// The Terraform files in reading order. One that has nothing to say is empty.
    FILES of View: "terraform/versions.tf", "terraform/network.tf", "terraform/firewall.tf", "terraform/iam.tf",
        "terraform/control_plane.tf", "terraform/pools.tf", "terraform/backup.tf", "terraform/outputs.tf"
}

/// The values available to `templates/terraform`: the plan, HCL expressions and shell commands.
struct View<'a> {
    plan: &'a Plan,
    /// The HCL expression for the text of the boot file of each group.
    user_data: Vec<String>,
    /// The HCL expression for the control planes' account as a member of a policy.
    control_plane_member: String,
    /// The name and version of vpcgen.
    generator: &'a str,
    /// How to log in, for each route in use.
    ssh: Vec<Ssh>,
    /// Commands that need SSH access to the control plane.
    admin: Option<Admin>,
    /// The HCL expression for a map of all machines by name.
    all_nodes: String,
}

impl Deref for View<'_> {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        self.plan
    }
}

impl View<'_> {
    fn user_data(&self, group: &Group) -> &str {
        let position = self.plan.groups().position(|other| other.label == group.label);
        &self.user_data[position.expect("a group of the plan")]
    }
}

/// The machines that share a login route.
struct Ssh {
    /// The HCL expression for a map of these machines by name.
    nodes: String,
    /// The flags that `gcloud compute ssh` needs for them.
    flags: &'static str,
}

/// Commands for the administrator's workstation.
struct Admin {
    /// The file that the next command writes.
    kubeconfig: String,
    /// Writes a new kubeconfig of an administrator.
    kubeconfig_command: String,
    /// Points that file at the control plane's external address. Looks the address up when it runs, because Terraform does not know
    /// the address during the apply that enables it, and a machine gets a new one after a stop.
    external_command: String,
    /// Forwards a local port to the API server.
    tunnel_command: String,
    /// Reports the state of the cluster.
    status_command: String,
}

/// The Terraform files in reading order, without headers. `user_data` contains an HCL expression for each group of machines.
pub(super) fn parts(plan: &Plan, user_data: Vec<String>) -> impl Iterator<Item = (&'static str, String)> {
    let view = View {
        user_data,
        control_plane_member: member(&plan.accounts.control_plane),
        generator: concat!("vpcgen ", env!("CARGO_PKG_VERSION")),
        ssh: ssh(plan),
        admin: admin(plan),
        all_nodes: merged(plan.groups()),
        plan,
    };
    let files = FILES.iter().map(move |(path, fill)| {
        let mut text = String::new();
        fill(&view, &mut text);
        (path.trim_start_matches("terraform/"), format(&text))
    });
    files.filter(|(_, text)| !text.is_empty())
}

fn member(control_plane: &Account) -> String {
    match control_plane {
        Account::Created(_) => "google_service_account.control_plane.member".to_owned(),
        Account::Existing(email) => quote(&format!("serviceAccount:{email}")),
    }
}

fn ssh(plan: &Plan) -> Vec<Ssh> {
    let routes = [Route::IdentityAwareProxy, Route::ExternalAddress, Route::InternalAddress];
    let groups = |route| plan.groups().filter(move |group| group.ssh == Some(route));
    let used = routes.into_iter().filter(|route| groups(*route).next().is_some());
    used.map(|route| Ssh { nodes: merged(groups(route)), flags: flags(route) }).collect()
}

/// By default, `gcloud compute ssh` uses the external address if there is one.
fn flags(route: Route) -> &'static str {
    match route {
        Route::IdentityAwareProxy => " --tunnel-through-iap",
        Route::ExternalAddress => "",
        Route::InternalAddress => " --internal-ip",
    }
}

fn admin(plan: &Plan) -> Option<Admin> {
    let (first, route) = (plan.control_plane.nodes.first()?, plan.control_plane.ssh?);
    let machine = format!("{} --project={} --zone={}", first.name, plan.project, first.zone);
    let address = format!(
        "gcloud compute instances describe {machine} --format='value(networkInterfaces[0].accessConfigs[0].natIP)'"
    );
    let (name, endpoint) = (&plan.name, &plan.dns.endpoint);
    // Tries one control plane after the other, because any of them can be down.
    let on_any = |command: &str| {
        let ask = |node: &Node| {
            let machine = format!("{} --project={} --zone={}", node.name, plan.project, node.zone);
            format!("gcloud compute ssh {machine}{} {command}", flags(route))
        };
        plan.control_plane.nodes.iter().map(ask).collect::<Vec<_>>().join(" || ")
    };
    let read = on_any("--command='sudo admin-kubeconfig'");
    let read = if plan.load_balancer.is_some() { format!("{{ {read}; }}") } else { read };
    let kubeconfig = format!("{name}.kubeconfig");
    Some(Admin {
        kubeconfig_command: format!("(umask 077; {read} > {kubeconfig})"),
        external_command: format!(
            "kubectl --kubeconfig={kubeconfig} config set-cluster {name} --server=https://$({address}):6443 --tls-server-name={endpoint}"
        ),
        tunnel_command: on_any("-- -N -L 6443:localhost:6443"),
        status_command: on_any("--command='sudo cluster-status'"),
        kubeconfig,
    })
}

/// The HCL expression for a map of all machines in these groups by name.
fn merged<'a>(groups: impl Iterator<Item = &'a Group>) -> String {
    let labels: Vec<String> = groups.map(|group| format!("local.{}", group.label)).collect();
    if labels.len() == 1 { labels.concat() } else { format!("merge({})", labels.join(", ")) }
}
