use indexmap::IndexMap;
use serde::Deserialize;

use super::NotYet;
use crate::source::Spanned;

/// The machines that run the control plane.
///
/// The machine keys stand in each struct that has them: serde's `flatten` would lose their spans.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a mapping that describes the control plane's machines")]
pub struct ControlPlane {
    /// How many; 1.
    pub count: Option<Spanned<u32>>,
    /// Instance names instead of the derived ones.
    pub names: Option<Spanned<Vec<Spanned<String>>>>,
    /// Compute Engine machine type. Default: e2-standard-2.
    pub machine_type: Option<Spanned<String>>,
    /// Boot image, `projects/P/global/images/family/F`. Default: Ubuntu 24.04 LTS.
    pub image: Option<Spanned<String>>,
    /// Boot disk.
    pub disk: Option<Disk>,
    /// An external address. Default: false.
    pub external_ip: Option<bool>,
    /// Secure Boot. Default: false.
    pub secure_boot: Option<bool>,
    /// An existing service account instead of the created one.
    pub service_account: Option<Spanned<String>>,
}

/// A pool of nodes that are alike.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a mapping that describes a pool, such as `{count: 2}`")]
pub struct Pool {
    /// How many nodes.
    pub count: Option<Spanned<u32>>,
    /// Instance names instead of the derived ones.
    pub names: Option<Spanned<Vec<Spanned<String>>>>,
    /// Zones of this pool. Default: the cluster's.
    pub zones: Option<Spanned<Vec<Spanned<String>>>>,
    /// Spot VMs. Default: false.
    pub spot: Option<bool>,
    /// Labels of the Kubernetes nodes.
    pub labels: Option<IndexMap<Spanned<String>, Spanned<String>>>,
    /// Taints of the Kubernetes nodes.
    pub taints: Option<Vec<Spanned<Taint>>>,
    /// Compute Engine machine type. Default: e2-standard-2.
    pub machine_type: Option<Spanned<String>>,
    /// Boot image, `projects/P/global/images/family/F`. Default: Ubuntu 24.04 LTS.
    pub image: Option<Spanned<String>>,
    /// Boot disk.
    pub disk: Option<Disk>,
    /// An external address for each node. Default: false.
    pub external_ip: Option<bool>,
    /// Secure Boot. Default: false.
    pub secure_boot: Option<bool>,
    /// An existing service account instead of the created one.
    pub service_account: Option<Spanned<String>>,
    /// A managed instance group whose size follows the load.
    pub autoscale: Option<NotYet>,
    /// Accelerators.
    pub gpu: Option<NotYet>,
    /// Local SSDs.
    pub local_ssd: Option<NotYet>,
}

/// A boot disk.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a mapping such as `{size: 100, type: pd-balanced}`")]
pub struct Disk {
    /// GB. Default: 100.
    pub size: Option<Spanned<u32>>,
    /// Disk type. Default: pd-balanced.
    #[serde(rename = "type")]
    pub kind: Option<Spanned<String>>,
    /// Not deleted with the machine. Default: true for the control plane, false for pools.
    pub keep: Option<bool>,
}

/// A taint of a Kubernetes node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping such as `{key: dedicated, value: db, effect: NoSchedule}`"
)]
pub struct Taint {
    /// The taint's key.
    pub key: Option<Spanned<String>>,
    /// The taint's value. Default: empty.
    pub value: Option<Spanned<String>>,
    /// NoSchedule, PreferNoSchedule or NoExecute.
    pub effect: Option<Spanned<String>>,
}

/// The keys that every kind of machine has, wherever they were written.
#[derive(Debug, Clone, Copy)]
pub struct Machine<'a> {
    /// Compute Engine machine type.
    pub machine_type: Option<&'a Spanned<String>>,
    /// Boot image.
    pub image: Option<&'a Spanned<String>>,
    /// Boot disk.
    pub disk: Option<&'a Disk>,
    /// An external address.
    pub external_ip: Option<bool>,
    /// Secure Boot.
    pub secure_boot: Option<bool>,
    /// An existing service account.
    pub service_account: Option<&'a Spanned<String>>,
}

macro_rules! machine {
    ($($of:ty),*) => {$(
        impl $of {
            /// The keys that it shares with every other kind of machine.
            pub fn machine(&self) -> Machine<'_> {
                Machine {
                    machine_type: self.machine_type.as_ref(),
                    image: self.image.as_ref(),
                    disk: self.disk.as_ref(),
                    external_ip: self.external_ip,
                    secure_boot: self.secure_boot,
                    service_account: self.service_account.as_ref(),
                }
            }
        }
    )*};
}
machine!(ControlPlane, Pool);
