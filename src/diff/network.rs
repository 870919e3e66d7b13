//! What happens to everything that is not a machine.

use std::collections::BTreeMap;

use serde_json::Value;

use super::effect::{Action, Effect, Severity};
use super::side::Context;
use super::terraform::{ArgumentChange, Planned, ResourceChange};
use super::words::{arrow, count, list, show, verb};
use super::{firewall, state, vpc};

/// The effects of all other resources.
pub(super) fn effects(changes: &[ResourceChange], context: &Context<'_>) -> Vec<Effect> {
    let mut all = firewall::effects(changes, context);
    all.extend(state::disks(changes, context));
    let mut groups: BTreeMap<(&str, Planned, Vec<&str>), Vec<&ResourceChange>> = BTreeMap::new();
    for change in changes {
        if matches!(change.address.kind, "google_compute_instance" | "google_compute_firewall")
            || state::is_disk_of_its_own(change)
        {
            continue;
        }
        if let Some(effects) = vpc::alone(change, subject(change), context) {
            all.extend(effects);
            continue;
        }
        let paths: Vec<&str> =
            change.arguments.iter().map(|a| a.path.as_str()).filter(|path| *path != "labels").collect();
        // Labels have an effect of their own, and what is ignored has none.
        if paths.is_empty() && matches!(change.planned, Planned::Update | Planned::Nothing) {
            continue;
        }
        groups.entry((subject(change), change.planned, paths)).or_default().push(change);
    }
    all.extend(groups.into_iter().map(|((subject, planned, _), changes)| several(subject, planned, &changes, context)));
    all
}

/// What a resource belongs to.
fn subject(change: &ResourceChange) -> &'static str {
    let label = change.address.label.as_str();
    match change.address.kind {
        "google_compute_network" => "VPC",
        "google_compute_subnetwork" => "subnet",
        "google_compute_router" | "google_compute_router_nat" => "Cloud NAT",
        "google_dns_managed_zone" => "DNS",
        "google_dns_record_set" => "DNS",
        "google_compute_address" if label == "control_plane" => "reserved addresses",
        "google_compute_disk" => "state disks",
        "google_secret_manager_secret" => "secrets",
        "google_storage_bucket" | "google_storage_bucket_iam_member" => "backup bucket",
        "google_compute_address"
        | "google_compute_instance_group"
        | "google_compute_instance_group_membership"
        | "google_compute_region_health_check"
        | "google_compute_region_backend_service"
        | "google_compute_forwarding_rule" => "load balancer",
        _ => "service accounts and roles",
    }
}

/// The keys that may be behind a change of these.
fn keys(subject: &str) -> &'static [&'static str] {
    match subject {
        "VPC" => &["network.name", "network.routing", "network.mtu", "name"],
        "subnet" => {
            &["network.subnet", "network.nodes", "network.pods", "network.services", "network.name", "region", "name"]
        }
        "Cloud NAT" => &["network.nat", "control_plane.external_ip", "pools", "network.name", "region", "name"],
        "DNS" => &["control_plane.count", "control_plane.names", "name", "network.name"],
        "reserved addresses" | "state disks" => &[
            "control_plane.count",
            "control_plane.names",
            "control_plane.state_disk",
            "zones",
            "network.nodes",
            "network.subnet",
            "network.name",
            "region",
            "name",
        ],
        "load balancer" => &[
            "control_plane.count",
            "control_plane.names",
            "zones",
            "network.nodes",
            "network.subnet",
            "network.name",
            "region",
            "name",
        ],
        "secrets" => &["region", "name", "project"],
        "backup bucket" => &["backup", "control_plane.service_account", "project", "name"],
        _ => &["addons.disk_csi", "control_plane.service_account", "pools", "control_plane.count", "project", "name"],
    }
}

