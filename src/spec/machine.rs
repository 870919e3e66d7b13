use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::grammar::{DiskType, Effect, Image, MachineType, Mapping, Name, NodeKey, NodeValue, ServiceAccount, Zone};
use super::not_yet::NotYet;
use crate::source::Spanned;

// The machine keys are repeated in each struct that has them: serde's `flatten` would lose their spans.

/// The machines that run the control plane.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping that describes the control plane's machines")]
pub struct ControlPlane {
    /// How many, each in the next zone: 1, or 3 or 5, of which one or two can fail. Default: 1.
    #[schemars(extend("enum" = [1, 3, 5], "default" = 1))]
    pub count: Option<Spanned<i64>>,
    /// The disk of each control plane that outlives its machine: etcd's data and the cluster's CA.
    pub state_disk: Option<StateDisk>,
    /// Instance names instead of the derived ones.
    #[schemars(with = "Vec<Name>")]
    pub names: Option<Spanned<Vec<Spanned<String>>>>,
    /// Compute Engine machine type. Default: e2-standard-2.
    #[schemars(with = "MachineType", extend("default" = "e2-standard-2"))]
    pub machine_type: Option<Spanned<String>>,
    /// Boot image, `projects/P/global/images/family/F`. Default: Ubuntu 24.04 LTS.
    #[schemars(with = "Image")]
    pub image: Option<Spanned<String>>,
    /// Boot disk.
    pub disk: Option<Disk>,
    /// An external address. Default: false.
    #[schemars(extend("default" = false))]
    pub external_ip: Option<bool>,
    /// Secure Boot. Default: false.
    #[schemars(extend("default" = false))]
    pub secure_boot: Option<bool>,
    /// An existing service account instead of the created one; it must hold `compute.loadBalancerAdmin` and
    /// `compute.securityAdmin`, or no load balancer comes up.
    #[schemars(with = "ServiceAccount")]
    pub service_account: Option<Spanned<String>>,
}

/// A pool of identical nodes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping that describes a pool, such as `{count: 2}`")]
#[schemars(extend("anyOf" = [{"required": ["count"]}, {"required": ["names"]}]))]
pub struct Pool {
    /// How many nodes.
    #[schemars(range(min = 0, max = 5000), example = 2)]
    pub count: Option<Spanned<i64>>,
    /// Instance names instead of the derived ones.
    #[schemars(with = "Vec<Name>")]
    pub names: Option<Spanned<Vec<Spanned<String>>>>,
    /// Zones of this pool. Default: the cluster's.
    #[schemars(with = "Vec<Zone>")]
    pub zones: Option<Spanned<Vec<Spanned<String>>>>,
    /// Spot VMs. Default: false.
    #[schemars(extend("default" = false))]
    pub spot: Option<bool>,
    /// Labels of the Kubernetes nodes.
    #[schemars(with = "Mapping<NodeKey, NodeValue>")]
    pub labels: Option<IndexMap<Spanned<String>, Spanned<String>>>,
    /// Taints of the Kubernetes nodes.
    pub taints: Option<Vec<Spanned<Taint>>>,
    /// Compute Engine machine type. Default: e2-standard-2.
    #[schemars(with = "MachineType", extend("default" = "e2-standard-2"))]
    pub machine_type: Option<Spanned<String>>,
    /// Boot image, `projects/P/global/images/family/F`. Default: Ubuntu 24.04 LTS.
    #[schemars(with = "Image")]
    pub image: Option<Spanned<String>>,
    /// Boot disk.
    pub disk: Option<Disk>,
    /// An external address for each node. Default: false.
    #[schemars(extend("default" = false))]
    pub external_ip: Option<bool>,
    /// Secure Boot. Default: false.
    #[schemars(extend("default" = false))]
    pub secure_boot: Option<bool>,
    /// An existing service account instead of the created one.
    #[schemars(with = "ServiceAccount")]
    pub service_account: Option<Spanned<String>>,
    /// A managed instance group whose size follows the load.
    #[schemars(skip)]
    pub autoscale: Option<NotYet>,
    /// Accelerators.
    #[schemars(skip)]
    pub gpu: Option<NotYet>,
    /// Local SSDs.
    #[schemars(skip)]
    pub local_ssd: Option<NotYet>,
}

/// A boot disk.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping such as `{size: 100, type: pd-balanced}`")]
pub struct Disk {
    /// GB. Default: 100.
    #[schemars(range(min = 10, max = 65_536), extend("default" = 100))]
    pub size: Option<Spanned<i64>>,
    /// Disk type. Default: pd-balanced.
    #[serde(rename = "type")]
    #[schemars(with = "DiskType", extend("default" = "pd-balanced"))]
    pub kind: Option<Spanned<String>>,
    /// Not deleted with the machine, which then cannot be replaced. Default: false.
    #[schemars(extend("default" = false))]
    pub keep: Option<Spanned<bool>>,
}

/// The disk that outlives a control plane's machine.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a mapping such as `{size: 20, type: pd-ssd}`")]
pub struct StateDisk {
    /// GB. Default: 20.
    #[schemars(range(min = 10, max = 65_536), extend("default" = 20))]
    pub size: Option<Spanned<i64>>,
    /// Disk type. Default: pd-ssd, or hyperdisk-balanced where the machine type takes no Persistent Disk.
    #[serde(rename = "type")]
    #[schemars(with = "DiskType")]
    pub kind: Option<Spanned<String>>,
}

/// A taint of a Kubernetes node.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping such as `{key: dedicated, value: db, effect: NoSchedule}`"
)]
#[schemars(extend("required" = ["key", "effect"]))]
pub struct Taint {
    /// The taint's key.
    #[schemars(with = "NodeKey")]
    pub key: Option<Spanned<String>>,
    /// The taint's value. Default: empty.
    #[schemars(with = "NodeValue")]
    pub value: Option<Spanned<String>>,
    /// NoSchedule, PreferNoSchedule or NoExecute.
    #[schemars(with = "Effect")]
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
