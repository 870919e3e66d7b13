//! Machines follow the state of Google's APIs: an instance that comes boots, one that goes or is stopped is powered off, one that is
//! replaced boots from a disk of its own; routes, rules, load balancers and disks are those of the state.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use ipnet::Ipv4Net;

use crate::{
    applied::Applied,
    google::state::{Instance, State, Status},
    guest_agent,
    machine::Machine,
    prepare,
    vm::{Parts, Vm, disks::Disks},
    vpc::{Balancers, Port, Ports, Vpc},
};

/// What a machine gets between the power button and the plug; Google gives 90 seconds, and Spot VMs 30.
const PATIENCE: Duration = Duration::from_secs(60);

/// Follows until the process ends.
pub(crate) struct Follower {
    machines: Arc<Mutex<Machines>>,
    applied: Arc<Applied>,
}

/// The machines that are on, and what is between them.
struct Machines {
    vpc: Vpc,
    balancers: Balancers,
    disks: Disks,
    ports: Ports,
    on: BTreeMap<String, On>,
    /// Those that powered themselves off, by id and boot: the state says so, but not at once.
    off: BTreeSet<(u64, u64)>,
    folder: PathBuf,
    /// How many changes of the state were followed to the end.
    followed: u64,
}

/// A machine that is on, and the instance it was booted as.
struct On {
    id: u64,
    boots: u64,
    aliases: Vec<Ipv4Net>,
    vm: Vm,
    /// Its block devices, as `Disks::devices` writes them.
    devices: String,
    pressed: Option<Instant>,
}

impl Follower {
    pub(crate) fn start(applied: &Arc<Applied>, folder: PathBuf) -> Follower {
        let machines = Arc::new(Mutex::new(Machines {
            vpc: Vpc::new(),
            balancers: Balancers::default(),
            disks: Disks::new(folder.join("disks")),
            ports: Ports::new(),
            on: BTreeMap::new(),
            off: BTreeSet::new(),
            folder,
            followed: 0,
        }));
        let follower = Follower { machines: Arc::clone(&machines), applied: Arc::clone(applied) };
        let applied = Arc::clone(applied);
        thread::spawn(move || {
            let mut seen = 0;
            loop {
                // Now and then without a change too: machines power off, probes see something new.
                seen = applied.google().wait_for_change(seen, Duration::from_millis(500));
                let mut machines = lock(&machines);
                if machines.follow(&applied) {
                    machines.followed = seen;
                }
            }
        });
        follower
    }

