//! Instances and their disks.

use std::{collections::BTreeMap, net::Ipv4Addr};

use ipnet::Ipv4Net;
use serde_json::Value;

use crate::google::{
    World,
    cidr::parse_checked,
    json::{entries, flag, list, number, text, texts},
    link,
};

/// A virtual machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Instance {
    /// `projects/P/zones/Z/instances/N`
    pub(crate) path: String,
    pub(crate) project: String,
    pub(crate) zone: String,
    pub(crate) name: String,
    /// The numeric id. A replacement instance has the same name and another id.
    pub(crate) id: u64,
    pub(crate) status: Status,
    /// The number of times it was started or reset, including its creation: a new number means a new boot.
    pub(crate) boots: u64,
    pub(crate) machine_type: String,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) tags: Vec<String>,
    pub(crate) labels: BTreeMap<String, String>,
    /// In the order of their index, starting with the boot disk.
    pub(crate) disks: Vec<AttachedDisk>,
    pub(crate) service_account: Option<ServiceAccount>,
    pub(crate) can_ip_forward: bool,
}

/// The states in the stand-in. Operations finish immediately, so there are no transitional states.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Status {
    Running,
    /// Stopped, by the API or by a shutdown of the guest.
    Terminated,
}

/// A network interface.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Interface {
    /// `nic0`
    pub(crate) name: String,
    /// The paths of network and subnetwork.
    pub(crate) network: String,
    pub(crate) subnetwork: String,
    pub(crate) address: Ipv4Addr,
    pub(crate) external: Option<Ipv4Addr>,
    /// In the order of the request: the cloud-controller-manager uses the first one.
    pub(crate) aliases: Vec<Ipv4Net>,
}

/// A disk as the instance sees it: `/dev/disk/by-id/google-DEVICE_NAME`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AttachedDisk {
    pub(crate) device_name: String,
    /// The path of the disk; `None` for a local SSD.
    pub(crate) disk: Option<String>,
    pub(crate) boot: bool,
    pub(crate) read_only: bool,
    pub(crate) auto_delete: bool,
    pub(crate) size_gb: u64,
}

/// A persistent disk, attached or not.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Disk {
    /// `projects/P/zones/Z/disks/N`
    pub(crate) path: String,
    /// The numeric id. A replacement disk has the same name, another id and no content.
    pub(crate) id: u64,
    pub(crate) size_gb: u64,
    /// The path of its source image.
    pub(crate) image: Option<String>,
    /// The path of its source snapshot.
    pub(crate) snapshot: Option<String>,
}

/// The service account of an instance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServiceAccount {
    pub(crate) email: String,
    pub(crate) scopes: Vec<String>,
}

pub(super) fn all(world: &World) -> Vec<Instance> {
    world.all("instances").map(|(path, instance)| read(world, path, instance)).collect()
}

fn read(world: &World, path: &str, instance: &Value) -> Instance {
    let label = |(key, value): (&String, &Value)| (key.clone(), value.as_str().unwrap_or_default().to_owned());
    let items = list(&instance["metadata"], "items").iter();
    Instance {
        path: path.to_owned(),
        project: path.split('/').nth(1).unwrap_or_default().to_owned(),
        zone: link::name(link::scope(path)).to_owned(),
        name: link::name(path).to_owned(),
        id: id(instance),
        status: if instance["status"] == "RUNNING" { Status::Running } else { Status::Terminated },
        boots: world.boots.get(text(instance, "id")).copied().unwrap_or_default(),
        machine_type: link::name(text(instance, "machineType")).to_owned(),
        interfaces: list(instance, "networkInterfaces").iter().map(interface).collect(),
        metadata: items.map(|item| (text(item, "key").to_owned(), text(item, "value").to_owned())).collect(),
        tags: texts(&instance["tags"], "items").into_iter().map(str::to_owned).collect(),
        labels: entries(&instance["labels"]).map(label).collect(),
        disks: list(instance, "disks").iter().map(attached).collect(),
        service_account: list(instance, "serviceAccounts").first().map(|account| ServiceAccount {
            email: text(account, "email").to_owned(),
            scopes: texts(account, "scopes").into_iter().map(str::to_owned).collect(),
        }),
        can_ip_forward: flag(instance, "canIpForward"),
    }
}

fn interface(nic: &Value) -> Interface {
    let access = list(nic, "accessConfigs").first();
    Interface {
        name: text(nic, "name").to_owned(),
        network: link::own(&nic["network"]).unwrap_or_default(),
        subnetwork: link::own(&nic["subnetwork"]).unwrap_or_default(),
        address: text(nic, "networkIP").parse().expect("the stand-in chose or checked it"),
        external: access.and_then(|access| text(access, "natIP").parse().ok()),
        aliases: list(nic, "aliasIpRanges").iter().map(|alias| parse_checked(text(alias, "ipCidrRange"))).collect(),
    }
}

fn attached(disk: &Value) -> AttachedDisk {
    AttachedDisk {
        device_name: text(disk, "deviceName").to_owned(),
        disk: link::own(&disk["source"]),
        boot: flag(disk, "boot"),
        read_only: disk["mode"] == "READ_ONLY",
        auto_delete: flag(disk, "autoDelete"),
        size_gb: size(disk, "diskSizeGb"),
    }
}

pub(super) fn disks(world: &World) -> Vec<Disk> {
    let read = |(path, disk): (&String, &Value)| Disk {
        path: path.clone(),
        id: id(disk),
        size_gb: size(disk, "sizeGb"),
        image: link::own(&disk["sourceImage"]),
        snapshot: link::own(&disk["sourceSnapshot"]),
    };
    world.all("disks").map(read).collect()
}

fn id(resource: &Value) -> u64 {
    text(resource, "id").parse().expect("the stand-in's ids are numbers")
}

fn size(disk: &Value, key: &str) -> u64 {
    number(disk, key).and_then(|size| size.try_into().ok()).unwrap_or_default()
}
