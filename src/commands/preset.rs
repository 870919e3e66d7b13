use clap::ValueEnum;

/// A built-in description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preset {
    /// Three lines: private machines behind Cloud NAT, all defaults.
    Minimal,
    /// One control plane and two nodes with external addresses, every range spelled out.
    VpcNative,
    /// Pools over three zones, Spot VMs, labels and taints, a peered network.
    ThreeZones,
}

impl Preset {
    /// The preset's name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Preset::Minimal => "minimal",
            Preset::VpcNative => "vpc-native",
            Preset::ThreeZones => "three-zones",
        }
    }

    /// The description: the same file as the example's.
    pub(super) fn text(self) -> &'static str {
        match self {
            Preset::Minimal => include_str!("../../generated-examples/minimal/cluster.yaml"),
            Preset::VpcNative => include_str!("../../generated-examples/vpc-native/cluster.yaml"),
            Preset::ThreeZones => include_str!("../../generated-examples/three-zones/cluster.yaml"),
        }
    }
}
