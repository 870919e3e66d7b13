//! What Terraform would plan: for each resource one action, and the arguments that cause it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::rows::{self, Behaviour, Row};
use super::world::{World, is_unknown};
use crate::net::Cidr;
use crate::plan::{Address, Resource};

/// What a plan does with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Planned {
    /// Nothing: only what Terraform ignores differs.
    Nothing,
    /// It is created.
    Create,
    /// It is changed in place, which may restart a machine.
    Update,
    /// It is deleted and created.
    Replace,
    /// It is deleted.
    Delete,
}

/// A resource that differs.
#[derive(Debug, Clone)]
pub struct ResourceChange {
    /// Its address.
    pub address: Address,
    /// What a plan does with it.
    pub planned: Planned,
    /// The arguments that differ.
    pub arguments: Vec<ArgumentChange>,
    /// Terraform refuses the whole plan, because it would destroy this resource (`prevent_destroy`).
    pub guarded: bool,
}

/// An argument that differs.
#[derive(Debug, Clone)]
pub struct ArgumentChange {
    /// Its path without indices.
    pub path: String,
    /// As in the configurations: a reference is `${…}`.
    pub before: Value,
    /// The same of the new one.
    pub after: Value,
    /// What the change does: `Replace`, `Restart`, `Live`, `Ignored`, or `Grow` for a boot disk that would shrink.
    pub behaviour: Behaviour,
    /// The value is the same, but what it refers to is recreated.
    pub follows: bool,
}

/// Compares two sides by address and argument.
pub(super) fn plan(old: &World, new: &World) -> Vec<ResourceChange> {
    let comparison = Comparison { old, new, planned: RefCell::default() };
    let addresses: BTreeSet<&String> = old.resources.keys().chain(new.resources.keys()).collect();
    addresses.into_iter().filter_map(|address| comparison.change(address)).collect()
}

struct Comparison<'a> {
    old: &'a World,
    new: &'a World,
    planned: RefCell<HashMap<String, Planned>>,
}

