//! From what was written to what is valid: every part in turn, then what only the parts together can get wrong.

use super::ranges::{MOST_NODES, capacity};
use super::{
    Access, Addons, Cluster, ControlPlane, Derived, InUse, Kubernetes, Network, PodSecurity, Pool, Routing, accounts,
    backup, control_plane, exposure, firewall, labels, name, pool, ranges, reach, region, release, reserved,
    schedulable, terraform, volumes,
};
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::net::Cidr;
use crate::source::{Span, Spanned};
use crate::spec::{self, Spec};

/// What a VPC takes, in bytes (the API's discovery document, `Network.mtu`), and Google's default.
const MTU: (i64, i64) = (1300, 8896);
const DEFAULT_MTU: i64 = 1460;

/// The cluster that a description means, or `None` where the report has errors: it is built of parts that were each found valid.
/// Nothing stops at the first error. `in_use`: what the cluster uses if it exists.
pub fn validate(spec: &Spec, in_use: Option<&InUse>, report: &mut Report) -> Option<Cluster> {
    // What could not be read is missing from `spec`, so the cluster would not be the one that was described.
    let read = (!report.has_errors()).then_some(());
    let project = region::project(spec, report);
    let region = region::region(spec, report);
    let zones = report.checked(|report| region::zones(spec.zones.as_ref(), region.as_ref(), report));
    let region_name = region.as_ref().map(|(name, _)| name.as_str());

    let subnet = spec.network.as_ref().and_then(|network| network.subnet.as_ref());
    let derived_from = region_name.filter(|_| subnet.is_none());
    let name = name::cluster(spec, created_accounts(spec), derived_from, report);
    // Errors of derived names are not hidden by a wrong name: they show with the one that is suggested instead.
    let prefix = match &name {
        Ok(name) => Some(name.as_str()),
        Err(suggested) => suggested.as_deref(),
    };

    let asked_pods = spec.kubernetes.as_ref().and_then(|k| k.max_pods_per_node.as_ref());
    let pods_per_node = capacity::pods_per_node(asked_pods, report);
    let asked_version = spec.kubernetes.as_ref().and_then(|k| k.version.as_ref());
    let version = report.checked(|report| release::check(asked_version, in_use, report));

    let nodes = pool::total(spec);
    let too_many = nodes > MOST_NODES;
    let context = pool::Context {
        prefix,
        zones: zones.as_deref().unwrap_or_default(),
        region: region.as_ref(),
        in_use,
        too_many,
    };
    let default = spec::ControlPlane::default();
    let written = spec.control_plane.as_ref().unwrap_or(&default);
    let control_plane = report.checked(|report| control_plane::check(written, &context, report));
    let pools = pool::pools(spec, &context, report);
    let control_planes = control_plane::total(written);
    let demand = machines(control_planes + nodes, spec, report).zip(pods_per_node).map(
        |(machines, (pods_per_node, node_prefix))| ranges::Demand {
            machines,
            addresses: machines + usize::from(control_planes > 1),
            pods_per_node,
            node_prefix,
        },
    );
    let ranges =
        report.checked(|report| ranges::check(spec.network.as_ref(), in_use, demand.as_ref(), largest(spec), report));
    if let Some(demand) = &demand {
        capacity::pods(demand.machines, demand.pods_per_node, asked_pods, largest(spec), report);
    }

    let labels = report.checked(|report| labels::google(spec.labels.as_ref(), report));
    let firewall = report.checked(|report| firewall::check(spec, prefix, report));
    let access = report.checked(|report| access(spec.access.as_ref(), report));
    let terraform = report.checked(|report| terraform::check(spec.terraform.as_ref(), report));
    let backup = report.checked(|report| backup::check(spec, project.as_deref(), name.as_deref().ok(), report));
    let network = report.checked(|report| network(spec.network.as_ref(), control_plane.as_ref(), &pools, report));
    let apart = report.checked(|report| {
        pool::clashes(control_plane.as_ref(), &pools, spec, report);
        if let Some(control_plane) = &control_plane {
            control_plane::state_disk_clashes(control_plane, spec, report);
        }
        reserved::check(spec, name.as_deref().ok(), report);
        accounts::check(spec, name.as_deref().ok(), report);
    });
    let pools: Option<Vec<Pool>> = pools.into_iter().collect();
    if let Some(pools) = &pools {
        schedulable::check(spec, pools, report);
    }

    read?;
    zones?;
    let (name, (region, _), project) = (name.ok()?, region?, project?);
    let (version, release) = version?;
    let demand = demand?;
    let (ranges, access, firewall) = (ranges?, access?, firewall?);
    let (control_plane, pools) = (control_plane?, pools?);
    control_plane::check_load_balancers(spec, &control_plane, &pools, report);
    let peers: Vec<Cidr> = ranges.peers.iter().map(|peer| peer.cidr).collect();
    let own = [&ranges.nodes, &ranges.pods, &ranges.services].into_iter().flatten();
    let own: Vec<Cidr> = own.map(|range| range.cidr).collect();
    let machines =
        reach::Machines { control_plane: &control_plane, pools: &pools, own: &own, peers: &peers, rules: &firewall };
    let reachable = report.checked(|report| reach::check(spec.access.as_ref(), &access, &machines, report));
    exposure::to_the_world(spec, &machines, report);
    exposure::privileged_pods(spec, report);
    let addons = addons(spec, &control_plane, &pools, report);
    let (vpc, subnet, mtu, routing, nat, ip_forward) = network?;
    apart?;
    reachable?;
    Some(Cluster {
        project,
        labels: labels?,
        kubernetes: Kubernetes {
            version,
            release,
            max_pods_per_node: demand.pods_per_node,
            node_prefix: demand.node_prefix,
            pod_security: pod_security(spec),
            encrypt_secrets: spec.kubernetes.as_ref().and_then(|k| k.encrypt_secrets).unwrap_or(false),
        },
        network: Network {
            name: vpc.unwrap_or_else(|| Derived(&name).vpc()),
            subnet: subnet.unwrap_or_else(|| Derived(&name).subnet(&region)),
            mtu,
            routing,
            nodes: ranges.nodes?.cidr,
            pods: ranges.pods?.cidr,
            services: ranges.services?.cidr,
            peers,
            nat,
            ip_forward,
            policy: spec.network.as_ref().and_then(|network| network.policy).unwrap_or(false),
        },
        access,
        firewall,
        control_plane,
        pools,
        addons,
        backup: backup?,
        terraform: terraform?,
        name,
        region,
    })
}

