//! The one sentence above everything else.

use std::collections::BTreeMap;

use super::Diff;
use super::effect::{Action, TakesEffect};
use super::terraform::Planned;
use super::words::{count, verb};

impl Diff {
    /// `1 machine is replaced, 3 machines restart, 4 other resources change`
    pub fn headline(&self) -> String {
        let mut parts = Vec::new();
        let refused = self.effects.iter().filter(|effect| effect.action == Action::Refused).count();
        if refused > 0 {
            parts.push(format!("{} {} refused", count(refused, "change"), verb(refused, "are")));
        }
        // The worst that happens to each machine.
        let mut machines: BTreeMap<&str, Action> = BTreeMap::new();
        let counted = |effect: &&super::Effect| effect.takes_effect != TakesEffect::Remade;
        for effect in self.effects.iter().filter(counted) {
            for name in &effect.machines {
                let worst = machines.entry(name).or_insert(effect.action);
                *worst = (*worst).max(effect.action);
            }
        }
        let of = |action: Action| machines.values().filter(|of| **of == action).count();
        for (action, says) in [
            (Action::Delete, ["is deleted", "are deleted"]),
            (Action::Replace, ["is replaced", "are replaced"]),
            (Action::Restart, ["restarts", "restart"]),
            (Action::Create, ["is created", "are created"]),
            (Action::Update, ["changes while it runs", "change while they run"]),
        ] {
            let number = of(action);
            if number > 0 {
                parts.push(format!("{} {}", count(number, "machine"), says[usize::from(number > 1)]));
            }
        }
        let others = self
            .resources
            .iter()
            .filter(|change| change.planned != Planned::Nothing && change.address.kind != "google_compute_instance");
        let others = others.count();
        if others > 0 {
            parts.push(format!("{} {}", count(others, "other resource"), verb(others, "change")));
        }
        let mut later: Vec<&String> =
            self.effects.iter().filter(|e| e.takes_effect == TakesEffect::Remade).flat_map(|e| &e.machines).collect();
        later.sort();
        later.dedup();
        if !later.is_empty() {
            parts.push(format!(
                "{} {} new boot files, which take effect once {} replaced",
                count(later.len(), "machine"),
                if later.len() == 1 { "gets" } else { "get" },
                if later.len() == 1 { "it is" } else { "they are" }
            ));
        }
        if parts.is_empty() {
            parts.push("no resource changes".to_owned());
        }
        parts.join(", ")
    }

    /// How often each action occurs among the resources, and refusals among the effects.
    pub fn summary(&self) -> BTreeMap<Action, usize> {
        let mut all: BTreeMap<Action, usize> = Action::ALL.into_iter().map(|action| (action, 0)).collect();
        for change in self.resources.iter().filter(|change| change.planned != Planned::Nothing) {
            *all.entry(self.action(change)).or_default() += 1;
        }
        let whole = self.effects.iter().filter(|effect| effect.addresses.is_empty());
        whole.for_each(|effect| *all.entry(effect.action).or_default() += 1);
        all
    }

    /// The worst that happens to a resource.
    pub(super) fn action(&self, change: &super::ResourceChange) -> Action {
        let address = change.address.to_string();
        let effects = self.effects.iter().filter(|effect| effect.addresses.contains(&address));
        let planned = match change.planned {
            Planned::Create => Action::Create,
            Planned::Delete => Action::Delete,
            Planned::Replace => Action::Replace,
            Planned::Update | Planned::Nothing => Action::Update,
        };
        effects.map(|effect| effect.action).chain([planned]).max().unwrap_or(planned)
    }
}