impl Comparison<'_> {
    fn change(&self, address: &str) -> Option<ResourceChange> {
        let (old, new) = (self.old.resources.get(address), self.new.resources.get(address));
        let (planned, arguments) = match (old, new) {
            (Some(old), Some(new)) => {
                let arguments = self.arguments(old, new);
                let behaviour = arguments.iter().map(|argument| argument.behaviour);
                let planned = match behaviour.max_by_key(|behaviour| weight(*behaviour)).map(weight)? {
                    0 => Planned::Nothing,
                    1 => Planned::Update,
                    _ => Planned::Replace,
                };
                (planned, arguments)
            }
            (None, _) => (Planned::Create, Vec::new()),
            (_, None) => (Planned::Delete, Vec::new()),
        };
        let resource = new.or(old)?;
        let destroys = matches!(planned, Planned::Replace | Planned::Delete);
        Some(ResourceChange {
            address: resource.address.clone(),
            planned,
            arguments,
            guarded: destroys && self.is_guarded(&resource.address),
        })
    }

    /// The guard counts as the new configuration has it: without the resource's block, there is none.
    fn is_guarded(&self, address: &Address) -> bool {
        let same =
            |resource: &&Resource| resource.address.kind == address.kind && resource.address.label == address.label;
        let block = self.new.resources.values().find(same);
        block.is_some_and(|block| block.arguments.get("lifecycle").is_some_and(|of| of[0]["prevent_destroy"] == true))
    }

    /// Whether what the provider computes for a resource stays as it is.
    fn is_known(&self, address: &str) -> bool {
        if let Some(planned) = self.planned.borrow().get(address) {
            return matches!(planned, Planned::Nothing | Planned::Update);
        }
        // References have no cycles: Terraform would refuse them.
        let planned = self.change(address).map_or(Planned::Nothing, |change| change.planned);
        self.planned.borrow_mut().insert(address.to_owned(), planned);
        matches!(planned, Planned::Nothing | Planned::Update)
    }

    fn arguments(&self, old: &Resource, new: &Resource) -> Vec<ArgumentChange> {
        let mut found = BTreeMap::new();
        let keys: BTreeSet<&String> = old.arguments.keys().chain(new.arguments.keys()).collect();
        for key in keys {
            let (before, after) = (old.arguments.get(key), new.arguments.get(key));
            self.argument(
                old.address.kind,
                key,
                before.unwrap_or(&Value::Null),
                after.unwrap_or(&Value::Null),
                &mut found,
            );
        }
        let subnet_moves = found.contains_key("network_interface.subnetwork");
        let mut found: Vec<ArgumentChange> = found.into_values().collect();
        for argument in &mut found {
            if argument.behaviour == Behaviour::WithSubnet {
                argument.behaviour = if subnet_moves { Behaviour::Live } else { Behaviour::Replace };
            }
        }
        found.extend(self.triggered(new));
        found
    }

    fn argument(
        &self,
        kind: &str,
        path: &str,
        before: &Value,
        after: &Value,
        found: &mut BTreeMap<String, ArgumentChange>,
    ) {
        let row = rows::ROWS.iter().find(|row| (row.kind == kind || row.kind == "*") && row.path == path);
        if let (None, Some(both)) = (row, members(before, after)) {
            for key in both {
                let of = |value: &Value| inner(value).and_then(|map| map.get(&key)).cloned().unwrap_or_default();
                self.argument(kind, &format!("{path}.{key}"), &of(before), &of(after), found);
            }
            return;
        }
        let resolved = (self.old.value(before, &|_| true), self.new.value(after, &|address| self.is_known(address)));
        let (Some(resolved), Some(behaviour)) =
            (differ(resolved), row.map_or(Some(Behaviour::Replace), |row| self.behaviour(row, before, after)))
        else {
            return;
        };
        let follows = before == after || is_unknown(&resolved.1);
        let change =
            ArgumentChange { path: path.to_owned(), before: before.clone(), after: after.clone(), behaviour, follows };
        found.insert(path.to_owned(), change);
    }

    /// `None`: no change.
    fn behaviour(&self, row: &Row, before: &Value, after: &Value) -> Option<Behaviour> {
        let sizes = before.as_u64().zip(after.as_u64());
        match row.behaviour {
            Behaviour::Meta => None,
            // It comes and goes with `terraform.module`. Without it, a resource that exists stays in its project.
            Behaviour::Replace if row.path == "project" => match (before.as_str(), after.as_str()) {
                (_, None) => None,
                (before, Some(after)) => (before.unwrap_or(&self.old.project) != after).then_some(Behaviour::Replace),
            },
            // Without the line, the address that it has stays. With one, it may be the same; only the state knows.
            Behaviour::Replace if row.path == "address" && after.is_null() => None,
            Behaviour::Grow => Some(match sizes {
                Some((before, after)) if before > after => Behaviour::Grow,
                _ => Behaviour::Live,
            }),
            Behaviour::GrowOrReplace => Some(match sizes {
                Some((before, after)) if before < after => Behaviour::Live,
                _ => Behaviour::Replace,
            }),
            Behaviour::Widen => {
                let range = |value: &Value| value.as_str().and_then(|text| text.parse::<Cidr>().ok());
                let wider = range(before).zip(range(after)).is_some_and(|(before, after)| after.contains(before));
                Some(if wider { Behaviour::Live } else { Behaviour::Replace })
            }
            other => Some(other),
        }
    }

    /// `lifecycle.replace_triggered_by`: what the provider computes for another resource.
    fn triggered(&self, new: &Resource) -> Option<ArgumentChange> {
        let triggers = new.arguments.get("lifecycle")?.get(0)?.get("replace_triggered_by")?.as_array()?;
        let fires = |trigger: &&Value| is_unknown(&self.new.value(trigger, &|address| self.is_known(address)));
        let trigger = triggers.iter().find(fires)?;
        let path = "lifecycle.replace_triggered_by".to_owned();
        let (before, after) = (trigger.clone(), trigger.clone());
        Some(ArgumentChange { path, before, after, behaviour: Behaviour::Replace, follows: true })
    }
}

fn weight(behaviour: Behaviour) -> u8 {
    match behaviour {
        Behaviour::Ignored | Behaviour::Meta => 0,
        Behaviour::Replace => 2,
        _ => 1,
    }
}

/// A block: an object, or a list with one.
fn inner(value: &Value) -> Option<&serde_json::Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        Value::Array(items) if items.len() == 1 => items[0].as_object(),
        _ => None,
    }
}

/// The arguments of a block on either side.
fn members(before: &Value, after: &Value) -> Option<BTreeSet<String>> {
    let all: BTreeSet<String> =
        [before, after].into_iter().filter_map(inner).flat_map(|map| map.keys().cloned()).collect();
    (!all.is_empty()).then_some(all)
}

/// Both values, if they differ. Neither the order of a list counts nor what is in it twice: the provider compares most lists as
/// sets, and the others have only one order in a plan.
fn differ((before, after): (Value, Value)) -> Option<(Value, Value)> {
    let (before, after) = (ordered(before), ordered(after));
    (before != after || is_unknown(&after)).then_some((before, after))
}

fn ordered(value: Value) -> Value {
    match value {
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Object(map) if map.is_empty() => Value::Null,
        Value::Array(mut items) => {
            items.sort_by_key(ToString::to_string);
            items.dedup();
            Value::Array(items)
        }
        other => other,
    }
}
