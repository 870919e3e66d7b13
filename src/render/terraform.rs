use serde::Serialize;

use super::format::format;
use super::templates::fill;
use crate::plan::{Group, Node, Plan};

/// What `templates/terraform` see: the plan, and what is only a matter of words.
#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    control_plane: GroupView<'a>,
    pools: Vec<GroupView<'a>>,
    /// vpcgen and its version.
    generator: &'a str,
    /// Prints the administrator's kubeconfig.
    kubeconfig_command: String,
    /// What `gcloud compute ssh` needs besides.
    ssh_flags: &'a str,
    /// The HCL expression of all machines by name.
    all_nodes: String,
}

#[derive(Serialize)]
struct GroupView<'a> {
    #[serde(flatten)]
    group: &'a Group,
    /// The HCL expression of the boot file's text.
    user_data: String,
}

/// The Terraform files in reading order, without headers. `user_data`: an HCL expression for each group of machines.
pub(super) fn parts(plan: &Plan, user_data: Vec<String>) -> Vec<(&'static str, String)> {
    let mut groups = plan.groups().zip(user_data).map(|(group, user_data)| GroupView { group, user_data });
    let control_plane = groups.next().expect("a plan has a control plane");
    let view = View {
        control_plane,
        pools: groups.collect(),
        generator: concat!("vpcgen ", env!("CARGO_PKG_VERSION")),
        kubeconfig_command: kubeconfig(plan),
        ssh_flags: ssh_flags(plan),
        all_nodes: all_nodes(plan),
        plan,
    };
    let names = ["versions.tf", "network.tf", "firewall.tf", "iam.tf", "control_plane.tf", "pools.tf", "outputs.tf"];
    let used = names.into_iter().filter(|name| *name != "pools.tf" || !plan.pools.is_empty());
    used.map(|name| (name, format(&fill(name, &view)))).collect()
}

/// Asks one control plane after the other, because every one of them can be down.
fn kubeconfig(plan: &Plan) -> String {
    let ask = |node: &Node| {
        format!(
            "gcloud compute ssh {} --project={} --zone={}{} --command='sudo cat /etc/kubernetes/admin.conf'",
            node.name,
            plan.project,
            node.zone,
            ssh_flags(plan)
        )
    };
    plan.control_plane.nodes.iter().map(ask).collect::<Vec<_>>().join(" || ")
}

fn ssh_flags(plan: &Plan) -> &'static str {
    if plan.ssh_through_iap { " --tunnel-through-iap" } else { "" }
}

fn all_nodes(plan: &Plan) -> String {
    let labels: Vec<String> = plan.groups().map(|group| format!("local.{}", group.label)).collect();
    if labels.len() == 1 { labels.concat() } else { format!("merge({})", labels.join(", ")) }
}
