//! A group of machines on both sides: the control plane, or a pool.

use super::Cause;
use super::cause::Keys;
use super::side::Context;
use crate::plan::{self, Role};

/// A group of machines, as it is and as it will be.
pub(super) struct Group<'a> {
    /// `None`: it is new.
    pub(super) old: Option<&'a plan::Group>,
    /// `None`: it goes.
    pub(super) new: Option<&'a plan::Group>,
}

/// All groups of both sides, the new ones in their order and then those that go.
pub(super) fn groups<'a>(context: &Context<'a>) -> Vec<Group<'a>> {
    let find = |plan: &'a plan::Plan, label: &str| plan.groups().find(|group| group.label == label);
    let staying = context.new.groups().map(|new| Group { old: find(context.old, &new.label), new: Some(new) });
    let going = context.old.groups().filter(|old| find(context.new, &old.label).is_none());
    staying.chain(going.map(|old| Group { old: Some(old), new: None })).collect()
}

impl<'a> Group<'a> {
    /// Either side, the new one if there is one.
    pub(super) fn any(&self) -> &'a plan::Group {
        self.new.or(self.old).expect("a group of one of two plans")
    }

    pub(super) fn is_control_plane(&self) -> bool {
        self.any().role == Role::ControlPlane
    }

    /// `control plane`, `pool web`
    pub(super) fn subject(&self) -> String {
        if self.is_control_plane() { "control plane".to_owned() } else { format!("pool {}", self.any().name) }
    }

    /// The key of the description under which a key of its machines is.
    pub(super) fn key(&self, key: &str) -> String {
        match self.is_control_plane() {
            true => format!("control_plane.{key}"),
            false => format!("pools.{}.{key}", self.any().name),
        }
    }

    /// The first of these keys of its machines that differs.
    pub(super) fn cause(&self, context: &Context<'_>, keys: &[&str]) -> Option<Cause> {
        let mut all: Vec<String> = keys.iter().map(|key| self.key(key)).collect();
        if !self.is_control_plane() && (self.old.is_none() || self.new.is_none()) {
            all.push(format!("pools.{}", self.any().name));
        }
        context.keys.cause(&all).or_else(|| whole(context.keys)).or_else(|| context.keys.root())
    }

    /// The address of a machine in Terraform.
    pub(super) fn address(&self, name: &str) -> String {
        format!("google_compute_instance.{}[\"{name}\"]", self.any().label)
    }
}

/// `pools` came or went as a whole: then its pool is a default on one side.
fn whole(keys: &Keys) -> Option<Cause> {
    keys.at("pools").filter(|_| keys.cause(&["pools"]).is_some())
}

/// The script that takes one machine after the other, instead of `terraform apply`.
pub(super) const UPGRADE: &str = "vpcgen upgrade > upgrade.sh && bash upgrade.sh";
