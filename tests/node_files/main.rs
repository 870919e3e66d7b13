//! Level 5: the files of a node, unpacked from the rendered cloud-init as on a node, each checked by the program
//! that reads it. Every check must also reject a broken file.

mod addons;
mod approver;
mod backup;
mod care;
mod cis_benchmark;
mod cloud_init;
mod containerd;
mod control_plane;
mod environment;
mod housekeeping;
mod install;
mod join_data;
mod kubeadm;
mod manifests;
mod masquerade;
mod one_file;
mod packages;
mod reserved;
mod scripts;
mod units;
mod unpack;

#[path = "../support/cis/mod.rs"]
mod cis;
#[path = "../support/machine.rs"]
mod machine;
#[path = "../support/rendered.rs"]
mod rendered;
#[path = "../support/tools.rs"]
mod tools;
#[path = "../support/user_data.rs"]
mod user_data;
#[path = "../support/vpc.rs"]
mod vpc;
