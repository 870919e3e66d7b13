use serde::Serialize;

use super::format::format;
use super::templates::{OF_TERRAFORM, Values};
use crate::model::Route;
use crate::plan::{Group, Node, Plan};

/// The values available to `templates/terraform`: the plan, HCL expressions and shell commands.
#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    control_plane: GroupView<'a>,
    pools: Vec<GroupView<'a>>,
    /// The name and version of vpcgen.
    generator: &'a str,
    /// How to log in, for each route in use.
    ssh: Vec<Ssh>,
    /// Commands that need SSH access to the control plane.
    admin: Option<Admin>,
    /// The HCL expression for a map of all machines by name.
    all_nodes: String,
}

#[derive(Serialize)]
struct GroupView<'a> {
    #[serde(flatten)]
    group: &'a Group,
    /// The HCL expression for the text of the boot file.
    user_data: String,
}

/// The machines that share a login route.
#[derive(Serialize)]
struct Ssh {
    /// The HCL expression for a map of these machines by name.
    nodes: String,
    /// The flags that `gcloud compute ssh` needs for them.
    flags: &'static str,
}

/// Commands for the administrator's workstation.
#[derive(Serialize)]
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
    let mut groups = plan.groups().zip(user_data).map(|(group, user_data)| GroupView { group, user_data });
    let control_plane = groups.next().expect("a plan has a control plane");
    let values = Values::of(&View {
        control_plane,
        pools: groups.collect(),
        generator: concat!("vpcgen ", env!("CARGO_PKG_VERSION")),
        ssh: ssh(plan),
        admin: admin(plan),
        all_nodes: merged(plan.groups()),
        plan,
    });
    let names = [
        "versions.tf",
        "network.tf",
        "firewall.tf",
        "iam.tf",
        "control_plane.tf",
        "pools.tf",
        "backup.tf",
        "outputs.tf",
    ];
    let used = names.into_iter().filter(|name| match *name {
        "pools.tf" => !plan.pools.is_empty(),
        "backup.tf" => plan.backup.is_some(),
        _ => true,
    });
    used.map(move |name| (name, format(&values.fill(&OF_TERRAFORM, name))))
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
