use std::net::Ipv4Addr;

use super::{BOOT_FOLDER, Network, Role};
use crate::lock::Lock;
use crate::model::{Cluster, Derived, Machine, Route, Taint};
use crate::net::Cidr;

/// A group of identical machines: the control plane or a pool.
#[derive(Debug, Clone)]
pub struct Group {
    /// Terraform's label of the resource and of the list of machines.
    pub label: String,
    /// The pool's name, or `control-plane`.
    pub name: String,
    /// Path of the group's boot file in the tree.
    pub boot_file: String,
    /// The role of the machines.
    pub role: Role,
    /// The machines, in order.
    pub nodes: Vec<Node>,
    /// Whether one of them has a given address.
    pub addresses: bool,
    /// Compute Engine machine type.
    pub machine_type: String,
    /// Boot image.
    pub image: String,
    /// Boot disk's size in GB.
    pub disk_size: u32,
    /// Boot disk's type.
    pub disk_type: String,
    /// Whether the disk outlives the machine.
    pub keep_disk: bool,
    /// Whether each machine gets an external address.
    pub external_ip: bool,
    /// How to log in from outside the VPC; `None` if that is not possible.
    pub ssh: Option<Route>,
    /// Secure Boot.
    pub secure_boot: bool,
    /// `can_ip_forward`.
    pub ip_forward: bool,
    /// Spot VMs.
    pub spot: bool,
    /// Provisioning model and host maintenance policy.
    pub scheduling: Scheduling,
    /// Network tags.
    pub tags: Vec<String>,
    /// Email address of an existing service account; `None` for the one created for this role.
    pub service_account: Option<String>,
    /// Labels of the Kubernetes nodes, each `key=value`.
    pub node_labels: Vec<String>,
    /// Taints of the Kubernetes nodes.
    pub taints: Vec<Taint>,
    /// Whether the machines must wait for Cloud NAT, without which the first boot cannot install packages.
    pub waits_for_nat: bool,
}

/// How Compute Engine schedules a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheduling {
    /// `STANDARD` or `SPOT`.
    pub provisioning_model: &'static str,
    /// During host maintenance: `MIGRATE`, or `TERMINATE` (and restart, unless it is a Spot VM).
    pub on_host_maintenance: &'static str,
}

impl Scheduling {
    fn new(machine: &Machine, spot: bool) -> Self {
        Self {
            provisioning_model: if spot { "SPOT" } else { "STANDARD" },
            on_host_maintenance: if spot || !machine.live_migration { "TERMINATE" } else { "MIGRATE" },
        }
    }
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Instance name, and name of the Kubernetes node.
    pub name: String,
    /// Its zone.
    pub zone: String,
    /// Its alias IP range, from which its pods get their addresses.
    pub pods: Cidr,
    /// The internal address that is reserved for it, if the lock has one; otherwise Google chooses it.
    pub address: Option<Ipv4Addr>,
}

/// Takes the zone and the pod range of every machine from the lock.
pub(super) fn plan(cluster: &Cluster, network: &Network, lock: &Lock) -> (Group, Vec<Group>) {
    let nodes = |names: &[String]| -> Vec<Node> {
        let node = |name: &String| {
            let place = &lock.nodes[name];
            Node { name: name.clone(), zone: place.zone.clone(), pods: place.pods, address: place.address }
        };
        names.iter().map(node).collect()
    };
    let derived = Derived(&cluster.name);
    let mut tags = vec![derived.control_plane_tag()];
    if cluster.pools.is_empty() {
        // Without pools, load balancers send traffic to the control plane.
        tags.push(derived.node_tag());
    }
    let control_plane = Group {
        label: "control_plane".to_owned(),
        name: "control-plane".to_owned(),
        boot_file: boot_file("control-plane"),
        role: Role::ControlPlane,
        addresses: cluster.control_plane.names.iter().any(|name| lock.nodes[name].address.is_some()),
        nodes: nodes(&cluster.control_plane.names),
        ssh: cluster.ssh_route(None),
        ..group(cluster, network, &cluster.control_plane.machine, tags)
    };
    let pools = cluster.pools.iter().map(|pool| Group {
        label: Derived::label(&pool.name),
        name: pool.name.clone(),
        boot_file: boot_file(&pool.name),
        role: Role::Node,
        nodes: nodes(&pool.names),
        ssh: cluster.ssh_route(Some(pool)),
        spot: pool.spot,
        scheduling: Scheduling::new(&pool.machine, pool.spot),
        node_labels: pool.labels.iter().map(|(key, value)| format!("{key}={value}")).collect(),
        taints: pool.taints.clone(),
        ..group(cluster, network, &pool.machine, vec![derived.node_tag()])
    });
    (control_plane, pools.collect())
}

fn boot_file(group: &str) -> String {
    format!("{BOOT_FOLDER}/{group}.yaml")
}

fn group(cluster: &Cluster, network: &Network, machine: &Machine, tags: Vec<String>) -> Group {
    Group {
        label: String::new(),
        name: String::new(),
        boot_file: String::new(),
        role: Role::Node,
        nodes: Vec::new(),
        addresses: false,
        machine_type: machine.machine_type.clone(),
        image: machine.image.clone(),
        disk_size: machine.disk.size,
        disk_type: machine.disk.kind.clone(),
        keep_disk: machine.disk.keep,
        external_ip: machine.external_ip,
        ssh: None,
        secure_boot: machine.secure_boot,
        ip_forward: cluster.network.ip_forward,
        spot: false,
        scheduling: Scheduling::new(machine, false),
        tags,
        service_account: machine.service_account.clone(),
        node_labels: Vec::new(),
        taints: Vec::new(),
        waits_for_nat: !machine.external_ip && network.nat.is_some(),
    }
}
