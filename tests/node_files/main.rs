//! Level 5: the files of a node, unpacked from the rendered cloud-init as a node would see them, and each given to the
//! program that will read it. Every check is shown a broken file too, which it must refuse.

mod cloud_init;
mod containerd;
mod control_plane;
mod install;
mod kubeadm;
mod manifests;
mod masquerade;
mod one_file;
mod scripts;
mod units;
mod unpack;
mod world;

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
