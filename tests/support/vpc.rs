//! The VPC as configured by the rendered Terraform: its ranges, its MTU, and each machine's alias range.
#![allow(dead_code, reason = "each level uses only part of it")]

use hcl::{Block, Body, Expression};

pub(crate) struct Vpc {
    pub(crate) mtu: usize,
    pub(crate) nodes: String,
    pub(crate) pods: String,
    pub(crate) services: String,
    pub(crate) machines: Vec<Vm>,
}

/// A machine from a `locals` list, and the boot file of its resource.
pub(crate) struct Vm {
    pub(crate) name: String,
    pub(crate) pods: String,
    /// `control-plane`, or the pool's name.
    pub(crate) group: String,
}

impl Vpc {
    pub(crate) fn read(terraform: &str) -> Self {
        let body = hcl::parse(terraform).unwrap();
        let (network, subnet) =
            (resource(&body, "google_compute_network", "vpc"), resource(&body, "google_compute_subnetwork", "nodes"));
        let secondary = |end: &str| {
            let mut ranges = subnet.body.blocks().filter(|block| block.identifier.as_str() == "secondary_ip_range");
            text(&ranges.find(|range| text(&range.body, "range_name").ends_with(end)).unwrap().body, "ip_cidr_range")
        };
        let resources = body
            .blocks()
            .filter(|block| block.labels.first().is_some_and(|kind| kind.as_str() == "google_compute_instance"));
        Self {
            mtu: text(&network.body, "mtu").parse().unwrap(),
            nodes: text(&subnet.body, "ip_cidr_range"),
            pods: secondary("-pod"),
            services: secondary("-svc"),
            machines: resources.flat_map(|instance| machines(&body, instance)).collect(),
        }
    }
}

fn resource<'a>(body: &'a Body, kind: &str, name: &str) -> &'a Block {
    let named = |block: &&Block| block.labels.iter().map(|label| label.as_str()).eq([kind, name]);
    body.blocks().find(named).unwrap_or_else(|| panic!("no {kind}.{name}"))
}

fn text(body: &Body, name: &str) -> String {
    let attribute = body.attributes().find(|attribute| attribute.key.as_str() == name);
    plain(&attribute.unwrap_or_else(|| panic!("no {name}")).expr)
}

fn plain(expression: &Expression) -> String {
    expression.to_string().trim_matches('"').to_owned()
}

/// `for_each = local.x`, where `x = { for node in [{ name = …, pods = … }, …] : node.name => node }`.
fn machines(body: &Body, instance: &Block) -> Vec<Vm> {
    let label = instance.labels[1].as_str();
    let mut locals =
        body.blocks().filter(|block| block.identifier.as_str() == "locals").flat_map(|block| block.body.attributes());
    let list = locals.find(|local| local.key.as_str() == label).unwrap_or_else(|| panic!("no local.{label}"));
    let Expression::ForExpr(each) = &list.expr else { panic!("local.{label} is not a list of machines") };
    let Expression::Array(nodes) = &each.collection_expr else { panic!("local.{label} is not a list of machines") };
    let written = instance.body.to_owned();
    let user_data = hcl::to_string(&written).unwrap();
    let group = user_data
        .split("cloud-init/")
        .nth(1)
        .and_then(|rest| rest.split(".yaml").next())
        .expect("a boot file")
        .to_owned();
    let value = |node: &Expression, name: &str| {
        let Expression::Object(entries) = node else { panic!("local.{label} is not a list of machines") };
        plain(entries.iter().find(|(key, _)| key.to_string() == name).unwrap().1)
    };
    nodes.iter().map(|node| Vm { name: value(node, "name"), pods: value(node, "pods"), group: group.clone() }).collect()
}
