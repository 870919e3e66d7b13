//! A plan of Terraform's (`terraform show -json`) with what it does not say: what restarts, and which of its changes the descriptions do
//! not explain.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Diff;
use super::effect::{Action, Effect, Severity, TakesEffect};
use super::rows::{self, Behaviour};
use super::terraform::Planned;
use super::words::{count, list, verb};

impl Diff {
    /// Adds what a plan has and the descriptions do not explain, and what they announce and the plan does not have.
    ///
    /// # Errors
    /// The text is not what `terraform show -json PLAN` prints.
    pub fn annotate(&mut self, plan: &Value) -> Result<(), String> {
        let changes = plan.get("resource_changes").and_then(Value::as_array);
        let version = plan.get("format_version").and_then(Value::as_str);
        let (Some(changes), Some(_)) = (changes, version) else {
            return Err("not a plan in JSON: `terraform show -json PLANFILE` prints one".to_owned());
        };
        let mut announced: BTreeSet<String> = self
            .resources
            .iter()
            .filter(|change| change.planned != Planned::Nothing)
            .map(|change| change.address.to_string())
            .collect();
        let mut added = Vec::new();
        for change in changes.iter().filter(|change| change["mode"] == "managed") {
            let (Some(address), Some(planned)) = (change["address"].as_str(), planned(&change["change"]["actions"]))
            else {
                continue;
            };
            let own = without_module(address);
            let ours = self
                .resources
                .iter()
                .find(|other| other.planned != Planned::Nothing && other.address.to_string() == own);
            announced.remove(own);
            if ours.is_none_or(|ours| ours.planned != planned) {
                added.push(unexplained(own, planned, change, ours.is_some()));
            }
        }
        self.effects.extend(added);
        if !announced.is_empty() {
            let all: Vec<String> = announced.into_iter().collect();
            let what =
                format!("{} that should change {} not in it", count(all.len(), "resource"), verb(all.len(), "are"));
            let effect =
                Effect::new(Action::Update, Severity::Caution, "Terraform's plan", format!("{what}: {}", list(&all)));
            self.effects.push(effect.when(TakesEffect::Never).why(
                "The plan was made before the tree was rendered, of another tree, or with -target; or the change is applied already",
            ));
        }
        self.effects.sort_by_key(|effect| std::cmp::Reverse(effect.severity));
        Ok(())
    }
}

/// `None`: nothing is changed.
fn planned(actions: &Value) -> Option<Planned> {
    let mut actions: Vec<&str> = actions.as_array()?.iter().filter_map(Value::as_str).collect();
    actions.sort_unstable();
    match actions.as_slice() {
        ["create"] => Some(Planned::Create),
        ["update"] => Some(Planned::Update),
        ["delete"] => Some(Planned::Delete),
        ["create", "delete"] => Some(Planned::Replace),
        _ => None,
    }
}

/// In a module, an address begins with the module's.
fn without_module(address: &str) -> &str {
    address.find("google_").filter(|_| address.starts_with("module.")).map_or(address, |at| &address[at..])
}

/// A change that the descriptions do not explain, or explain as another one.
fn unexplained(address: &str, planned: Planned, change: &Value, other: bool) -> Effect {
    let kind = change["type"].as_str().unwrap_or_default();
    let arguments = arguments(kind, &change["change"]);
    let restarts = arguments.iter().any(|(_, behaviour)| *behaviour == Behaviour::Restart);
    let instance = kind == "google_compute_instance";
    let state = matches!(kind, "google_compute_disk" | "google_storage_bucket" | "google_secret_manager_secret");
    let (action, what) = match planned {
        Planned::Create => (Action::Create, "is created"),
        Planned::Delete => (Action::Delete, "is deleted"),
        Planned::Replace => (Action::Replace, "is replaced"),
        _ if restarts && instance => (Action::Restart, "restarts: Terraform stops and starts it without draining"),
        _ => (Action::Update, "changes in place"),
    };
    let destroys = matches!(action, Action::Delete | Action::Replace);
    let severity = match action {
        _ if destroys && (state || address.contains(".control_plane")) => Severity::Danger,
        Action::Delete | Action::Replace | Action::Restart => Severity::Caution,
        _ => Severity::Info,
    };
    let paths: Vec<String> = arguments.iter().map(|(path, _)| path.clone()).collect();
    let mut effect = Effect::new(action, severity, "Terraform's plan", format!("{address} {what}")).why(match other {
        true => "The two descriptions announce another change of it",
        false => "The two descriptions do not explain it: it was changed by hand, an earlier change was never applied, or vpcgen is another version",
    });
    if !paths.is_empty() && planned != Planned::Create && planned != Planned::Delete {
        effect.change = format!("`{}`", list(&paths));
    }
    effect.addresses = vec![address.to_owned()];
    effect.machines =
        change["change"]["before"]["name"].as_str().filter(|_| instance).map(str::to_owned).into_iter().collect();
    effect.attributes = paths;
    effect
}

/// The arguments that differ, as far as the table knows them: the provider computes many others.
fn arguments(kind: &str, change: &Value) -> Vec<(String, Behaviour)> {
    let mut found = Vec::new();
    let (before, after, unknown) = (&change["before"], &change["after"], &change["after_unknown"]);
    collect(kind, "", before, after, unknown, &mut found);
    found
}

fn collect(
    kind: &str,
    path: &str,
    before: &Value,
    after: &Value,
    unknown: &Value,
    found: &mut Vec<(String, Behaviour)>,
) {
    let row = rows::ROWS.iter().find(|row| (row.kind == kind || row.kind == "*") && row.path == path);
    if let Some(row) = row {
        let ignored = matches!(row.behaviour, Behaviour::Ignored | Behaviour::Meta);
        // What is in a block and only computed, such as an address that Google chose, is not what was asked for.
        if !ignored && (comparable(before) != comparable(after) || *unknown == Value::Bool(true)) {
            found.push((path.to_owned(), row.behaviour));
        }
        return;
    }
    let inner = |value: &Value| -> Value {
        match value {
            Value::Array(items) if items.len() == 1 => items[0].clone(),
            other => other.clone(),
        }
    };
    let (before, after, unknown) = (inner(before), inner(after), inner(unknown));
    let keys: BTreeSet<String> =
        [&before, &after].into_iter().filter_map(Value::as_object).flat_map(|map| map.keys().cloned()).collect();
    for key in keys {
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        collect(kind, &below, &before[&key], &after[&key], &unknown[&key], found);
    }
}

fn comparable(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Object(map) if map.is_empty() => Value::Null,
        Value::Array(items) => Value::Array(items.iter().map(comparable).collect()),
        other => other.clone(),
    }
}
