use std::rc::Rc;

use super::cause::Keys;
use super::world::World;
use super::{Action, Cause, Diff, effect::Effect, refused, resources, silent, terraform};
use crate::compile::{Compiled, Document, LockFile, LockPolicy, Outcome, compile, regardless};
use crate::diag::{Code, Diagnostic, Report, Severity};
use crate::plan::Plan;
use crate::source::Source;

/// A description, and the lock beside it.
#[derive(Debug, Clone)]
pub struct Side {
    /// The description.
    pub description: Document,
    /// The name of its lock file.
    pub lock_name: String,
    /// The lock; `None` if there is none.
    pub lock: Option<Vec<u8>>,
}

impl Side {
    fn lock_file(&self, bytes: Option<Vec<u8>>) -> LockFile {
        LockFile { name: self.lock_name.clone(), bytes, policy: LockPolicy::Update }
    }
}

/// A side that can be compared.
struct Ready {
    source: Rc<Source>,
    compiled: Compiled,
    plan: Plan,
}

impl Ready {
    fn new(source: Rc<Source>, compiled: Compiled) -> Self {
        Self { source, plan: compiled.plan(), compiled }
    }
}

/// What the new side does to the cluster that the old one describes. A new side without a lock is planned with the old one's, as if the
/// description had been edited in place.
///
/// # Errors
/// A side that is not valid: its diagnostics. That the new side contradicts the old one's lock is not an error but a change.
pub fn compare(old: &Side, new: &Side, against: &str) -> Result<Diff, Box<Outcome>> {
    let outcome = compile(old.description.clone(), Some(old.lock_file(old.lock.clone())));
    let Outcome { description, lock, compiled: Some(compiled) } = outcome else { return Err(Box::new(outcome)) };
    let old_lock = compiled.lock.text();
    let before = Ready::new(description.source, compiled);
    drop(lock);

    // What the cluster that exists says of the new description.
    let in_use = old.lock_file(Some(old_lock.into_bytes()));
    let held_against = compile(new.description.clone(), Some(in_use.clone()));
    let (after, contradictions, renders) = match &new.lock {
        None => match held_against.compiled {
            Some(compiled) => (Ready::new(held_against.description.source, compiled), Vec::new(), true),
            None => match regardless(new.description.clone(), in_use) {
                Some(compiled) => {
                    let errors = errors(&held_against.description.report);
                    (Ready::new(held_against.description.source, compiled), errors, false)
                }
                None => return Err(Box::new(held_against)),
            },
        },
        Some(bytes) => {
            let own = new.lock_file(Some(bytes.clone()));
            let outcome = compile(new.description.clone(), Some(own.clone()));
            let source = Rc::clone(&outcome.description.source);
            match outcome.compiled {
                Some(compiled) => (Ready::new(source, compiled), errors(&held_against.description.report), true),
                None => match regardless(new.description.clone(), own) {
                    Some(compiled) => (Ready::new(source, compiled), errors(&outcome.description.report), false),
                    None => return Err(Box::new(outcome)),
                },
            }
        }
    };
    let keys = Keys::new(&before.source, &after.source);
    let old_world = World::new(&before.plan, None);
    let resources = terraform::plan(&old_world, &World::new(&after.plan, Some(&old_world)));
    let lock = (new.lock_name.as_str(), after.compiled.lock.text());
    let context = Context { old: &before.plan, new: &after.plan, keys: &keys, lock };
    let mut effects = refused::contradictions(&contradictions, renders, &context, &after.source);
    let mut of_resources = resources::effects(&resources, &context);
    of_resources.extend(silent::effects(&context));
    effects = merged(effects, of_resources);
    effects.sort_by_key(order);
    let places = |of: &Compiled, other: &Compiled| {
        let new = of
            .lock
            .nodes
            .iter()
            .filter(|(name, place)| other.lock.nodes.get(*name).is_none_or(|there| there.pods != place.pods));
        new.map(|(name, place)| (name.clone(), place.pods)).collect()
    };
    Ok(Diff {
        cluster: after.plan.name.clone(),
        file: after.source.name.clone(),
        against: against.to_owned(),
        effects,
        assigned: places(&after.compiled, &before.compiled),
        released: places(&before.compiled, &after.compiled),
        resources,
    })
}

/// What vpcgen refuses is one effect, with everything that would follow from the same key: nobody has to read what cannot happen.
fn merged(mut contradictions: Vec<Effect>, of_resources: Vec<Effect>) -> Vec<Effect> {
    let mut rest = Vec::new();
    for effect in of_resources {
        let key = effect.cause.as_ref().map(|cause| cause.key.as_str());
        let follows = |other: &&mut Effect| {
            let of = other.cause.as_ref().map(|cause| cause.key.as_str());
            let same = key.zip(of).is_none_or(|(key, of)| within(key, of) || within(of, key));
            other.action == Action::Refused && same
        };
        match contradictions.iter_mut().find(follows) {
            Some(contradiction) => {
                let new = |address: &String| !contradiction.addresses.contains(address);
                let addresses: Vec<String> = effect.addresses.into_iter().filter(new).collect();
                contradiction.addresses.extend(addresses);
                contradiction.attributes.extend(effect.attributes);
                contradiction.machines.extend(effect.machines);
            }
            None => rest.push(effect),
        }
    }
    contradictions.extend(rest);
    contradictions
}

fn within(key: &str, outer: &str) -> bool {
    key.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The worst first; then in the order in which people think of a cluster.
fn order(effect: &Effect) -> impl Ord + use<> {
    let rank = |subject: &str| match subject {
        "cluster" => 0,
        "control plane" => 1,
        _ if subject.starts_with("pool") => 2,
        _ => 3,
    };
    (
        std::cmp::Reverse(effect.severity),
        std::cmp::Reverse(effect.action),
        rank(&effect.subject),
        effect.subject.clone(),
        effect.what.clone(),
    )
}

fn errors(report: &Report) -> Vec<Diagnostic> {
    let errors = report.sorted().into_iter().filter(|d| d.severity == Severity::Error && d.code != Code::LockBehind);
    errors.cloned().collect()
}

/// Both plans, and the keys that differ.
pub(super) struct Context<'a> {
    pub(super) old: &'a Plan,
    pub(super) new: &'a Plan,
    pub(super) keys: &'a Keys,
    /// The new side's lock: its name, and its text once it is up to date.
    pub(super) lock: (&'a str, String),
}

impl Context<'_> {
    /// The lock causes it: the line of a machine.
    pub(super) fn lock_line(&self, key: &str, machine: &str) -> Cause {
        let (file, text) = &self.lock;
        let start = format!("\"{machine}\": {{ \"pods\"");
        let line = text.lines().position(|line| line.trim_start().starts_with(&start)).map_or(1, |line| line + 1);
        Cause { key: key.to_owned(), file: (*file).to_owned(), line, removed: false }
    }
}
