//! Typed snapshots of everything that exists, for tests that run machines, packets or health checks against the stand-in. A snapshot is
//! taken between two requests, so it never shows a partial change.
//!
//!     let mut seen = 0;
//!     loop {
//!         seen = google.wait_for_change(seen, Duration::from_secs(1));
//!         follow(&google.state());
//!     }

mod dns;
mod firewalls;
mod instances;
mod load_balancers;
mod nats;
mod networks;

use super::World;

#[allow(unused_imports, reason = "each test uses only part of them")]
pub(crate) use self::{
    dns::{DnsZone, Record},
    firewalls::{Direction, Firewall, Protocol},
    instances::{AttachedDisk, Disk, Instance, Interface, ServiceAccount, Status},
    load_balancers::{HealthCheck, LoadBalancer, Ports},
    nats::Nat,
    networks::{Network, Subnetwork},
};
pub(in crate::google) use firewalls::port_range;

/// Everything that affects machines or packets. Each list is sorted by path.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) instances: Vec<Instance>,
    pub(crate) disks: Vec<Disk>,
    pub(crate) networks: Vec<Network>,
    pub(crate) subnetworks: Vec<Subnetwork>,
    pub(crate) firewalls: Vec<Firewall>,
    pub(crate) nats: Vec<Nat>,
    pub(crate) dns_zones: Vec<DnsZone>,
    pub(crate) load_balancers: Vec<LoadBalancer>,
}

impl State {
    /// Takes a snapshot.
    pub(super) fn of(world: &World) -> State {
        State {
            instances: instances::all(world),
            disks: instances::disks(world),
            networks: networks::all(world),
            subnetworks: networks::subnetworks(world),
            firewalls: firewalls::all(world),
            nats: nats::all(world),
            dns_zones: dns::all(world),
            load_balancers: load_balancers::all(world),
        }
    }

    /// The instance with this name. Names are unique only within a zone, but the examples use each name once.
    pub(crate) fn instance(&self, name: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.name == name)
    }
}
