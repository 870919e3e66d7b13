//! Reads rendered HCL back and holds it against the plan: every planned machine, range, rule and account is in it, and no
//! resource that the plan does not know.

use std::collections::BTreeSet;

use hcl::{Block, Body, Expression};
use vpcgen::plan::{Group, Plan};

/// Fails on the first thing that is in one and not in the other.
pub(crate) fn compare(text: &str, plan: &Plan) {
    let body: Body = hcl::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(resources(&body), expected(plan));
    network(&body, plan);
    for group in plan.groups() {
        machines(&body, group);
    }
    firewall(&body, plan);
    accounts(&body, plan);
    let providers = body.blocks().filter(|block| block.identifier() == "provider").count();
    assert_eq!(providers, usize::from(!plan.module));
}

fn resources(body: &Body) -> BTreeSet<String> {
    let blocks = body.blocks().filter(|block| block.identifier() == "resource");
    let names: Vec<String> = blocks.map(name).collect();
    let unique: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(unique.len(), names.len(), "a resource twice: {names:?}");
    unique
}

fn name(block: &Block) -> String {
    block.labels().iter().map(|label| label.as_str()).collect::<Vec<_>>().join(".")
}

fn expected(plan: &Plan) -> BTreeSet<String> {
    let mut names: Vec<String> = [
        "google_compute_network.vpc",
        "google_compute_subnetwork.nodes",
        "google_dns_managed_zone.cluster",
        "google_dns_record_set.api",
        "google_compute_address.control_plane",
        "google_compute_firewall.internal",
        "google_compute_firewall.health_checks",
        "google_secret_manager_secret.join",
        "google_secret_manager_secret_iam_member.join_writer",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut when = |there: bool, resources: &[&str]| {
        if there {
            names.extend(resources.iter().map(|name| (*name).to_owned()));
        }
    };
    let created = matches!(plan.accounts.control_plane, vpcgen::plan::Account::Created(_));
    when(plan.network.nat.is_some(), &["google_compute_router.nat", "google_compute_router_nat.nat"]);
    when(plan.firewall.ssh.is_some(), &["google_compute_firewall.ssh"]);
    when(plan.firewall.api.is_some(), &["google_compute_firewall.api"]);
    when(created, &["google_service_account.control_plane", "google_project_iam_member.control_plane"]);
    let reader = "google_secret_manager_secret_iam_member.join_reader";
    when(plan.accounts.nodes.is_some(), &["google_service_account.nodes", reader]);
    let existing = format!("{reader}_existing");
    when(!plan.accounts.existing_nodes.is_empty(), &[existing.as_str()]);
    names.extend(plan.firewall.extra.iter().map(|rule| format!("google_compute_firewall.{}", rule.label)));
    names.extend(plan.groups().map(|group| format!("google_compute_instance.{}", group.label)));
    names.into_iter().collect()
}

fn resource<'a>(body: &'a Body, wanted: &str) -> &'a Body {
    body.blocks().find(|block| name(block) == wanted).unwrap_or_else(|| panic!("no {wanted}")).body()
}

fn child<'a>(body: &'a Body, identifier: &str) -> &'a Body {
    let found = body.blocks().find(|block| block.identifier() == identifier);
    found.unwrap_or_else(|| panic!("no block {identifier}")).body()
}

fn attribute<'a>(body: &'a Body, key: &str) -> &'a Expression {
    let found = body.attributes().find(|attribute| attribute.key() == key);
    found.unwrap_or_else(|| panic!("no attribute {key}")).expr()
}

fn text(body: &Body, key: &str) -> String {
    match attribute(body, key) {
        Expression::String(text) => text.clone(),
        other => panic!("{key} is no text: {other}"),
    }
}

fn texts(expression: &Expression) -> Vec<String> {
    let Expression::Array(items) = expression else { panic!("no list: {expression}") };
    items
        .iter()
        .map(|item| if let Expression::String(text) = item { text.clone() } else { panic!("no text: {item}") })
        .collect()
}

