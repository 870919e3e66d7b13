//! From what was written to what is valid: every part in turn, then what only the parts together can get wrong.

use super::ranges::{MOST_NODES, capacity};
use super::{
    Access, Cluster, ControlPlane, Derived, Kubernetes, Network, Pool, Routing, accounts, control_plane, firewall,
    labels, name, pool, ranges, reach, region, release, reserved, schedulable, terraform,
};
use crate::diag::{Code, Diagnostic, Report};
use crate::net::Cidr;
use crate::source::{Span, Spanned};
use crate::spec::{self, Spec};

/// What a VPC takes, in bytes (the API's discovery document, `Network.mtu`), and Google's default.
const MTU: (u32, u32) = (1300, 8896);
const DEFAULT_MTU: u32 = 1460;

/// The cluster that a description means, or `None` where the report has errors. Nothing stops at the first of them.
pub fn validate(spec: &Spec, report: &mut Report) -> Option<Cluster> {
    let project = region::project(spec, report);
    let region = region::region(spec, report);
    let zones = region::zones(spec.zones.as_ref(), region.as_ref(), report);
    let region_name = region.as_ref().map(|(name, _)| name.as_str());

    let default_subnet = match (&spec.network, &spec.name, region_name) {
        (Some(spec::Network { subnet: Some(_), .. }), ..) => None,
        (_, Some(name), Some(region)) => Some(Derived(&name.value).subnet(region)),
        _ => None,
    };
    let name = name::cluster(spec, created_accounts(spec), default_subnet, report);

    let asked_pods = spec.kubernetes.as_ref().and_then(|k| k.max_pods_per_node.as_ref());
    let pods_per_node = capacity::pods_per_node(asked_pods, report);
    let (version, release) = release::check(spec.kubernetes.as_ref().and_then(|k| k.version.as_ref()), report);
    let ranges = ranges::check(spec.network.as_ref(), report);

    let too_many = pool::total(spec) > MOST_NODES;
    let context = pool::Context { name: name.as_deref(), zones: &zones, region: region.as_ref(), too_many };
    let default = spec::ControlPlane::default();
    let control_plane = control_plane::check(spec.control_plane.as_ref().unwrap_or(&default), &context, report);
    let pools = pool::pools(spec, &context, report);
    pool::clashes(&control_plane, &pools, spec, report);
    fit(&control_plane, &pools, spec, report, |machines, report| {
        let Some(blocks) = pods_per_node else { return };
        let addresses = machines + usize::from(control_plane.names.len() > 1);
        capacity::check(&ranges, machines, addresses, blocks, largest(spec), report);
        capacity::pods(machines, blocks.0, asked_pods, largest(spec), report);
    });
    schedulable::check(spec, &pools, report);
    control_plane::check_load_balancers(spec, &control_plane, &pools, report);

    let google_labels = labels::google(spec.labels.as_ref(), report);
    let firewall = firewall::check(spec, name.as_deref(), report);
    let peers: Vec<Cidr> = ranges.peers.iter().map(|peer| peer.cidr).collect();
    let access = access(spec.access.as_ref(), report);
    let machines = reach::Machines { control_plane: &control_plane, pools: &pools, peers: &peers, rules: &firewall };
    reach::check(spec.access.as_ref(), &access, &machines, report);
    reserved::check(spec, name.as_deref(), report);
    accounts::check(spec, report);
    let terraform = terraform::check(spec.terraform.as_ref(), report);
    let network = network(spec.network.as_ref(), &control_plane, &pools, report);

    if report.has_errors() {
        return None;
    }
    let (name, (region, _)) = (name?, region?);
    let (max_pods_per_node, node_prefix) = pods_per_node?;
    let (vpc, subnet, mtu, routing, nat, ip_forward) = network;
    Some(Cluster {
        project: project?,
        labels: google_labels,
        kubernetes: Kubernetes { version, release, max_pods_per_node, node_prefix },
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
        },
        access,
        firewall,
        control_plane,
        pools,
        terraform,
        name,
        region,
    })
}