fn pod_security(spec: &Spec) -> PodSecurity {
    let written = spec.kubernetes.as_ref().and_then(|kubernetes| kubernetes.pod_security.as_ref());
    written.map_or(PodSecurity::Baseline, |written| written.value)
}

fn addons(spec: &Spec, control_plane: &ControlPlane, pools: &[Pool], report: &mut Report) -> Addons {
    let written = spec.addons.as_ref();
    let disk_csi = written.and_then(|addons| addons.disk_csi).unwrap_or(true);
    Addons {
        disk_csi: disk_csi.then(|| volumes::check(spec, control_plane, pools, report)),
        metrics_server: written.and_then(|addons| addons.metrics_server).unwrap_or(false),
    }
}

/// Whose service accounts are created: the control plane's, the nodes'.
fn created_accounts(spec: &Spec) -> [bool; 2] {
    let created = |account: Option<&Spanned<String>>| account.is_none();
    let control_plane = created(spec.control_plane.as_ref().and_then(|c| c.service_account.as_ref()));
    let nodes =
        spec.pools.as_ref().is_none_or(|pools| pools.values().any(|p| created(p.value.service_account.as_ref())));
    [control_plane, nodes]
}

/// How many machines there are. Too many are reported: then nothing follows from their number.
fn machines(machines: usize, spec: &Spec, report: &mut Report) -> Option<usize> {
    if machines <= MOST_NODES {
        return Some(machines);
    }
    let (machines, most) = (thousands(machines as u64), thousands(MOST_NODES as u64));
    let message = format!("{machines} machines; Kubernetes supports at most {most} nodes per cluster");
    let diagnostic = Diagnostic::error(Code::InvalidCount, message).help("split this into several clusters");
    report.push(match largest(spec) {
        Some(span) => diagnostic.at(span, "the largest pool"),
        None => diagnostic,
    });
    None
}

/// The key of the pool with most nodes.
fn largest(spec: &Spec) -> Option<&Span> {
    let pools = spec.pools.iter().flatten();
    pools.max_by_key(|(_, p)| p.value.count.as_ref().map_or(0, |count| count.value)).map(|(key, _)| &key.span)
}