fn network(body: &Body, plan: &Plan) {
    let vpc = resource(body, "google_compute_network.vpc");
    assert_eq!(text(vpc, "name"), plan.network.vpc);
    assert_eq!(attribute(vpc, "mtu").to_string(), plan.network.mtu.to_string());
    let subnet = resource(body, "google_compute_subnetwork.nodes");
    assert_eq!(text(subnet, "ip_cidr_range"), plan.network.nodes.to_string());
    let secondary = subnet.blocks().filter(|block| block.identifier() == "secondary_ip_range");
    let ranges: Vec<_> = secondary.map(|b| (text(b.body(), "range_name"), text(b.body(), "ip_cidr_range"))).collect();
    let planned = [
        (plan.network.pods_range.clone(), plan.network.pods.to_string()),
        (plan.network.services_range.clone(), plan.network.services.to_string()),
    ];
    assert_eq!(ranges, planned);
    let zone = resource(body, "google_dns_managed_zone.cluster");
    assert_eq!(text(zone, "dns_name"), plan.dns.dns_name);
}

/// The list of machines behind `for_each`, entry by entry, and the block that each takes from it.
fn machines(body: &Body, group: &Group) {
    let locals = body.blocks().filter(|block| block.identifier() == "locals");
    let list = locals.flat_map(|block| block.body().attributes()).find(|a| a.key() == group.label);
    let Some(Expression::ForExpr(each)) = list.map(|attribute| attribute.expr()) else {
        panic!("no list of {}", group.label)
    };
    let Expression::Array(items) = &each.collection_expr else { panic!("no list: {}", each.collection_expr) };
    let read: Vec<String> = items.iter().map(|item| item.to_string()).collect();
    let planned = group.nodes.iter().map(|node| {
        format!("{{\n  name = \"{}\"\n  zone = \"{}\"\n  pods = \"{}\"\n}}", node.name, node.zone, node.pods)
    });
    assert_eq!(read, planned.collect::<Vec<_>>());
    let machine = resource(body, &format!("google_compute_instance.{}", group.label));
    let alias = child(child(machine, "network_interface"), "alias_ip_range");
    assert_eq!(attribute(alias, "ip_cidr_range").to_string(), "each.value.pods");
    assert_eq!(attribute(machine, "for_each").to_string(), format!("local.{}", group.label));
    assert_eq!(text(machine, "machine_type"), group.machine_type);
    assert_eq!(texts(attribute(machine, "tags")), group.tags);
    let external = child(machine, "network_interface").blocks().any(|block| block.identifier() == "access_config");
    assert_eq!(external, group.external_ip);
}

fn firewall(body: &Body, plan: &Plan) {
    for rule in &plan.firewall.extra {
        let read = resource(body, &format!("google_compute_firewall.{}", rule.label));
        assert_eq!(text(read, "name"), rule.name);
        assert_eq!(texts(attribute(read, "source_ranges")), rule.source_ranges);
        let allow = read.blocks().filter(|block| block.identifier() == "allow").map(|block| {
            let ports = block.body().attributes().find(|a| a.key() == "ports").map(|a| texts(a.expr()));
            (text(block.body(), "protocol"), ports.unwrap_or_default())
        });
        let planned = rule.allow.iter().map(|allow| (allow.protocol.clone(), allow.ports.clone()));
        assert_eq!(allow.collect::<Vec<_>>(), planned.collect::<Vec<_>>());
    }
    let internal = resource(body, "google_compute_firewall.internal");
    let ranges = [plan.network.nodes.to_string(), plan.network.pods.to_string()];
    assert_eq!(texts(attribute(internal, "source_ranges")), ranges);
}

fn accounts(body: &Body, plan: &Plan) {
    if let Some(id) = &plan.accounts.nodes {
        assert_eq!(text(resource(body, "google_service_account.nodes"), "account_id"), *id);
    }
    if let vpcgen::plan::Account::Created(id) = &plan.accounts.control_plane {
        assert_eq!(text(resource(body, "google_service_account.control_plane"), "account_id"), *id);
    }
    assert_eq!(text(resource(body, "google_secret_manager_secret.join"), "secret_id"), plan.join_secret);
}
