use crate::plan::{Account, Group, Plan};

/// A constraint of organisation policies that could forbid part of the cluster.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its name, without `constraints/`.
    pub constraint: &'static str,
    /// What the policy must allow; empty for a constraint that is on or off and must be off.
    pub value: String,
    /// What to do if it does not.
    pub fix: String,
}

pub(super) fn of(plan: &Plan) -> Vec<Policy> {
    let mut all = Vec::new();
    let mut add = |constraint, value: String, fix: &str| {
        all.push(Policy { constraint, value, fix: fix.to_owned() });
    };
    let created = matches!(plan.accounts.control_plane, Account::Created(_)) || plan.accounts.nodes.is_some();
    if created {
        add(
            "iam.disableServiceAccountCreation",
            String::new(),
            "set service_account for the control plane and each pool",
        );
    }
    if plan.groups().any(|group| !group.secure_boot) {
        add("compute.requireShieldedVm", String::new(), "set secure_boot: true for the control plane and each pool");
    }
    if !plan.os_login {
        add("compute.requireOsLogin", String::new(), "set access.os_login: true");
    }
    for instance in first_of_each(plan, |group| group.external_ip) {
        add("compute.vmExternalIpAccess", instance, "set external_ip: false");
    }
    for instance in first_of_each(plan, |group| group.ip_forward) {
        add("compute.vmCanIpForward", instance, "set network.ip_forward: false");
    }
    let subnet = format!("projects/{}/regions/{}/subnetworks/{}", plan.project, plan.region, plan.network.subnet);
    if plan.network.nat.is_some() {
        add("compute.restrictCloudNATUsage", subnet, "set network.nat: false, and provide another way to the internet");
    }
    if plan.load_balancer.is_some() {
        add(
            "compute.restrictLoadBalancerCreationForTypes",
            "INTERNAL_TCP_UDP".to_owned(),
            "set control_plane.count: 1, which needs no load balancer",
        );
    }
    let mut projects: Vec<String> = plan.groups().filter_map(|group| image_project(&group.image)).collect();
    projects.sort();
    projects.dedup();
    for project in projects {
        add("compute.trustedImageProjects", project, "set image to one of a project that the policy allows");
    }
    // Subnets without flow logs have none of the values that this constraint demands.
    add(
        "compute.requireVpcFlowLogs",
        "no flow logs".to_owned(),
        "ask for an exception: subnets are created without flow logs",
    );
    add("gcp.resourceLocations", plan.region.clone(), "set region to one that the policy allows");
    for constraint in ["gcp.restrictServiceUsage", "gcp.restrictNonCmekServices"] {
        for api in &plan.requirements.apis {
            let fix = match constraint {
                "gcp.restrictServiceUsage" => "ask for an exception: the cluster needs this API",
                _ => "ask for an exception: disks, secrets and buckets are encrypted with keys of Google",
            };
            add(constraint, format!("{api}.googleapis.com"), fix);
        }
    }
    all
}

/// One machine of each group that something is true of: the policies name single machines.
fn first_of_each(plan: &Plan, has: impl Fn(&Group) -> bool) -> Vec<String> {
    let groups = plan.groups().filter(|group| has(group));
    let first = groups.filter_map(|group| group.nodes.first());
    first.map(|node| format!("projects/{}/zones/{}/instances/{}", plan.project, node.zone, node.name)).collect()
}

/// `projects/P`, of `projects/P/global/images/…`.
fn image_project(image: &str) -> Option<String> {
    let project = image.strip_prefix("projects/")?.split('/').next()?;
    Some(format!("projects/{project}"))
}