/// Resources of one kind to which the same happens.
fn several(subject: &'static str, planned: Planned, changes: &[&ResourceChange], context: &Context<'_>) -> Effect {
    let addresses: Vec<String> = changes.iter().map(|change| change.address.to_string()).collect();
    let resources = count(changes.len(), "resource");
    let are = verb(changes.len(), "are");
    let names = short(&addresses);
    let values = |change: &ResourceChange| -> Vec<String> {
        change.arguments.iter().filter(|argument| argument.path != "labels").map(value).collect()
    };
    let (action, severity, what, why) = match planned {
        Planned::Create => (Action::Create, Severity::Info, format!("{resources} {are} created: {names}"), ""),
        Planned::Replace | Planned::Delete if changes.iter().any(|change| change.guarded) => (
            Action::Refused,
            Severity::Danger,
            format!("Terraform refuses to destroy the secret with the CA: {names}"),
            GUARDED,
        ),
        Planned::Delete => {
            (Action::Delete, Severity::Caution, format!("{resources} {are} deleted: {names}"), deletion(subject))
        }
        Planned::Replace if matches!(subject, "VPC" | "subnet") => {
            (Action::Refused, Severity::Danger, format!("{resources} {are} replaced: {names}"), IN_USE)
        }
        Planned::Replace => {
            let (severity, why) = replacement(subject, changes);
            (Action::Replace, severity, format!("{resources} {are} replaced: {names}"), why)
        }
        Planned::Update | Planned::Nothing => {
            let severity = if subject == "service accounts and roles" { Severity::Info } else { Severity::Caution };
            (Action::Update, severity, format!("{resources} {} in place: {names}", verb(changes.len(), "change")), "")
        }
    };
    // Those that a whole load balancer consists of.
    let why = match (subject, planned) {
        ("load balancer", Planned::Create) if changes.len() > 3 => {
            "The API's DNS record moves to it once it is complete"
        }
        ("DNS", Planned::Update) => "Clients follow within a minute, the record's time to live",
        _ => why,
    };
    let cause = context.keys.cause(keys(subject)).or_else(|| context.keys.root());
    let mut effect = Effect::new(action, severity, subject, what).why(why).cause(cause);
    effect.change = changes.first().map(|change| values(change).join(", ")).unwrap_or_default();
    effect.attributes =
        changes.first().map(|first| first.arguments.iter().map(|a| a.path.clone()).collect()).unwrap_or_default();
    effect.addresses = addresses;
    effect
}

/// A few addresses; all of them are in the plan.
fn short(addresses: &[String]) -> String {
    match addresses {
        all if all.len() <= 2 => list(all),
        [first, ..] => format!("{first} and {} more", addresses.len() - 1),
        [] => String::new(),
    }
}

/// An argument's change in words.
fn value(argument: &ArgumentChange) -> String {
    let path = &argument.path;
    match argument.follows && argument.before == argument.after {
        true => format!("`{path}` is recreated"),
        false => lists(argument).unwrap_or_else(|| arrow(path, &show(&argument.before), &show(&argument.after))),
    }
}

/// Of long lists only what comes and goes.
fn lists(argument: &ArgumentChange) -> Option<String> {
    let (before, after) = (argument.before.as_array()?, argument.after.as_array()?);
    if before.len().max(after.len()) <= 5 {
        return None;
    }
    let only = |one: &[Value], other: &[Value]| -> Vec<String> {
        one.iter().filter(|item| !other.contains(item)).map(show).collect()
    };
    let (gone, new) = (only(before, after), only(after, before));
    let part = |sign: &str, all: Vec<String>| (!all.is_empty()).then(|| format!("{sign} {}", list(&all)));
    let parts: Vec<String> = [part("without", gone), part("with", new)].into_iter().flatten().collect();
    Some(format!("`{}` {}", argument.path, parts.join(", ")))
}

fn deletion(subject: &str) -> &'static str {
    match subject {
        "Cloud NAT" => {
            "Machines without an external address, and all pods on them, lose their way to the internet at once"
        }
        "service accounts and roles" => "What still uses them loses its rights at once",
        "load balancer" => "Clients that still use its address lose the API",
        _ => "",
    }
}

fn replacement(subject: &str, changes: &[&ResourceChange]) -> (Severity, &'static str) {
    match subject {
        "DNS" => (Severity::Danger, "The API's name does not resolve meanwhile"),
        "reserved addresses" => (
            Severity::Danger,
            "A control plane with another address is not the member of etcd that its certificates name",
        ),
        "load balancer" if changes.iter().all(|change| change.address.kind.ends_with("membership")) => {
            (Severity::Info, "A machine that is replaced joins its group again")
        }
        "load balancer" => (Severity::Danger, "The API is unavailable meanwhile"),
        "Cloud NAT" => (Severity::Caution, "Connections to the internet end meanwhile"),
        _ => (Severity::Caution, "The new right comes after the old one is gone"),
    }
}

/// Why the secret with the CA stays.
const GUARDED: &str = "The whole plan fails. Nothing else has the CA but the control planes";

/// What Google refuses while machines are there; the apply gets there after a part of the changes is made.
const IN_USE: &str = "Google refuses to delete it while machines use it, after a part of the changes has been applied";
