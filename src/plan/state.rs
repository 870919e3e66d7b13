use crate::model::{Cluster, Derived};

/// The state that outlives the control plane's machines.
#[derive(Debug, Clone)]
pub struct State {
    /// Size of each state disk in GB.
    pub disk_size: u32,
    /// Type of the state disks.
    pub disk_type: String,
    /// Id of the secret that holds the cluster's CA.
    pub secret: String,
}

pub(super) fn plan(cluster: &Cluster) -> State {
    let disk = &cluster.control_plane.state_disk;
    State { disk_size: disk.size, disk_type: disk.kind.clone(), secret: Derived(&cluster.name).pki_secret() }
}
