//! Level 7: machines. The examples are applied, and what was applied boots: systemd, cloud-init with the instance's own metadata,
//! containerd, kubeadm, on a VPC that knows what the state says. README.md has the picture, and every way in which a machine here is not one
//! of Google's.

mod applied;
mod attack;
mod backup;
mod checks;
mod client;
mod cluster;
mod control_planes;
mod controller;
mod disks;
mod edit;
mod examples;
mod follow;
mod growth;
mod guest_agent;
mod ha;
mod hardening;
mod kube_bench;
mod load;
mod outside;
mod policies;
mod prepare;
mod sabotage;
mod story;
mod upgrade;
mod vm;
mod vpc;
mod world;

#[path = "../support/cis/mod.rs"]
mod cis;
#[path = "../google/mod.rs"]
mod google;
#[path = "../support/machine.rs"]
mod machine;
#[path = "../proof/mod.rs"]
mod proof;
#[path = "../support/rendered.rs"]
mod rendered;
#[path = "../support/tools.rs"]
mod tools;

const LEVEL: u8 = 7;
const WHAT: &str = "machines";
