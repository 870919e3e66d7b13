/// A custom role, with exactly the permissions that its holder uses.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its id in the project.
    pub id: String,
    /// Its permissions in alphabetical order, as the lines of the template.
    pub permissions: Vec<&'static [&'static str]>,
}

/// What the cloud-controller-manager v36 was seen to call with every kind of load balancer, and with nodes that come and go: the
/// methods' permissions by Compute Engine's reference. `roles/compute.loadBalancerAdmin` and `roles/compute.securityAdmin` contain
/// them all, and 300 more: the right to edit firewall policies and certificates among them.
#[rustfmt::skip]
pub(super) const CLOUD_CONTROLLER_MANAGER: &[&[&str]] = &[
    &["compute.addresses.create", "compute.addresses.createInternal", "compute.addresses.delete"],
    &["compute.addresses.deleteInternal", "compute.addresses.get", "compute.addresses.list", "compute.addresses.use"],
    &["compute.addresses.useInternal"],
    &["compute.firewalls.create", "compute.firewalls.delete", "compute.firewalls.get", "compute.firewalls.update"],
    &["compute.forwardingRules.create", "compute.forwardingRules.delete", "compute.forwardingRules.get"],
    &["compute.globalOperations.get"],
    &["compute.healthChecks.create", "compute.healthChecks.delete", "compute.healthChecks.get", "compute.healthChecks.update"],
    &["compute.healthChecks.useReadOnly"],
    &["compute.httpHealthChecks.create", "compute.httpHealthChecks.delete", "compute.httpHealthChecks.get"],
    &["compute.httpHealthChecks.update", "compute.httpHealthChecks.useReadOnly"],
    &["compute.instanceGroups.create", "compute.instanceGroups.delete", "compute.instanceGroups.get"],
    &["compute.instanceGroups.list", "compute.instanceGroups.update", "compute.instanceGroups.use"],
    &["compute.instances.get", "compute.instances.list", "compute.instances.use"],
    &["compute.networks.get", "compute.networks.updatePolicy", "compute.networks.use"],
    &["compute.regionBackendServices.create", "compute.regionBackendServices.delete", "compute.regionBackendServices.get"],
    &["compute.regionBackendServices.update", "compute.regionBackendServices.use"],
    &["compute.regionOperations.get"],
    &["compute.subnetworks.use"],
    &["compute.targetPools.addInstance", "compute.targetPools.create", "compute.targetPools.delete", "compute.targetPools.get"],
    &["compute.targetPools.removeInstance", "compute.targetPools.use"],
    &["compute.zoneOperations.get"],
    &["compute.zones.list"],
];

/// What the disk driver calls beyond these, without snapshots: the methods' permissions by Compute Engine's reference. Upstream's setup grants
/// `roles/compute.storageAdmin`, and `roles/editor` besides.
#[rustfmt::skip]
pub(super) const DISK_DRIVER: &[&[&str]] = &[
    &["compute.disks.create", "compute.disks.delete", "compute.disks.get", "compute.disks.list", "compute.disks.resize"],
    &["compute.disks.setLabels", "compute.disks.update", "compute.disks.use"],
    &["compute.instances.attachDisk", "compute.instances.detachDisk"],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_sorted_and_unique() {
        let all: Vec<&str> = CLOUD_CONTROLLER_MANAGER.concat();
        assert!(all.is_sorted_by(|one, next| one < next), "{all:?}");
        assert_eq!(all.len(), 53);
        let more: Vec<&str> = DISK_DRIVER.concat();
        assert!(more.is_sorted_by(|one, next| one < next) && !more.iter().any(|one| all.contains(one)), "{more:?}");
    }
}
