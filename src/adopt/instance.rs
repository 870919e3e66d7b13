//! What `gcloud compute instances list --format=json` prints: the API's own instances.

use std::net::Ipv4Addr;

use serde::Deserialize;

use crate::net::Cidr;

/// A machine that exists.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// Its zone; a link.
    zone: String,
    /// Its machine type; a link.
    machine_type: String,
    #[serde(default)]
    pub(super) can_ip_forward: bool,
    #[serde(default)]
    pub(super) network_interfaces: Vec<Interface>,
    #[serde(default)]
    pub(super) disks: Vec<Disk>,
    #[serde(default)]
    pub(super) service_accounts: Vec<Account>,
    #[serde(default)]
    pub(super) metadata: Metadata,
    #[serde(default)]
    pub(super) scheduling: Scheduling,
    #[serde(default)]
    pub(super) shielded_instance_config: Shielded,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Interface {
    subnetwork: String,
    #[serde(rename = "networkIP")]
    pub(super) address: Ipv4Addr,
    #[serde(default)]
    pub(super) alias_ip_ranges: Vec<Alias>,
    #[serde(default)]
    pub(super) access_configs: Vec<serde::de::IgnoredAny>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Alias {
    #[serde(rename = "ipCidrRange")]
    pub(super) range: String,
    #[serde(rename = "subnetworkRangeName")]
    pub(super) of: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Disk {
    #[serde(default)]
    pub(super) boot: bool,
    #[serde(default)]
    pub(super) auto_delete: bool,
    pub(super) device_name: Option<String>,
    /// A number, which the API writes as a string.
    pub(super) disk_size_gb: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Account {
    pub(super) email: String,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(default)]
    pub(super) items: Vec<Item>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Item {
    pub(super) key: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scheduling {
    #[serde(default)]
    pub(super) preemptible: bool,
    pub(super) provisioning_model: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shielded {
    #[serde(default)]
    pub(super) enable_secure_boot: bool,
}

/// The machines in gcloud's list.
pub fn read(text: &str) -> Result<Vec<Instance>, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("not a list of instances: {error}; print one with gcloud compute instances list --format=json")
    })
}

impl Instance {
    pub(super) fn zone(&self) -> &str {
        last(&self.zone)
    }

    pub(super) fn machine_type(&self) -> &str {
        last(&self.machine_type)
    }

    /// The first interface, which alone carries pods.
    pub(super) fn interface(&self) -> Option<&Interface> {
        self.network_interfaces.first()
    }

    pub(super) fn subnet(&self) -> Option<&str> {
        self.interface().map(|interface| last(&interface.subnetwork))
    }

    pub(super) fn boot_disk(&self) -> Option<&Disk> {
        self.disks.iter().find(|disk| disk.boot)
    }

    /// The alias ranges; Google writes each as a range.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (Option<Cidr>, &Alias)> {
        let aliases = self.interface().map_or(&[][..], |interface| &interface.alias_ip_ranges);
        aliases.iter().map(|alias| (alias.range.parse().ok(), alias))
    }

    pub(super) fn is_spot(&self) -> bool {
        self.scheduling.preemptible || self.scheduling.provisioning_model.as_deref() == Some("SPOT")
    }
}

/// The last part of a link.
fn last(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or(link)
}
