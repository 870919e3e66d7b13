//! What changed boot files mean. A boot file counts at a machine's first boot only: applying changes the metadata of running machines,
//! and nothing else.

use super::effect::{Action, Effect, Severity, TakesEffect};
use super::group::UPGRADE;
use super::side::Context;
use super::words::list;
use crate::plan::{Group, Role};

mod nodes;
mod reasons;

/// A group whose boot files change, and its running machines.
pub(super) struct Changed<'a> {
    pub(super) old: &'a Group,
    pub(super) new: &'a Group,
    pub(super) names: Vec<String>,
}

impl Changed<'_> {
    fn is_control_plane(&self) -> bool {
        self.new.role == Role::ControlPlane
    }

    fn title(&self) -> String {
        if self.is_control_plane() { "control plane".to_owned() } else { format!("pool {}", self.new.name) }
    }
}

/// One effect for each reason, with all groups that it is about.
pub(super) fn effects(groups: &[Changed<'_>], context: &Context<'_>) -> Vec<Effect> {
    if groups.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<Effect> = Vec::new();
    let mut explained = vec![false; groups.len()];
    for reason in reasons::reasons(context.old, context.new) {
        let about = |group: &Changed<'_>| if group.is_control_plane() { reason.control_planes } else { reason.nodes };
        let concerned: Vec<&Changed<'_>> = groups.iter().filter(|group| about(group)).collect();
        if concerned.is_empty() {
            continue;
        }
        groups
            .iter()
            .zip(&mut explained)
            .filter(|(group, _)| about(group))
            .for_each(|(_, explained)| *explained = true);
        let cause = context.keys.cause(&reason.keys).or_else(|| context.keys.root());
        let effect =
            effect(&concerned, reason.severity, reason.what).change(reason.change).why(reason.why).cause(cause);
        all.push(reason.manual.into_iter().fold(effect, Effect::manual));
    }
    for (group, explained) in groups.iter().zip(&mut explained) {
        for effect in nodes::own(group, context) {
            *explained = true;
            all.push(effect);
        }
    }
    // A reason that is not known here must not be passed over.
    let rest: Vec<&Changed<'_>> =
        groups.iter().zip(explained).filter(|(_, explained)| !explained).map(|(group, _)| group).collect();
    if !rest.is_empty() {
        all.push(effect(&rest, Severity::Caution, "other boot files".to_owned()).manual(UPGRADE));
    }
    all
}

fn effect(groups: &[&Changed<'_>], severity: Severity, what: String) -> Effect {
    let titles: Vec<String> = groups.iter().map(|group| group.title()).collect();
    let mut effect = Effect::new(Action::Update, severity, list(&titles), what).when(TakesEffect::Remade);
    effect.machines = groups.iter().flat_map(|group| group.names.iter().cloned()).collect();
    effect.addresses = groups
        .iter()
        .flat_map(|group| {
            group.names.iter().map(|name| format!("google_compute_instance.{}[\"{name}\"]", group.new.label))
        })
        .collect();
    effect.attributes = vec!["metadata.user-data".to_owned()];
    effect
}