fn access(access: Option<&spec::Access>, report: &mut Report) -> Access {
    let mut list = |list: Option<&Vec<Spanned<String>>>| -> Option<Vec<Cidr>> {
        Some(list?.iter().filter_map(|text| ranges::parse(text, 32, report)).collect())
    };
    let ssh = list(access.and_then(|a| a.ssh.as_ref()).map(|ssh| &ssh.value));
    let api = list(access.and_then(|a| a.api.as_ref()));
    Access {
        ssh: ssh.unwrap_or_else(|| vec![reach::IAP]),
        api: api.unwrap_or_default(),
        os_login: access.and_then(|a| a.os_login).unwrap_or(true),
    }
}

type Rest = (Option<String>, Option<String>, u32, Routing, bool, bool);

/// Everything of the network but its ranges: names, MTU, routing, NAT, forwarding.
fn network(
    spec: Option<&spec::Network>,
    control_plane: Option<&ControlPlane>,
    pools: &[Option<Pool>],
    report: &mut Report,
) -> Rest {
    let default = spec::Network::default();
    let spec = spec.unwrap_or(&default);
    if let Some(existing) = &spec.existing {
        let what = "existing VPCs and subnets";
        pool::not_supported(&existing.span, what, report);
    }
    let vpc = spec.name.as_ref().and_then(|name| name::check(name, "VPC name", report));
    let subnet = spec.subnet.as_ref().and_then(|name| name::check_within(name, "subnet name", 59, report));
    if let Some(subnet) = subnet {
        let derived = format!("{}-pod", subnet.value);
        if !name::is_name(&derived) {
            let diagnostic = name::too_long(&subnet.span, "the secondary range", &derived, 63);
            let help = "shorten the subnet's name to at most 59 characters";
            report.push(diagnostic.help(help).patch(&subnet.span, name::shorten(&subnet.value, 59)));
        }
    }
    let asked = spec.mtu.as_ref().map_or(DEFAULT_MTU, |mtu| mtu.value);
    let mtu = asked.clamp(MTU.0, MTU.1);
    if let Some(span) = spec.mtu.as_ref().filter(|_| mtu != asked).map(|mtu| &mtu.span) {
        let message = format!("an MTU of {asked}; it must be {} to {}", MTU.0, MTU.1);
        let help = format!("the default is {DEFAULT_MTU}; 1500 and {} are common too", MTU.1);
        report.push(Diagnostic::error(Code::Mtu, message).at(span, "bytes").help(help).patch(span, mtu.to_string()));
    }
    let private = private(control_plane, pools);
    let nat = spec.nat.as_ref().map_or(private.is_some(), |nat| nat.value);
    if let (Some(private), Some(span)) = (private, spec.nat.as_ref().filter(|nat| !nat.value).map(|nat| &nat.span)) {
        let message = format!("{private} cannot reach the internet without Cloud NAT or external addresses");
        let help = "machines install containerd and Kubernetes from the internet at first boot: remove `nat`, or set `external_ip: true`";
        report.push(Diagnostic::warning(Code::NoEgress, message).at(span, "").help(help).patch(span, "true"));
    }
    (
        vpc.map(|name| name.value.clone()),
        subnet.map(|name| name.value.clone()),
        u32::try_from(mtu).expect("an MTU within the limits"),
        spec.routing.unwrap_or(Routing::Regional),
        nat,
        spec.ip_forward.unwrap_or(true),
    )
}

/// The machines without an external address, of those that are valid: `the control plane and the pools `a` and `b``.
fn private(control_plane: Option<&ControlPlane>, pools: &[Option<Pool>]) -> Option<String> {
    let without = |machine: &super::Machine| !machine.external_ip;
    let control_plane = control_plane.filter(|control_plane| without(&control_plane.machine));
    let pools = pools.iter().flatten().filter(|pool| without(&pool.machine));
    let mut pools: Vec<String> = pools.map(|pool| format!("`{}`", pool.name)).collect();
    let last = pools.pop();
    let pools = last.map(|last| match pools.as_slice() {
        [] => format!("the pool {last}"),
        before => format!("the pools {} and {last}", before.join(", ")),
    });
    let all: Vec<String> = control_plane.map(|_| "the control plane".to_owned()).into_iter().chain(pools).collect();
    (!all.is_empty()).then(|| all.join(" and "))
}
