use crate::model::Cluster;

/// Snapshots of etcd in a bucket.
#[derive(Debug, Clone)]
pub struct Backup {
    /// The bucket.
    pub bucket: String,
    /// Seconds from one snapshot to the next.
    pub interval: u32,
    /// Days that each snapshot is kept.
    pub keep_hourly: u32,
    /// Days that the first snapshot of each day is kept.
    pub keep_daily: u32,
}

impl Backup {
    /// The roles of the control planes' account: it adds snapshots and reads them, and cannot delete or overwrite any.
    pub const ROLES: [&'static str; 2] = ["roles/storage.objectCreator", "roles/storage.objectViewer"];
}

pub(super) fn plan(cluster: &Cluster) -> Option<Backup> {
    let backup = cluster.backup.as_ref()?;
    Some(Backup {
        bucket: backup.bucket.clone(),
        interval: backup.every * 60,
        keep_hourly: backup.keep_hourly,
        keep_daily: backup.keep_daily,
    })
}