/// Whose service accounts are created: the control plane's, the nodes'.
fn created_accounts(spec: &Spec) -> [bool; 2] {
    let created = |account: Option<&Spanned<String>>| account.is_none();
    let control_plane = created(spec.control_plane.as_ref().and_then(|c| c.service_account.as_ref()));
    let nodes =
        spec.pools.as_ref().is_none_or(|pools| pools.values().any(|p| created(p.value.service_account.as_ref())));
    [control_plane, nodes]
}

/// Counts the machines and asks whether they fit, unless their number itself is wrong.
fn fit(
    control_plane: &ControlPlane,
    pools: &[Pool],
    spec: &Spec,
    report: &mut Report,
    check: impl FnOnce(usize, &mut Report),
) {
    let named = pools.iter().map(|pool| pool.names.len()).sum::<usize>();
    let nodes = pool::total(spec);
    // Of too many the names were not even derived.
    let machines = control_plane.names.len() + if nodes > MOST_NODES { nodes } else { named };
    if machines <= MOST_NODES {
        return check(machines, report);
    }
    let message = format!("{machines} machines; Kubernetes carries {MOST_NODES} in a cluster");
    let diagnostic = Diagnostic::error(Code::InvalidCount, message).help("make several clusters");
    report.push(match largest(spec) {
        Some(span) => diagnostic.at(span, "the largest pool"),
        None => diagnostic,
    });
}

/// Where the pool with most nodes stands.
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
fn network(spec: Option<&spec::Network>, control_plane: &ControlPlane, pools: &[Pool], report: &mut Report) -> Rest {
    let default = spec::Network::default();
    let spec = spec.unwrap_or(&default);
    if let Some(existing) = &spec.existing {
        let what = "VPCs and subnets that exist already";
        pool::not_supported(&existing.span, what, report);
    }
    let vpc = spec.name.as_ref().and_then(|name| name::check(name, "the name of a VPC", report));
    let subnet = spec.subnet.as_ref().and_then(|name| name::check(name, "the name of a subnet", report));
    if let Some(subnet) = subnet {
        let derived = format!("{}-pod", subnet.value);
        if !name::is_name(&derived) {
            let diagnostic = name::too_long(&subnet.span, "the secondary range", &derived, 63);
            let help = "shorten the subnet's name to at most 59 characters";
            report.push(diagnostic.help(help).patch(&subnet.span, name::shorten(&subnet.value, 59)));
        }
    }
    let mtu = spec.mtu.as_ref().map_or(DEFAULT_MTU, |mtu| mtu.value);
    if let Some(span) = spec.mtu.as_ref().filter(|mtu| !(MTU.0..=MTU.1).contains(&mtu.value)).map(|mtu| &mtu.span) {
        let message = format!("an MTU of {mtu}; a VPC takes {} to {}", MTU.0, MTU.1);
        let help = format!("the default is {DEFAULT_MTU}; 1500 and {} are common", MTU.1);
        let nearest = mtu.clamp(MTU.0, MTU.1).to_string();
        report.push(Diagnostic::error(Code::Mtu, message).at(span, "bytes").help(help).patch(span, nearest));
    }
    let private = private(control_plane, pools);
    let nat = spec.nat.as_ref().map_or(!private.is_empty(), |nat| nat.value);
    if let Some(span) = spec.nat.as_ref().filter(|nat| !nat.value && !private.is_empty()).map(|nat| &nat.span) {
        let message =
            format!("without Cloud NAT and external addresses, {} cannot reach the internet", private.join(" and "));
        let help = "they install containerd and Kubernetes from the internet at first boot: leave `nat` out, or give them `external_ip: true`";
        report.push(Diagnostic::warning(Code::NoEgress, message).at(span, "").help(help).patch(span, "true"));
    }
    (
        vpc.map(|name| name.value.clone()),
        subnet.map(|name| name.value.clone()),
        mtu,
        spec.routing.unwrap_or(Routing::Regional),
        nat,
        spec.ip_forward.unwrap_or(true),
    )
}

/// Who has no external address.
fn private(control_plane: &ControlPlane, pools: &[Pool]) -> Vec<String> {
    let without = |machine: &super::Machine| !machine.external_ip;
    let pools = pools.iter().filter(|pool| without(&pool.machine)).map(|pool| format!("the pool `{}`", pool.name));
    without(&control_plane.machine).then(|| "the control plane".to_owned()).into_iter().chain(pools).collect()
}