    /// Waits until the machines are as the state has them now.
    pub(crate) fn catch_up(&self) {
        let now = self.applied.google().wait_for_change(u64::MAX, Duration::ZERO);
        let end = Instant::now() + Duration::from_secs(150);
        while lock(&self.machines).followed < now {
            assert!(Instant::now() < end, "the machines do not follow the state; on: {:?}", self.names());
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// The names of the machines that are on.
    pub(crate) fn names(&self) -> Vec<String> {
        lock(&self.machines).on.keys().map(|path| name(path).to_owned()).collect()
    }

    /// The paths of the instances that answer the probes of the load balancer at that address.
    pub(crate) fn healthy_at(&self, address: Ipv4Addr) -> Vec<String> {
        let machines = lock(&self.machines);
        machines.balancers.healthy_at(address, &self.applied.google().state(), &machines.ports)
    }

    /// Does something with a machine; nothing if there is none of that name.
    pub(crate) fn with<T>(&self, wanted: &str, work: impl FnOnce(&Vm) -> T) -> Option<T> {
        let machines = lock(&self.machines);
        let found = machines.on.iter().find(|(path, _)| name(path) == wanted);
        found.map(|(_, on)| work(&on.vm))
    }
}

fn lock(machines: &Mutex<Machines>) -> MutexGuard<'_, Machines> {
    machines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The last part of a path.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

impl Machines {
    /// One step towards the state; true when there is nothing left to do.
    fn follow(&mut self, applied: &Applied) -> bool {
        let state = applied.google().state();
        self.power_off(applied, &state);
        let busy = self.on.values().any(|on| on.pressed.is_some());
        let booting: Vec<&Instance> = state.instances.iter().filter(|instance| self.is_to_boot(instance)).collect();
        let wires: Vec<(&Instance, Machine)> =
            booting.iter().map(|instance| (*instance, self.plug(instance, &state))).collect();
        for (path, on) in &mut self.on {
            let Some(instance) = state.instances.iter().find(|instance| &instance.path == path && instance.id == on.id)
            else {
                continue;
            };
            let (address, aliases) = (instance.interfaces[0].address, &instance.interfaces[0].aliases);
            self.vpc.route(self.ports[path], address, &on.aliases, aliases);
            on.aliases.clone_from(aliases);
            let devices = self.disks.devices(instance, &state);
            if devices != on.devices && on.vm.plug(&on.devices, &devices) {
                on.devices = devices;
            }
        }
        self.vpc.follow(&state, &self.ports);
        self.balancers.follow(&self.vpc, &state, &self.ports);
        for (instance, wire) in wires {
            self.boot(instance, wire, &state);
        }
        if !busy {
            self.disks.tidy(&state);
        }
        !busy && booting.is_empty()
    }

    /// Switches off machines that should not run, and records in the state which machines have powered themselves off.
    fn power_off(&mut self, applied: &Applied, state: &State) {
        let mut gone = Vec::new();
        for (path, on) in &mut self.on {
            let runs = state.instances.iter().any(|instance| {
                &instance.path == path
                    && (instance.id, instance.boots) == (on.id, on.boots)
                    && instance.status == Status::Running
            });
            match on.pressed {
                _ if !on.vm.is_on() => {
                    if runs {
                        self.off.insert((on.id, on.boots));
                        applied.google().guest_powered_off(on.id);
                    }
                    gone.push(path.clone());
                }
                None if !runs => {
                    on.vm.press();
                    on.pressed = Some(Instant::now());
                }
                Some(pressed) if pressed.elapsed() > PATIENCE => on.vm.pull(),
                _ => {}
            }
        }
        for path in gone {
            self.on.remove(&path);
            if let Some(port) = self.ports.remove(&path) {
                self.vpc.unplug(port);
            }
        }
    }

    fn is_to_boot(&self, instance: &Instance) -> bool {
        let off = self.off.contains(&(instance.id, instance.boots));
        instance.status == Status::Running && !off && !self.on.contains_key(&instance.path)
    }

    fn plug(&mut self, instance: &Instance, state: &State) -> Machine {
        let port = (0..).map(Port).find(|port| !self.ports.values().any(|taken| taken == port)).expect("a free port");
        let wire = Machine::network();
        let interface = &instance.interfaces[0];
        self.vpc.plug(port, &wire, interface, state);
        self.vpc.route(port, interface.address, &[], &interface.aliases);
        self.ports.insert(instance.path.clone(), port);
        wire
    }

    fn boot(&mut self, instance: &Instance, wire: Machine, state: &State) {
        let internal = format!("c.{}.internal", instance.project);
        let devices = self.disks.devices(instance, state);
        let parts = Parts {
            base: prepare::folder().join("base"),
            agent: guest_agent::of(&instance.name),
            folder: self.folder.join(&instance.name),
            disk: self.disks.boot_disk(instance, state),
            resolv: format!(
                "search {}.{internal} {internal} google.internal|nameserver {}",
                instance.zone,
                crate::outside::METADATA
            ),
            devices: devices.clone(),
        };
        let on = On {
            id: instance.id,
            boots: instance.boots,
            aliases: instance.interfaces[0].aliases.clone(),
            vm: Vm::boot(&instance.name, wire, parts),
            devices,
            pressed: None,
        };
        self.on.insert(instance.path.clone(), on);
    }
}
